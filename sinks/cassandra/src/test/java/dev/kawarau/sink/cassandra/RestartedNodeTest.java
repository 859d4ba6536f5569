package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node has to be told again after a restart: statements, and who wants to hear of events. */
class RestartedNodeTest {
    private static final int STATEMENTS = 20;

    /** The driver has no more than 1,024 of them under way on a connection; a batch counts once. */
    private static final int REQUESTS = 1_200;

    private static CassandraServer server;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final EventLoops loops = EventLoops.of(1);
    private CassandraSink sink;
    private Listener listener;

    @BeforeAll
    static void start() {
        server = CassandraServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void listen() {
        sink = CassandraSink.to("127.0.0.1:" + server.port()).metrics(meters).build();
        listener = CqlListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .metrics(meters)
                .serve(Chain.named("test").to(sink));
    }

    @AfterEach
    void close() {
        listener.close();
        sink.close();
        loops.close();
    }

    private static void createKeyspace(CqlSession session, String name) {
        session.execute(
                "CREATE KEYSPACE " + name + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    }

    private void awaitService(CqlSession session) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> session.execute("SELECT key FROM system.local"));
    }

    @Test
    void aStormOfRequestsForForgottenStatementsPreparesEachOnceOnEachConnection() {
        try (CqlSession session = Drivers.connect(listener, "V5", "lz4")) {
            createKeyspace(session, "storm");
            session.execute("CREATE TABLE storm.t (k int PRIMARY KEY, v int)");
            List<PreparedStatement> inserts = new ArrayList<>();
            for (int i = 0; i < STATEMENTS; i++) {
                inserts.add(session.prepare("INSERT INTO storm.t (k, v) VALUES (?, " + i + ")"));
            }
            session.execute("TRUNCATE system.prepared_statements");
            server.restart();
            awaitService(session);

            List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i += 4) {
                answers.add(session.executeAsync(inserts.get(i % STATEMENTS).bind(i))
                        .toCompletableFuture());
                answers.add(
                        session.executeAsync(inserts.get((i + 1) % STATEMENTS).bind(i + 1))
                                .toCompletableFuture());
                answers.add(session.executeAsync(BatchStatement.newInstance(
                                DefaultBatchType.UNLOGGED,
                                inserts.get((i + 2) % STATEMENTS).bind(i + 2),
                                inserts.get((i + 3) % STATEMENTS).bind(i + 3)))
                        .toCompletableFuture());
            }
            answers.forEach(CompletableFuture::join);

            assertThat(session.execute("SELECT count(*) FROM storm.t").one().getLong(0))
                    .isEqualTo(REQUESTS);
            assertThat(meters.get("kawarau.upstream.reprepared").counter().count())
                    .isEqualTo(STATEMENTS);
        }
    }

    @Test
    void driversOfEveryVersionHearOfEventsAgain() {
        try (CqlSession three = Drivers.connect(listener, "V3", "none");
                CqlSession four = Drivers.connect(listener, "V4", "none");
                CqlSession five = Drivers.connect(listener, "V5", "none")) {
            List<CqlSession> sessions = List.of(three, four, five);
            server.restart();
            sessions.forEach(this::awaitService);
            try (CqlSession direct = Drivers.to(server.address(), "V5", "none").build()) {
                // Drivers ask for events when they have connected again, which takes them a moment.
                for (int number = 0; number < 3; number++) {
                    String name = "after" + number;
                    createKeyspace(direct, name);
                    sessions.forEach(session -> await().atMost(Duration.ofSeconds(30))
                            .untilAsserted(
                                    () -> assertThat(session.getMetadata().getKeyspace(name))
                                            .isPresent()));
                }
            }
        }
    }

    @Test
    void aClientThatWaitsForEventsAloneIsDisconnectedSoThatItNotices() throws IOException {
        try (RawClient client = RawClient.ready(listener)) {
            assertThat(client.ask(new Register(List.of("SCHEMA_CHANGE", "STATUS_CHANGE"))))
                    .isInstanceOf(Ready.class);

            server.kill();

            assertThatIOException().isThrownBy(client::next).withMessage("the connection was closed");
        } finally {
            server.restart();
        }
    }

    @Test
    void aClientThatWaitsForEventsOfANodeThatSaysNothingAnyMoreIsDisconnectedToo() throws IOException {
        try (CassandraSink impatient = CassandraSink.to("127.0.0.1:" + server.port())
                        .requestTimeout(Duration.ofMillis(500))
                        .metrics(new SimpleMeterRegistry())
                        .build();
                Listener events = CqlListener.on("127.0.0.1:0")
                        .metrics(new SimpleMeterRegistry())
                        .serve(Chain.named("events").to(impatient));
                RawClient client = RawClient.ready(events)) {
            assertThat(client.ask(new Register(List.of("SCHEMA_CHANGE")))).isInstanceOf(Ready.class);

            server.pause();

            assertThatIOException().isThrownBy(client::next).withMessage("the connection was closed");
        } finally {
            server.resume();
        }
    }

    @Test
    void aClientThatWaitsForEventsMayWaitLongerThanTheServerMayTakeToAnswer() throws IOException {
        try (CountingRelay relay = new CountingRelay(server.address());
                CassandraSink impatient = CassandraSink.to(relay.address())
                        .requestTimeout(Duration.ofMillis(500))
                        .metrics(new SimpleMeterRegistry())
                        .build();
                Listener events = CqlListener.on("127.0.0.1:0")
                        .metrics(new SimpleMeterRegistry())
                        .serve(Chain.named("events").to(impatient));
                RawClient client = RawClient.ready(events);
                CqlSession direct = Drivers.to(server.address(), "V5", "none").build()) {
            assertThat(client.ask(new Register(List.of("SCHEMA_CHANGE")))).isInstanceOf(Ready.class);
            long before = relay.count(CqlOpcode.OPTIONS);

            await().until(() -> relay.count(CqlOpcode.OPTIONS) >= before + 3);

            createKeyspace(direct, "waited_for");
            assertThat(client.next()).isInstanceOf(SchemaChangeEvent.class);
        }
    }
}
