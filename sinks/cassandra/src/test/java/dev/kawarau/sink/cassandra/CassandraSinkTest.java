package dev.kawarau.sink.cassandra;

import static com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java driver, through a listener and the sink, to a real Cassandra. */
class CassandraSinkTest {
    private static final int ROWS = 500;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private static CassandraSink.Builder sinkTo(CassandraServer server) {
        InetSocketAddress address = server.address();
        return CassandraSink.to(address.getAddress().getHostAddress() + ":" + address.getPort());
    }

    private Listener listen(CassandraSink sink) {
        return CqlListener.on("127.0.0.1:0")
                .metrics(meters)
                .serve(Chain.named("test").to(sink));
    }

    private double connections(String kind) {
        return meters.get("kawarau.upstream.connections")
                .tag("kind", kind)
                .gauge()
                .value();
    }

    @ParameterizedTest
    @CsvSource({
        "V3, none, NONE",
        "V3, snappy, LZ4",
        "V4, lz4, SNAPPY",
        "V4, none, LZ4",
        "V5, none, NONE",
        "V5, lz4, LZ4",
        "V5, none, LZ4"
    })
    void theDriverNoticesNothing(String version, String clientSide, CqlCompression serverSide) {
        String keyspace = ("s_" + version + clientSide + serverSide).toLowerCase(Locale.ROOT);
        try (CassandraSink sink = sinkTo(CassandraServer.shared())
                        .compression(serverSide)
                        .metrics(meters)
                        .build();
                Listener listener = listen(sink);
                CqlSession session = Drivers.connect(listener, version, clientSide)) {
            session.execute("CREATE KEYSPACE " + keyspace
                    + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            session.execute("USE " + keyspace);
            session.execute("CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))");
            // Which it learns from an event.
            await().until(() -> session.getMetadata()
                    .getKeyspace(keyspace)
                    .flatMap(known -> known.getTable("t"))
                    .isPresent());
            PreparedStatement insert = session.prepare("INSERT INTO t (k, c, v) VALUES (1, ?, ?)");
            List<CompletionStage<AsyncResultSet>> written = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                written.add(session.executeAsync(insert.bind(i, value(i))));
            }
            written.forEach(stage -> stage.toCompletableFuture().join());

            assertThat(session.execute(newInstance("SELECT c, v FROM t WHERE k = ?", 1)
                                    .setPageSize(70))
                            .all())
                    .hasSize(ROWS)
                    .allSatisfy(row -> assertThat(row.getString("v")).isEqualTo(value(row.getInt("c"))));
            assertThatThrownBy(() -> session.execute("SELECT nothing FROM t"))
                    .isInstanceOf(InvalidQueryException.class);
        }
    }

    private static String value(int row) {
        return row % 100 == 99 ? "long ".repeat(40_000) + row : "short " + row;
    }

    @Test
    void clientsShareConnectionsOfTheirVersionAndKeyspace() {
        try (CassandraSink sink =
                        sinkTo(CassandraServer.shared()).metrics(meters).build();
                Listener listener = listen(sink);
                CqlSession first = Drivers.connect(listener, "V5", "none");
                CqlSession second = Drivers.connect(listener, "V5", "lz4")) {
            first.execute("CREATE KEYSPACE IF NOT EXISTS one WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            first.execute("CREATE TABLE IF NOT EXISTS one.t (k int PRIMARY KEY)");
            first.execute("USE one");
            assertThat(first.execute("SELECT k FROM t").all()).isEmpty();

            assertThatThrownBy(() -> second.execute("SELECT k FROM t"))
                    .isInstanceOf(InvalidQueryException.class)
                    .hasMessageContaining("No keyspace has been specified");
            assertThat(first.execute("SELECT k FROM t").all()).isEmpty();
            // Of each event loop: with a keyspace and without one.
            assertThat(connections("shared")).isLessThanOrEqualTo(4);
        }
        await().untilAsserted(() ->
                assertThat(meters.find("kawarau.upstream.connections").gauges()).isEmpty());
    }

    @Test
    void aKeyspaceThatThereIsNotIsRefusedInTheServersWordsAndMayComeToBe() {
        try (CassandraSink sink =
                        sinkTo(CassandraServer.shared()).metrics(meters).build();
                Listener listener = listen(sink);
                CqlSession session = Drivers.connect(listener, "V5", "none")) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> session.execute("use /* soon */ later"))
                        .isInstanceOf(InvalidQueryException.class)
                        .hasMessageContaining("later");
            }
            session.execute("CREATE KEYSPACE later WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            session.execute("use /* now */ later");
            session.execute("CREATE TABLE t (k int PRIMARY KEY)");
            assertThat(session.execute("SELECT k FROM later.t").all()).isEmpty();
        }
    }

    @Test
    void aSessionGoesOnAtAnotherSinkInItsVersionAndKeyspace() {
        SimpleMeterRegistry later = new SimpleMeterRegistry();
        try (CassandraSink first =
                        sinkTo(CassandraServer.shared()).metrics(meters).build();
                CassandraSink second =
                        sinkTo(CassandraServer.shared()).metrics(later).build();
                Listener listener = listen(first);
                CqlSession session = Drivers.connect(listener, "V4", "lz4")) {
            session.execute("CREATE KEYSPACE moved WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            session.execute("CREATE TABLE moved.t (k int PRIMARY KEY)");
            session.execute("USE moved");

            listener.serve(Chain.named("later").to(second));

            assertThat(session.execute("SELECT k FROM t").all()).isEmpty();
            assertThat(later.get("kawarau.upstream.connections")
                            .tag("kind", "shared")
                            .gauge()
                            .value())
                    .isEqualTo(1);
        }
    }

    @Test
    void theSinkTellsTheListenerWhatTablesLookLike() {
        Queue<String> keys = new ConcurrentLinkedQueue<>();
        try (CassandraSink sink =
                        sinkTo(CassandraServer.shared()).metrics(meters).build();
                Listener listener = CqlListener.on("127.0.0.1:0")
                        .metrics(meters)
                        .schema(sink.schema())
                        .serve(Chain.named("keys")
                                .then((request, next) -> {
                                    request.query().primaryKey().forEach(column -> keys.add(column.toString()));
                                    return next.send(request);
                                })
                                .to(sink));
                CqlSession session = Drivers.connect(listener, "V5", "none")) {
            session.execute("CREATE KEYSPACE known WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            session.execute("CREATE TABLE known.t (k int, c text, PRIMARY KEY (k, c))");
            await().untilAsserted(() -> {
                session.execute("SELECT k FROM known.t WHERE k = 7 AND c = 'x'");
                assertThat(keys).contains("k=0x00000007", "c=0x78");
            });
        }
    }

    @Test
    void aUseThatWasPreparedElsewhereMovesNobodyElse() {
        try (CassandraSink sink =
                        sinkTo(CassandraServer.shared()).metrics(meters).build();
                EventLoops loops = EventLoops.of(1);
                Listener listener = CqlListener.on("127.0.0.1:0")
                        .eventLoops(loops)
                        .metrics(meters)
                        .serve(Chain.named("test").to(sink));
                CqlSession direct = Drivers.to(CassandraServer.shared().address(), "V5", "none")
                        .build();
                CqlSession mover = Drivers.connect(listener, "V5", "none");
                CqlSession other = Drivers.connect(listener, "V5", "none")) {
            PreparedStatement use = direct.prepare("USE system");
            assertThatThrownBy(() -> mover.execute(use.bind())).isInstanceOf(DriverException.class);

            await().ignoreExceptions().untilAsserted(() -> other.execute("SELECT key FROM system.local"));
            assertThatThrownBy(() -> other.execute("SELECT key FROM local"))
                    .isInstanceOf(InvalidQueryException.class)
                    .hasMessageContaining("No keyspace has been specified");
        }
    }

    @Test
    void credentialsPassThroughIfTheSinkHasNone() {
        try (CassandraServer server = CassandraServer.builder().authentication().start()) {
            try (CassandraSink sink = sinkTo(server).metrics(meters).build();
                    Listener listener = listen(sink)) {
                try (CqlSession session = Drivers.to(Drivers.address(listener), "V5", "lz4")
                        .withAuthCredentials("cassandra", "cassandra")
                        .build()) {
                    session.execute("CREATE ROLE somebody WITH PASSWORD = 'p' AND LOGIN = true");
                    assertThat(session.execute("LIST ROLES").all()).hasSize(2);
                }
                assertThatThrownBy(() -> Drivers.to(Drivers.address(listener), "V4", "none")
                                .withAuthCredentials("somebody", "guessed")
                                .build()
                                .close())
                        .isInstanceOfSatisfying(
                                AllNodesFailedException.class,
                                refused -> assertThat(refused.getAllErrors().values())
                                        .allSatisfy(errors -> assertThat(errors)
                                                .hasOnlyElementsOfType(AuthenticationException.class)));
                await().untilAsserted(() -> assertThat(connections("own")).isZero());
            }
            try (CassandraSink sink = sinkTo(server)
                            .credentials("cassandra", "cassandra")
                            .metrics(meters)
                            .build();
                    Listener listener = listen(sink);
                    CqlSession session = Drivers.connect(listener, "V5", "none")) {
                assertThat(session.execute("LIST ROLES").all()).hasSize(2);
                assertThat(connections("own")).isEqualTo(1);
            }
        }
    }

    @Test
    void statementsThatTheServerHasForgottenArePreparedAnewUnseen() {
        try (CassandraServer server = CassandraServer.start();
                CassandraSink sink = sinkTo(server).metrics(meters).build();
                Listener listener = listen(sink);
                CqlSession session = Drivers.connect(listener, "V5", "none")) {
            session.execute(
                    "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy'," + " 'replication_factor': 1}");
            session.execute("CREATE TABLE ks.t (k int PRIMARY KEY, v text)");
            PreparedStatement insert = session.prepare("INSERT INTO ks.t (k, v) VALUES (?, ?)");
            PreparedStatement delete = session.prepare("DELETE FROM ks.t WHERE k = ?");
            session.execute(insert.bind(1, "a"));
            server.restart();
            await().ignoreExceptions().untilAsserted(() -> session.execute("SELECT key FROM system.local"));
            session.execute("TRUNCATE system.prepared_statements");
            server.restart();
            await().ignoreExceptions().untilAsserted(() -> session.execute("SELECT key FROM system.local"));

            session.execute(insert.bind(2, "b"));
            session.execute(BatchStatement.newInstance(DefaultBatchType.LOGGED, insert.bind(3, "c"), delete.bind(1)));

            assertThat(session.execute("SELECT k FROM ks.t").all())
                    .extracting(row -> row.getInt("k"))
                    .containsExactlyInAnyOrder(2, 3);
        }
    }
}
