package dev.kawarau.sink.cassandra;

import static com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Query;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlSchema;
import dev.kawarau.testkit.cassandra.CassandraServer;
import dev.kawarau.transform.route.Forward;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Java driver in front of a {@link Forward}, a real server behind it. */
class ForwardedSinkTest {
    private static final CassandraServer SERVER = CassandraServer.shared();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ConcurrentLinkedQueue<String> lost = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> passed = new ConcurrentLinkedQueue<>();
    private final CassandraSink sink = CassandraSink.at("127.0.0.1:" + SERVER.port());
    private final CassandraSink later = CassandraSink.at("127.0.0.1:" + SERVER.port());
    private final Forward forward = Forward.to(
                    Chain.named("later").metrics(meters).to(later))
            .when(request -> request.query().kind() == Query.Kind.WRITE
                    && !request.query().namespace().startsWith("system"))
            .waiting(Duration.ofSeconds(15))
            .onFailure((request, response, failure) -> lost.add(request.query().operation()))
            .build();
    private final Chain chain = Chain.named("orders")
            .metrics(meters)
            .then(forward)
            .then((request, next) -> {
                passed.add(request.query().operation());
                return next.send(request);
            })
            .to(sink);
    private Listener listener;

    @BeforeAll
    static void createTables() {
        execute(
                "CREATE KEYSPACE forwarded WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                "CREATE TABLE forwarded.t (k int PRIMARY KEY, v int)",
                "CREATE TABLE forwarded.views (k int PRIMARY KEY, n counter)");
    }

    @AfterAll
    static void dropTables() {
        execute("DROP KEYSPACE forwarded");
    }

    private static void execute(String... statements) {
        try (CqlSession session = Drivers.to(new InetSocketAddress("127.0.0.1", SERVER.port()), "V5", "none")
                .build()) {
            List.of(statements).forEach(session::execute);
        }
    }

    @BeforeEach
    void serve() {
        CqlSchema schema = sink.schema();
        await().until(() -> schema.table("forwarded", "views") != null);
        listener = CqlListener.on("127.0.0.1:0").metrics(meters).schema(schema).serve(chain);
    }

    @AfterEach
    void close() {
        listener.close();
        chain.close();
        sink.close();
        later.close();
    }

    private double count(String outcome) {
        return meters.get("kawarau.forward")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    @Test
    void whatIsPreparedAndBoundIsAnsweredAtOnceAndReadWhenItIsThere() throws Exception {
        try (CqlSession session = Drivers.connect(listener, "V5", "none")) {
            PreparedStatement write = session.prepare("INSERT INTO forwarded.t (k, v) VALUES (?, ?)");
            PreparedStatement read = session.prepare("SELECT v FROM forwarded.t WHERE k = ?");
            int keys = 20;
            int rounds = 10;
            List<CompletionStage<AsyncResultSet>> replies = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                for (int key = 0; key < keys; key++) {
                    replies.add(session.executeAsync(write.bind(key, round)));
                }
            }
            for (CompletionStage<AsyncResultSet> reply : replies) {
                assertThat(reply.toCompletableFuture().get().wasApplied()).isTrue();
            }
            for (int key = 0; key < keys; key++) {
                assertThat(session.execute(read.bind(key)).one().getInt(0)).isEqualTo(rounds - 1);
            }
            assertThat(passed).doesNotContain("INSERT");
            assertThat(count("done")).isEqualTo(keys * rounds);
        }
    }

    /** The server gives them the time of their arrival, so that their order there decides. */
    @Test
    void writesToOneKeyAreCarriedOutInTheOrderInWhichTheyWereAnswered() {
        try (CqlSession session = Drivers.connect(listener, "V4", "none")) {
            for (int i = 0; i < 100; i++) {
                session.execute(newInstance("INSERT INTO forwarded.t (k, v) VALUES (1, " + i + ")")
                        .setQueryTimestamp(Long.MIN_VALUE));
                session.execute("UPDATE forwarded.views SET n = n + 1 WHERE k = 1");
            }
            assertThat(session.execute("SELECT v FROM forwarded.t WHERE k = 1")
                            .one()
                            .getInt(0))
                    .isEqualTo(99);
            assertThat(session.execute("SELECT n FROM forwarded.views WHERE k = 1")
                            .one()
                            .getLong(0))
                    .isEqualTo(100);
            assertThat(passed).doesNotContain("INSERT", "UPDATE");
        }
    }

    @Test
    void namesAreThoseOfTheKeyspaceThatTheClientUses() {
        try (CqlSession session = Drivers.connect(listener, "V4", "none")) {
            session.execute("USE forwarded");
            session.execute("INSERT INTO t (k, v) VALUES (5, 55)");
            assertThat(session.execute("SELECT v FROM t WHERE k = 5").one().getInt(0))
                    .isEqualTo(55);
            assertThat(passed).contains("USE").doesNotContain("INSERT");
            assertThat(lost).isEmpty();
        }
    }

    @Test
    void conditionsAndReadsAreAnsweredByTheServerAndWhatItRefusesLaterIsToldOf() {
        try (CqlSession session = Drivers.connect(listener, "V5", "none")) {
            session.execute("INSERT INTO forwarded.t (k, v) VALUES (7, 1)");
            assertThat(session.execute("INSERT INTO forwarded.t (k, v) VALUES (7, 2) IF NOT EXISTS")
                            .wasApplied())
                    .isFalse();
            assertThat(passed).contains("INSERT");

            session.execute("INSERT INTO forwarded.t (k, v) VALUES (7, 'no number')");
            await().until(() -> lost.contains("INSERT"));
            assertThat(count("error")).isEqualTo(1);
        }
    }
}
