package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.Certificate;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    @TempDir
    private Path folder;

    private X509Bundle authority;
    private Path certificate;
    private Path key;
    private Path authorities;
    private int writes;

    @BeforeEach
    void makeCertificates() throws Exception {
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        certificate = folder.resolve("server.crt");
        key = folder.resolve("server.key");
        authorities = folder.resolve("ca.crt");
        write(authorities, authority.getCertificatePEM());
        writeServer(issue("localhost"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientsAreServedOverTls(String version) throws Exception {
        String lines = "GET a\n".repeat(3_000);
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .tls(Tls.server(certificate, key))
                        .serve(Held.echo());
                LineClient client = LineClient.of(listener, trusting(null, version))) {
            client.send(lines).expect(lines);
        }
    }

    @Test
    void inVmConnectionsMaySpeakTlsToo() throws Exception {
        try (Listener listener = LineListener.on("local:tls")
                        .tls(Tls.server(certificate, key))
                        .serve(Held.echo());
                LineClient client = LineClient.of(listener, trusting(null, "TLSv1.3"))) {
            client.send("GET a\n").expect("GET a\n");
        }
    }

    @Test
    void withMutualTlsAClientWithoutACertificateIsTurnedAway() throws Exception {
        Tls tls = Tls.server(certificate, key).trust(authorities);
        try (Listener listener = LineListener.on("127.0.0.1:0").tls(tls).serve(subjects());
                LineClient stranger = LineClient.of(listener, trusting(null, "TLSv1.3"))) {
            stranger.send("WHO\n").expectEnd();
        }
    }

    @Test
    void withMutualTlsTheSessionKnowsWhoTheClientIs() throws Exception {
        Tls tls = Tls.server(certificate, key).trust(authorities);
        try (Listener listener = LineListener.on("127.0.0.1:0").tls(tls).serve(subjects());
                LineClient client = LineClient.of(listener, trusting(issue("alice"), "TLSv1.3"))) {
            client.send("WHO\n").expect("CN=alice\n");
        }
    }

    @Test
    void withMutualTlsACertificateOfAnotherAuthorityIsTurnedAway() throws Exception {
        X509Bundle foreign = new CertificateBuilder()
                .ecp256()
                .subject("CN=mallory")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Tls tls = Tls.server(certificate, key).trust(authorities);
        try (Listener listener = LineListener.on("127.0.0.1:0").tls(tls).serve(subjects());
                LineClient client = LineClient.of(listener, trusting(foreign, "TLSv1.3"))) {
            client.send("WHO\n").expectEnd();
        }
    }

    @Test
    void aClientThatSpeaksNoTlsIsTurnedAwayAndReachesNoChain() {
        Held held = new Held();
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .tls(Tls.server(certificate, key))
                        .serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n");
            await().until(client::hasEnded);
            assertThat(held.texts()).isEmpty();
        }
    }

    @Test
    void aConnectionBeyondTheLimitDoesNotWaitForItsHandshake() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .tls(Tls.server(certificate, key))
                        .maxConnections(1, ListenerBuilder.Overflow.REFUSE)
                        .serve(Held.echo());
                LineClient first = LineClient.of(listener, trusting(null, "TLSv1.3"))) {
            first.send("GET a\n").expect("GET a\n");

            try (LineClient silent = LineClient.of(listener)) {
                await().until(silent::hasEnded);
            }
        }
    }

    @Test
    void newConnectionsUseARenewedCertificateAndOldOnesStay() throws Exception {
        Tls tls = Tls.server(certificate, key);
        SslContext trust = trusting(null, "TLSv1.3");
        try (Listener listener = LineListener.on("127.0.0.1:0").tls(tls).serve(Held.echo());
                LineClient old = LineClient.of(listener, trust)) {
            Certificate before = old.serverCertificate();
            X509Bundle renewed = issue("localhost");
            writeServer(renewed);

            await().until(() -> {
                try (LineClient client = LineClient.of(listener, trust)) {
                    return client.serverCertificate().equals(renewed.getCertificate());
                }
            });
            assertThat(before).isNotEqualTo(renewed.getCertificate());
            old.send("GET a\n").expect("GET a\n");
        }
    }

    @Test
    void filesThatDoNotFitTogetherLeaveTheLastGoodOnesInUse() throws Exception {
        Tls tls = Tls.server(certificate, key);
        SslContext trust = trusting(null, "TLSv1.3");
        SslContext good = tls.context();
        write(certificate, "not a certificate");
        tls.reload();
        assertThat(tls.context()).isSameAs(good);
        Files.delete(key);
        tls.reload();
        assertThat(tls.context()).isSameAs(good);

        X509Bundle renewed = issue("localhost");
        writeServer(renewed);
        tls.reload();

        assertThat(tls.context()).isNotSameAs(good);
        try (Listener listener = LineListener.on("127.0.0.1:0").tls(tls).serve(Held.echo());
                LineClient client = LineClient.of(listener, trust)) {
            assertThat(client.serverCertificate()).isEqualTo(renewed.getCertificate());
        }
    }

    @Test
    void filesThatCannotBeUsedAreSaidWhenTheListenerIsMade() throws Exception {
        write(key, "not a key");

        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> LineListener.on("127.0.0.1:0").tls(Tls.server(certificate, key)))
                .withMessageContaining(certificate.toString());
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() ->
                        LineListener.on("127.0.0.1:0").tls(Tls.server(certificate, folder.resolve("no-such.key"))))
                .withMessageContaining("no-such.key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineListener.on("127.0.0.1:0").tls(Tls.client()))
                .withMessage("a listener needs Tls.server(certificate, key)");
    }

    private static Chain subjects() {
        return request -> {
            try {
                String name = request.session().tls().getPeerPrincipal().getName();
                return Reply.of(LineMessage.byHand(name));
            } catch (IOException unknown) {
                return Reply.failed(unknown);
            }
        };
    }

    private X509Bundle issue(String name) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .addSanDnsName(name)
                .buildIssuedBy(authority);
    }

    private void writeServer(X509Bundle server) throws IOException {
        write(key, server.getPrivateKeyPEM());
        write(certificate, server.getCertificatePathPEM());
    }

    /** Each write at a later time than the one before, however fast they follow. */
    private void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(++writes)));
    }

    private SslContext trusting(X509Bundle own, String version) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .trustManager(authority.getCertificate())
                .endpointIdentificationAlgorithm(null)
                .protocols(version);
        if (own != null) {
            builder.keyManager(own.getKeyPair().getPrivate(), own.getCertificatePath());
        }
        return builder.build();
    }
}
