package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import dev.kawarau.transform.control.Collapse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Collapse} in front of a real Cassandra, with a Java driver that wants the same row many times at the same time. */
class CollapsedSinkTest {
    private static final int READS = 32;
    private static final int ROUNDS = 60;

    private static CassandraServer server;
    private static CassandraSink sink;
    private static SimpleMeterRegistry meters;
    private static Listener listener;

    @BeforeAll
    static void start() {
        server = CassandraServer.shared();
        meters = new SimpleMeterRegistry();
        sink = CassandraSink.to("127.0.0.1:" + server.port()).build();
        Chain chain =
                Chain.named("collapsed").metrics(meters).then(Collapse.create()).to(sink);
        listener = CqlListener.on("127.0.0.1:0").schema(sink.schema()).serve(chain);
        try (CqlSession session = Drivers.connect(listener, "V4", "none")) {
            session.execute("CREATE KEYSPACE collapsed"
                    + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            session.execute("CREATE TABLE collapsed.t (k int PRIMARY KEY, v int)");
        }
    }

    @AfterAll
    static void stop() {
        try (CqlSession session = Drivers.connect(listener, "V4", "none")) {
            session.execute("DROP KEYSPACE collapsed");
        }
        listener.close();
        sink.close();
    }

    private static double count(String name) {
        return meters.get("kawarau.collapse." + name).functionCounter().count();
    }

    private static int value(AsyncResultSet rows) {
        return rows.one().getInt("v");
    }

    @ParameterizedTest
    @CsvSource({"V4,none,false", "V4,none,true", "V5,lz4,false", "V5,lz4,true"})
    void aHotRowIsReadLessOftenThanItIsAskedForAndNobodyReadsWhatIsOlderThanAnAcknowledgedWrite(
            String version, String compression, boolean isPrepared) {
        try (CqlSession session = Drivers.connect(listener, version, compression)) {
            SimpleStatement reading = SimpleStatement.newInstance("SELECT v FROM collapsed.t WHERE k = 1");
            Statement<?> read = isPrepared ? session.prepare(reading).bind() : reading;
            AtomicInteger acknowledged = new AtomicInteger();
            session.execute("INSERT INTO collapsed.t (k, v) VALUES (1, 0)");
            double joined = count("joined");
            double led = count("led");

            for (int round = 1; round <= ROUNDS; round++) {
                int atLeast = acknowledged.get();
                List<CompletionStage<AsyncResultSet>> reads = new ArrayList<>();
                for (int i = 0; i < READS; i++) {
                    reads.add(session.executeAsync(read));
                    if (i == READS / 2) {
                        int written = round;
                        session.executeAsync("INSERT INTO collapsed.t (k, v) VALUES (1, " + round + ")")
                                .thenRun(() -> acknowledged.set(written));
                    }
                }
                for (CompletionStage<AsyncResultSet> each : reads) {
                    assertThat(value(each.toCompletableFuture().join())).isBetween(atLeast, round);
                }
                session.execute("INSERT INTO collapsed.t (k, v) VALUES (1, " + round + ")");
                assertThat(session.execute(read).one().getInt("v")).isEqualTo(round);
            }

            assertThat(count("joined") - joined).isGreaterThan(ROUNDS);
            assertThat(count("led") - led).isPositive();
        }
    }
}
