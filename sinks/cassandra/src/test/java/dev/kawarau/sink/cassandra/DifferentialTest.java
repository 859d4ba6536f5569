package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A session of the driver through a listener and the sink sees the same, to the byte, as one with the server itself. */
class DifferentialTest {
    private static final Map<String, Map<String, List<String>>> direct = new HashMap<>();

    @AfterAll
    static void forget() {
        direct.clear();
    }

    @ParameterizedTest
    @CsvSource({
        "V5, lz4, LZ4",
        "V3, snappy, NONE",
        "V4, none, SNAPPY",
    })
    void theDriverSeesTheSameAsWithoutTheProxy(String version, String clientSide, CqlCompression serverSide) {
        CassandraServer server = CassandraServer.shared();
        Map<String, List<String>> expected = direct.computeIfAbsent(
                version,
                asked -> played(
                        Scenario.all(),
                        () -> Drivers.to(server.address(), asked, "none").build()));
        InetSocketAddress address = server.address();
        try (CassandraSink sink = CassandraSink.to(address.getAddress().getHostAddress() + ":" + address.getPort())
                        .compression(serverSide)
                        .metrics(new SimpleMeterRegistry())
                        .build();
                Listener listener = CqlListener.on("127.0.0.1:0")
                        .metrics(new SimpleMeterRegistry())
                        .serve(Chain.named("test").to(sink))) {
            compare(expected, played(Scenario.all(), () -> Drivers.connect(listener, version, clientSide)));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true, LZ4, V5", "false, false, NONE, V4"})
    void withUsersAndTlsToo(
            boolean mutual, boolean passThrough, CqlCompression compression, String version, @TempDir Path folder)
            throws Exception {
        Certificates certificates = new Certificates(folder);
        SSLContext driver = certificates.driver();
        try (CassandraServer server = strict(certificates, mutual)) {
            CassandraSink.Builder builder = CassandraSink.to("127.0.0.1:" + server.port())
                    .tls(mutual ? certificates.mutualClient() : certificates.client())
                    .compression(compression)
                    .metrics(new SimpleMeterRegistry());
            CassandraSink.Builder authenticated = passThrough ? builder : builder.credentials("cassandra", "cassandra");
            try (CassandraSink sink = authenticated.build();
                    Listener listener = CqlListener.on("127.0.0.1:0")
                            .tls(mutual ? certificates.mutualServer() : certificates.server())
                            .metrics(new SimpleMeterRegistry())
                            .serve(Chain.named("test").to(sink))) {
                InetSocketAddress proxy = Drivers.address(listener);
                List<Scenario> scenarios = ErrorScenarios.ofAStrictNode();
                compare(
                        played(scenarios, () -> as("cassandra", server.address(), version, driver)),
                        played(scenarios, () -> as("cassandra", proxy, version, driver)));
                if (passThrough) {
                    assertThat(readBy("reader", proxy, version, driver))
                            .isEqualTo(readBy("reader", server.address(), version, driver))
                            .anyMatch(line -> line.contains("UnauthorizedException"));
                    assertThat(readBy("nobody", proxy, version, driver))
                            .isEqualTo(readBy("nobody", server.address(), version, driver))
                            .anyMatch(line -> line.contains("AuthenticationException"));
                }
            }
        }
    }

    /** A node with users, TLS, functions, and little patience. */
    private static CassandraServer strict(Certificates certificates, boolean mutual) throws Exception {
        CassandraServer.Builder builder = CassandraServer.builder()
                .authentication()
                .quickSchema()
                .set("user_defined_functions_enabled", "true")
                .set("materialized_views_enabled", "true")
                .set("tombstone_warn_threshold", "20")
                .set("tombstone_failure_threshold", "50");
        String password = Certificates.PASSWORD;
        return (mutual
                        ? builder.mutualTls(certificates.keyStore(), password, certificates.trustStore(), password)
                        : builder.tls(certificates.keyStore(), password))
                .start();
    }

    private static CqlSession as(String user, InetSocketAddress server, String version, SSLContext tls) {
        return Drivers.to(server, version, "none")
                .withAuthCredentials(user, user.equals("cassandra") ? user : "secret")
                .withSslContext(tls)
                .build();
    }

    /** What somebody sees in the keyspace of {@link ErrorScenarios}, whom the node may not know. */
    private static List<String> readBy(String user, InetSocketAddress server, String version, SSLContext tls) {
        try (CqlSession session = as(user, server, version, tls)) {
            Transcript transcript = new Transcript(session, () -> session, "d_rights");
            transcript.execute("USE d_rights");
            ErrorScenarios.read(transcript);
            return transcript.lines();
        } catch (AllNodesFailedException refused) {
            return List.of(Transcript.exception(refused));
        }
    }

    private static Map<String, List<String>> played(List<Scenario> scenarios, Supplier<CqlSession> sessions) {
        Map<String, List<String>> seen = new HashMap<>();
        try (CqlSession session = sessions.get()) {
            for (Scenario scenario : scenarios) {
                seen.put(scenario.name(), scenario.play(new Transcript(session, sessions, scenario.keyspace())));
            }
        }
        return seen;
    }

    private static void compare(Map<String, List<String>> direct, Map<String, List<String>> through) {
        assertThat(through.keySet()).isEqualTo(direct.keySet());
        through.forEach((scenario, lines) ->
                assertThat(lines).as(scenario).hasSizeGreaterThan(10).containsExactlyElementsOf(direct.get(scenario)));
    }
}
