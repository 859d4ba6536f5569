package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Tls;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java driver, through a listener, to a real Cassandra. */
class CqlDriverTest {
    private static final int ROWS = 300;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    static CqlSession connect(Listener listener, String version, String compression) {
        return at(listener).withConfigLoader(config(version, compression)).build();
    }

    private static CqlSessionBuilder at(Listener listener) {
        String[] address = listener.address().toString().split(":");
        return CqlSession.builder()
                .addContactPoint(new InetSocketAddress(address[0], Integer.parseInt(address[1])))
                .withLocalDatacenter("datacenter1");
    }

    static DriverConfigLoader config(String version, String compression) {
        return DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.PROTOCOL_VERSION, version)
                .withString(DefaultDriverOption.PROTOCOL_COMPRESSION, compression)
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.REQUEST_TRACE_ATTEMPTS, 500)
                .withDuration(DefaultDriverOption.REQUEST_TRACE_INTERVAL, Duration.ofMillis(20))
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(1))
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(20))
                .build();
    }

    @ParameterizedTest
    @CsvSource({"V3, none", "V3, lz4", "V3, snappy", "V4, none", "V4, lz4", "V4, snappy", "V5, none", "V5, lz4"})
    void theDriverNoticesNothing(String version, String compression) {
        String keyspace = "d_" + version.toLowerCase(Locale.ROOT) + "_" + compression;
        Chain chain = Chain.named("driver")
                .to(new CassandraRelay(CassandraServer.shared().address()));
        try (Listener listener = CqlListener.on("127.0.0.1:0").metrics(meters).serve(chain);
                CqlSession session = connect(listener, version, compression)) {
            session.execute("CREATE KEYSPACE " + keyspace
                    + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            session.execute("USE " + keyspace);
            session.execute("CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))");
            await().until(() -> session.getMetadata()
                    .getKeyspace(keyspace)
                    .flatMap(known -> known.getTable("t"))
                    .isPresent());
            write(session);
            assertThat(session.execute(SimpleStatement.newInstance("SELECT c, v FROM t WHERE k = ?", 1)
                                    .setPageSize(70))
                            .all())
                    .hasSize(ROWS)
                    .allSatisfy(row -> assertThat(row.getString("v")).isEqualTo(value(row.getInt("c"))));
            assertThatThrownBy(() -> session.execute("SELECT nothing FROM t"))
                    .isInstanceOf(InvalidQueryException.class);
            assertThatThrownBy(() -> session.execute("SELECT FROM WHERE")).isInstanceOf(SyntaxError.class);
            assertThat(session.execute(SimpleStatement.newInstance("SELECT k FROM t LIMIT 1")
                                    .setTracing(true))
                            .getExecutionInfo()
                            .getQueryTrace()
                            .getEvents())
                    .isNotEmpty();
        }
    }

    @Test
    void theDriverConnectsOverMutualTlsAndIsKnownByItsCertificate(@TempDir Path folder) throws Exception {
        X509Bundle authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        X509Bundle server = issue("localhost", authority);
        Path certificate = Files.writeString(folder.resolve("server.crt"), server.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("server.key"), server.getPrivateKeyPEM());
        Path authorities = Files.writeString(folder.resolve("ca.crt"), authority.getCertificatePEM());
        Set<String> seen = ConcurrentHashMap.newKeySet();
        Chain chain = Chain.named("tls")
                .then((request, next) -> {
                    seen.add(principal(request.session().tls()));
                    return next.send(request);
                })
                .to(new CassandraRelay(CassandraServer.shared().address()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                issue("alice", authority).toKeyManagerFactory().getKeyManagers(),
                authority.toTrustManagerFactory().getTrustManagers(),
                null);
        try (Listener listener = CqlListener.on("127.0.0.1:0")
                        .metrics(meters)
                        .tls(Tls.server(certificate, key).trust(authorities))
                        .serve(chain);
                CqlSession session = at(listener)
                        .withSslContext(context)
                        .withConfigLoader(config("V5", "lz4"))
                        .build()) {
            assertThat(session.execute("SELECT key FROM system.local").one().getString(0))
                    .isEqualTo("local");
        }
        assertThat(seen).containsExactly("CN=alice");
    }

    private static X509Bundle issue(String name, X509Bundle authority) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .addSanDnsName(name)
                .buildIssuedBy(authority);
    }

    private static String principal(SSLSession tls) {
        try {
            return tls.getPeerPrincipal().getName();
        } catch (SSLPeerUnverifiedException nobody) {
            return "nobody";
        }
    }

    @Test
    void credentialsPassToTheServerBehind() {
        try (CassandraServer server = CassandraServer.builder().authentication().start();
                Listener listener = CqlListener.on("127.0.0.1:0")
                        .metrics(meters)
                        .serve(Chain.named("users").to(new CassandraRelay(server.address())))) {
            try (CqlSession session = at(listener)
                    .withAuthCredentials("cassandra", "cassandra")
                    .withConfigLoader(config("V5", "lz4"))
                    .build()) {
                assertThat(session.execute("LIST ROLES").one().getString("role"))
                        .isEqualTo("cassandra");
            }
            assertThatThrownBy(() -> at(listener)
                            .withAuthCredentials("cassandra", "guessed")
                            .withConfigLoader(config("V5", "none"))
                            .build()
                            .close())
                    .isInstanceOfSatisfying(
                            AllNodesFailedException.class,
                            refused -> assertThat(refused.getAllErrors().values())
                                    .allSatisfy(errors ->
                                            assertThat(errors).hasOnlyElementsOfType(AuthenticationException.class)));
        }
    }

    /** Many at once, some of them longer than a segment. */
    private static void write(CqlSession session) {
        PreparedStatement insert = session.prepare("INSERT INTO t (k, c, v) VALUES (?, ?, ?)");
        List<CompletionStage<AsyncResultSet>> written = new ArrayList<>();
        for (int i = 0; i < ROWS - 2; i++) {
            written.add(session.executeAsync(insert.bind(1, i, value(i))));
        }
        written.forEach(stage -> stage.toCompletableFuture().join());
        session.execute(BatchStatement.newInstance(
                DefaultBatchType.LOGGED,
                insert.bind(1, ROWS - 2, value(ROWS - 2)),
                SimpleStatement.newInstance("INSERT INTO t (k, c, v) VALUES (1, ?, ?)", ROWS - 1, value(ROWS - 1))));
        Row one = session.execute("SELECT v FROM t WHERE k = 1 AND c = 200").one();
        assertThat(one).isNotNull();
    }

    private static String value(int row) {
        return row % 100 == 99 ? "long ".repeat(40_000) + row : "short " + row;
    }
}
