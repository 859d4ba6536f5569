package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Tls;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sink that speaks TLS with a server that does. */
class TlsUpstreamTest {
    @TempDir
    private Path folder;

    private Certificates certificates;
    private int tlsPort;

    @BeforeEach
    void makeCertificates() throws Exception {
        certificates = new Certificates(folder);
    }

    private RedisServer server(String host, String clients, String... more) throws Exception {
        certificates.issue("server", host);
        try (ServerSocket free = new ServerSocket(0)) {
            tlsPort = free.getLocalPort();
        }
        List<String> options = new ArrayList<>(List.of("--tls-port", Integer.toString(tlsPort)));
        options.addAll(
                List.of("--tls-cert-file", certificates.certificate("server").toString()));
        options.addAll(List.of("--tls-key-file", certificates.key("server").toString()));
        options.addAll(List.of("--tls-ca-cert-file", certificates.authorities().toString()));
        options.addAll(List.of("--tls-auth-clients", clients));
        options.addAll(List.of(more));
        return RedisServer.start(options.toArray(String[]::new));
    }

    private Proxy before(String host, Tls tls) {
        return Proxy.before(
                RedisSink.to("rediss://:secret@" + host + ":" + tlsPort + "/2").tls(tls), UnaryOperator.identity());
    }

    private static void assertServes(Proxy proxy) throws IOException {
        String large = "x".repeat(2_000_000);
        try (RawClient client = proxy.raw()) {
            assertThat(client.call("SET", "k", large)).isEqualTo("+OK");
            assertThat(client.call("GET", "k")).isEqualTo("$" + large);
            assertThat(client.call("HELLO", "3")).startsWith("%");
            assertThat(client.call("STRLEN", "k")).isEqualTo(":2000000");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("STRLEN", "k")).isEqualTo("+QUEUED");
            assertThat(client.call("EXEC")).isEqualTo("*[:2000000]");
        }
    }

    private static String refusal(Proxy proxy) throws IOException {
        try (RawClient client = proxy.raw()) {
            String first = client.call("GET", "k");
            assertThat(first).startsWith("-ERR redis at ").doesNotContain("secret");
            assertThat(client.call("HELLO", "3")).startsWith("-ERR redis at ");
            assertThat(client.call("SELECT", "1")).startsWith("-ERR redis at ");
            return first;
        }
    }

    @Test
    void aServerOfATrustedAuthorityIsSpokenTo() throws Exception {
        try (RedisServer server = server("localhost", "no", "--requirepass", "secret");
                Proxy proxy = before("localhost", Tls.client().trust(certificates.authorities()))) {
            assertThat(server.isRunning()).isTrue();
            assertServes(proxy);
        }
    }

    @Test
    void aServerThatIsKnownByItsAddressIsSpokenTo() throws Exception {
        try (RedisServer server = server("127.0.0.1", "no", "--requirepass", "secret");
                Proxy proxy = before("127.0.0.1", Tls.client().trust(certificates.authorities()))) {
            assertThat(server.isRunning()).isTrue();
            assertServes(proxy);
        }
    }

    @Test
    void aServerOfAnAuthorityThatNobodyTrustsIsNotSpokenTo() throws Exception {
        try (RedisServer server = server("localhost", "no", "--requirepass", "secret");
                Proxy proxy = before("localhost", Tls.client())) {
            assertThat(server.isRunning()).isTrue();
            assertThat(refusal(proxy)).contains("unable to find valid certification path");
        }
    }

    @Test
    void aServerWithTheCertificateOfAnotherHostIsSpokenToOnlyIfAnyHostWillDo() throws Exception {
        try (RedisServer server = server("db.example", "no", "--requirepass", "secret")) {
            assertThat(server.isRunning()).isTrue();
            Tls tls = Tls.client().trust(certificates.authorities());
            try (Proxy proxy = before("localhost", tls)) {
                assertThat(refusal(proxy)).contains("No subject alternative DNS name matching localhost found");
            }
            try (Proxy proxy = before("localhost", tls.anyHost())) {
                assertServes(proxy);
            }
        }
    }

    @Test
    void aServerThatWantsACertificateGetsOneOrRefuses() throws Exception {
        certificates.issue("client", "kawarau");
        try (RedisServer server = server("localhost", "yes", "--requirepass", "secret")) {
            assertThat(server.isRunning()).isTrue();
            Tls tls = Tls.client().trust(certificates.authorities());
            try (Proxy proxy = before("localhost", tls)) {
                assertThat(refusal(proxy)).containsAnyOf("certificate_required", "closed", "reset", "bad_certificate");
            }
            try (Proxy proxy = before(
                    "localhost", tls.certificate(certificates.certificate("client"), certificates.key("client")))) {
                assertServes(proxy);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoSpeaksTlsAloneIsNotUnderstood(boolean sinkDoes) throws Exception {
        try (RedisServer server = server("localhost", "no");
                Proxy proxy = Proxy.before(
                        sinkDoes
                                ? RedisSink.to("rediss://localhost:" + server.port())
                                        .tls(Tls.client().trust(certificates.authorities()))
                                        .connectTimeout(Duration.ofSeconds(2))
                                : RedisSink.to("redis://localhost:" + tlsPort).connectTimeout(Duration.ofSeconds(2)),
                        UnaryOperator.identity())) {
            refusal(proxy);
        }
    }
}
