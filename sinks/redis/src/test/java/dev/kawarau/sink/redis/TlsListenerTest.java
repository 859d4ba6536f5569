package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Tls;
import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.testkit.RedisServer;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** A listener that speaks TLS, with clients that do, do it wrong, or do not. */
class TlsListenerTest {
    private static RedisServer server;

    @TempDir
    private Path folder;

    private Certificates certificates;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void makeCertificates() throws Exception {
        certificates = new Certificates(folder);
        certificates.issue("server", "localhost");
    }

    private Proxy proxy(Tls tls) {
        return Proxy.before(server.uri(), listener -> listener.tls(tls));
    }

    private Jedis jedis(Proxy proxy, RedisProtocol protocol, @Nullable X509Bundle own) throws Exception {
        return new Jedis(
                "localhost",
                proxy.listener().port(),
                DefaultJedisClientConfig.builder()
                        .protocol(protocol)
                        .timeoutMillis((int) Endpoint.PATIENCE.toMillis())
                        .sslOptions(certificates.jedis(own))
                        .build());
    }

    private RedisClient lettuce(Proxy proxy, ProtocolVersion version, @Nullable X509Bundle own) throws Exception {
        RedisURI uri = RedisURI.builder(proxy.endpoint().lettuce())
                .withHost("localhost")
                .withSsl(true)
                .build();
        SslOptions.Builder ssl = SslOptions.builder()
                .jdkSslProvider()
                .trustManager(certificates.authority().toTrustManagerFactory());
        RedisClient client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .protocolVersion(version)
                .sslOptions((own == null ? ssl : ssl.keyManager(own.toKeyManagerFactory())).build())
                .build());
        return client;
    }

    private SSLSocket socket(Proxy proxy) throws Exception {
        SSLSocket socket = (SSLSocket) certificates
                .client(null)
                .getSocketFactory()
                .createSocket("localhost", proxy.listener().port());
        socket.setSoTimeout((int) Endpoint.PATIENCE.toMillis());
        return socket;
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void jedisIsServedOverTls(RedisProtocol protocol) throws Exception {
        String large = "x".repeat(3_000_000);
        try (Proxy proxy = proxy(certificates.server("server"));
                Jedis jedis = jedis(proxy, protocol, null)) {
            assertThat(jedis.set("tls:jedis", large)).isEqualTo("OK");
            assertThat(jedis.get("tls:jedis")).isEqualTo(large);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ProtocolVersion.class,
            names = {"RESP2", "RESP3"})
    void lettuceIsServedOverTlsAsAUser(ProtocolVersion version) throws Exception {
        RespUsers users = RespUsers.of(RespUser.named("default").password("secret"));
        try (Proxy proxy = Proxy.before(
                server.uri(),
                listener -> listener.tls(certificates.server("server")).users(users))) {
            RedisClient client = lettuce(proxy, version, null);
            try {
                // Lettuce hangs up when it is refused, and once in some hundred times tells of that alone.
                await().untilAsserted(() ->
                        assertThatThrownBy(client::connect).rootCause().hasMessageContaining("NOAUTH"));
                RedisURI uri = RedisURI.builder(proxy.endpoint().lettuce())
                        .withHost("localhost")
                        .withSsl(true)
                        .withPassword("secret".toCharArray())
                        .build();
                try (StatefulRedisConnection<String, String> connection = client.connect(uri)) {
                    assertThat(connection.sync().set("tls:lettuce", "v")).isEqualTo("OK");
                    assertThat(connection.sync().get("tls:lettuce")).isEqualTo("v");
                }
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void withMutualTlsOnlyAClientWithAGoodCertificateIsServed() throws Exception {
        X509Bundle good = certificates.issue("client", "client");
        X509Bundle bad = new Certificates(Files.createDirectory(folder.resolve("others"))).issue("client", "client");
        try (Proxy proxy = proxy(certificates.server("server").trust(certificates.authorities()))) {
            for (X509Bundle own : new X509Bundle[] {null, bad}) {
                assertThatThrownBy(() -> {
                            try (Jedis jedis = jedis(proxy, RedisProtocol.RESP2, own)) {
                                jedis.ping();
                            }
                        })
                        .isInstanceOf(JedisConnectionException.class);
            }
            try (Jedis jedis = jedis(proxy, RedisProtocol.RESP3, good)) {
                assertThat(jedis.ping()).isEqualTo("PONG");
            }
            RedisClient client = lettuce(proxy, ProtocolVersion.RESP3, good);
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                assertThat(connection.sync().ping()).isEqualTo("PONG");
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aRenewedCertificateIsShownToNewConnectionsAndOldOnesLiveOn() throws Exception {
        Tls tls = certificates.server("server");
        try (Proxy proxy = proxy(tls);
                Jedis old = jedis(proxy, RedisProtocol.RESP2, null)) {
            assertThat(old.ping()).isEqualTo("PONG");
            X509Certificate first = shown(proxy);

            X509Bundle renewed = certificates.issue("server", "localhost");
            await().until(() -> shown(proxy).equals(renewed.getCertificate()));

            assertThat(first).isNotEqualTo(renewed.getCertificate());
            assertThat(old.ping()).isEqualTo("PONG");
        }
    }

    @Test
    void filesThatDoNotFitTogetherLeaveTheOldCertificateInUse() throws Exception {
        Tls tls = certificates.server("server");
        try (Proxy proxy = proxy(tls)) {
            X509Certificate first = shown(proxy);
            X509Bundle renewed = certificates.issue("next", "localhost");

            // A renewal in two steps: at first the certificate is new and the key old.
            Certificates.write(certificates.certificate("server"), renewed.getCertificatePathPEM());
            tls.reload();
            assertThat(shown(proxy)).isEqualTo(first);

            Certificates.write(certificates.key("server"), "-----BEGIN PRIVATE KEY-----\nMIG");
            tls.reload();
            assertThat(shown(proxy)).isEqualTo(first);

            Certificates.write(certificates.key("server"), renewed.getPrivateKeyPEM());
            tls.reload();
            assertThat(shown(proxy)).isEqualTo(renewed.getCertificate());
        }
    }

    private X509Certificate shown(Proxy proxy) throws Exception {
        try (SSLSocket socket = socket(proxy)) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PING\r\n",
                "*1\r\n$4\r\nPING\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "\0\0\0\0\0\0\0\0",
                "\u0016\u0003\u0001\u0000\u0005hello",
                "\u0016\u0003\u0001\u00ff\u00ff",
                "\u0080\u0001"
            })
    void whatIsNoHandshakeEndsTheConnectionAndReachesNobody(String bytes) throws Exception {
        try (Proxy proxy = Proxy.before(
                        server.uri(),
                        listener -> listener.tls(certificates.server("server")).frameTimeout(Duration.ofMillis(300)));
                Jedis direct = new Jedis(server.host(), server.port());
                Socket socket = new Socket("127.0.0.1", proxy.listener().port())) {
            direct.configResetStat();
            socket.setSoTimeout((int) Endpoint.PATIENCE.toMillis());
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));

            byte[] answer = everything(socket.getInputStream());

            // An alert at most.
            assertThat(answer.length).isLessThanOrEqualTo(7);
            assertThat(direct.info("commandstats"))
                    .doesNotContain("cmdstat_ping")
                    .doesNotContain("cmdstat_get");
            await().until(() -> proxy.listener().connections() == 0);
        }
    }

    @Test
    void whoConnectsAndSaysNothingIsSentAwayWhileOthersAreServed() throws Exception {
        try (Proxy proxy = Proxy.before(
                        server.uri(),
                        listener -> listener.tls(certificates.server("server")).frameTimeout(Duration.ofMillis(300)));
                Jedis jedis = jedis(proxy, RedisProtocol.RESP2, null);
                Socket silent = new Socket("127.0.0.1", proxy.listener().port())) {
            silent.setSoTimeout((int) Endpoint.PATIENCE.toMillis());
            assertThat(jedis.ping()).isEqualTo("PONG");
            everything(silent.getInputStream());
            assertThat(jedis.ping()).isEqualTo("PONG");
        }
    }

    private static byte[] everything(InputStream in) throws IOException {
        try {
            return in.readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }
}
