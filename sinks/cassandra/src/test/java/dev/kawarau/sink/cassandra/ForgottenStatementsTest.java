package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A node that forgets what was prepared for a table, as it does when the table is altered, while many clients on one shared
 * connection ask for it.
 */
class ForgottenStatementsTest {
    private static final int CLIENTS = 4;
    private static final int STATEMENTS = 30;
    private static final int REQUESTS_OF_EACH = 300;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final EventLoops loops = EventLoops.of(1);
    private final List<CqlSession> clients = new ArrayList<>();
    private CqlSession direct;
    private CountingRelay relay;
    private CassandraSink sink;
    private Listener listener;
    private List<PreparedStatement> inserts;

    @BeforeEach
    void connect() throws IOException {
        CassandraServer server = CassandraServer.shared();
        direct = Drivers.to(server.address(), "V4", "none").build();
        direct.execute("DROP KEYSPACE IF EXISTS forgotten");
        direct.execute("CREATE KEYSPACE forgotten WITH replication = {'class': 'SimpleStrategy',"
                + " 'replication_factor': 1}");
        direct.execute("CREATE TABLE forgotten.t (k int, c int, v int, PRIMARY KEY (k, c))");
        relay = new CountingRelay(server.address());
        sink = CassandraSink.to(relay.address()).metrics(meters).build();
        listener = CqlListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .metrics(meters)
                .serve(Chain.named("test").to(sink));
        for (int i = 0; i < CLIENTS; i++) {
            CqlSession client = Drivers.connect(listener, "V4", "none");
            // Which would ask for all of the schema each time that a table is altered.
            client.setSchemaMetadataEnabled(false);
            clients.add(client);
        }
        inserts = IntStream.range(0, STATEMENTS)
                .mapToObj(i -> clients.get(0).prepare("INSERT INTO forgotten.t (k, c, v) VALUES (?, ?, " + i + ")"))
                .toList();
    }

    @AfterEach
    void close() throws IOException {
        clients.forEach(CqlSession::close);
        listener.close();
        sink.close();
        relay.close();
        loops.close();
        direct.close();
    }

    /** What a client asks for: single statements, and each tenth a batch of all. */
    private Statement<?> request(int client, int number) {
        int key = client * REQUESTS_OF_EACH + number;
        if (number % 10 == 9) {
            BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
            List<BoundStatement> all = IntStream.range(0, STATEMENTS)
                    .mapToObj(i -> inserts.get((number + i) % STATEMENTS).bind(key, i))
                    .toList();
            return batch.addStatements(List.copyOf(all)).build();
        }
        return inserts.get(number % STATEMENTS).bind(key, 0);
    }

    private List<CompletableFuture<AsyncResultSet>> askFor(int from, int to) {
        List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
        for (int number = from; number < to; number++) {
            for (int client = 0; client < CLIENTS; client++) {
                answers.add(clients.get(client)
                        .executeAsync(request(client, number))
                        .toCompletableFuture());
            }
        }
        return answers;
    }

    private void assertAllWritten() {
        int batches = REQUESTS_OF_EACH / 10;
        long rows = CLIENTS * (REQUESTS_OF_EACH - batches + (long) batches * STATEMENTS);
        assertThat(direct.execute("SELECT count(*) FROM forgotten.t").one().getLong(0))
                .isEqualTo(rows);
    }

    @Test
    void aThousandRequestsForWhatWasForgottenPrepareEachStatementOnce() {
        long before = relay.count(CqlOpcode.PREPARE);
        direct.execute("ALTER TABLE forgotten.t ADD more int");

        askFor(0, REQUESTS_OF_EACH).forEach(CompletableFuture::join);

        assertAllWritten();
        assertThat(relay.count(CqlOpcode.PREPARE) - before).isEqualTo(STATEMENTS);
        assertThat(meters.get("kawarau.upstream.reprepared").counter().count()).isEqualTo(STATEMENTS);
    }

    @Test
    void aBatchOfForgottenStatementsGoesOutThreeTimesAndNotOncePerStatement() {
        direct.execute("ALTER TABLE forgotten.t ADD more int");
        long before = relay.count(CqlOpcode.BATCH);

        clients.get(0).execute(request(0, 9));

        assertThat(relay.count(CqlOpcode.BATCH) - before).isEqualTo(3);
    }

    @Test
    void whatIsForgottenWhileRequestsAreUnderWayIsNothingThatClientsNotice() {
        long before = relay.count(CqlOpcode.PREPARE);
        List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
        int rounds = 4;
        for (int round = 0; round < rounds; round++) {
            int part = REQUESTS_OF_EACH / rounds;
            answers.addAll(askFor(round * part, (round + 1) * part));
            direct.execute("ALTER TABLE forgotten.t ADD more" + round + " int");
        }
        answers.forEach(CompletableFuture::join);

        assertAllWritten();
        // Once after each ALTER; twice if the node forgets what it was told again before it has altered the table.
        assertThat(relay.count(CqlOpcode.PREPARE) - before).isLessThanOrEqualTo(2L * rounds * STATEMENTS);
    }
}
