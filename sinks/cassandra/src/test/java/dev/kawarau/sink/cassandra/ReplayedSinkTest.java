package dev.kawarau.sink.cassandra;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import dev.kawarau.transform.observe.Capture;
import dev.kawarau.transform.observe.Replay;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the Java driver did to a real Cassandra, captured and sent again after the tables were emptied. */
class ReplayedSinkTest {
    private static final int ROWS = 50;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"V5, lz4, RAW", "V4, none, JSON_LINES"})
    void theSameRowsAreThereAgain(String version, String compression, Capture.Format format) throws Exception {
        InetSocketAddress server = CassandraServer.shared().address();
        Path path = directory.resolve("capture");
        String keyspace = "replayed_" + version.toLowerCase(Locale.ROOT);
        try (CassandraSink sink = CassandraSink.at(server.getAddress().getHostAddress() + ":" + server.getPort());
                CqlSession direct = Drivers.to(server, "V5", "none").build()) {
            direct.execute("CREATE KEYSPACE " + keyspace
                    + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            direct.execute("CREATE TABLE " + keyspace + ".t (k int PRIMARY KEY, v text)");
            Chain chain = Chain.named("captured")
                    .then(Capture.of(path).format(format).withRequests().build())
                    .to(sink);
            try (Listener listener = CqlListener.on("127.0.0.1:0").serve(chain);
                    CqlSession session = Drivers.connect(listener, version, compression)) {
                converse(session, keyspace);
            } finally {
                chain.close();
            }
            List<String> rows = rows(direct, keyspace);
            assertThat(rows).hasSize(ROWS);
            // Not TRUNCATE: what is sent again has the timestamps of then, and so have tombstones those of now.
            direct.execute("DROP TABLE " + keyspace + ".t");
            direct.execute("CREATE TABLE " + keyspace + ".t (k int PRIMARY KEY, v text)");
            assertThat(rows(direct, keyspace)).isEmpty();

            Replay.Report report = replay(path, sink);

            assertThat(rows(direct, keyspace)).isEqualTo(rows);
            assertThat(report.unanswered()).isZero();
            assertThat(report.differing()).isZero();
            assertThat(report.missing()).isZero();
        }
    }

    private static Replay.Report replay(Path path, CassandraSink sink) throws Exception {
        try (Replay replay = Replay.of(path)
                .unpaced()
                .start((address, chain) -> CqlListener.on(address).plainFrames().serve(chain), sink)) {
            return replay.report().toCompletableFuture().get(60, SECONDS);
        }
    }

    private static void converse(CqlSession session, String keyspace) {
        session.execute("USE " + keyspace);
        PreparedStatement insert = session.prepare("INSERT INTO " + keyspace + ".t (k, v) VALUES (?, ?)");
        for (int k = 0; k < ROWS; k++) {
            session.execute(insert.bind(k, "value " + k));
        }
        session.execute("UPDATE t SET v = 'changed' WHERE k = 7");
    }

    private static List<String> rows(CqlSession session, String keyspace) {
        return session.execute("SELECT k, v FROM " + keyspace + ".t").all().stream()
                .map((Row row) -> row.getInt("k") + " " + row.getString("v"))
                .sorted()
                .toList();
    }
}
