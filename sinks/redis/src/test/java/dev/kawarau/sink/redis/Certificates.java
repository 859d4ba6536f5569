package dev.kawarau.sink.redis;

import dev.kawarau.Tls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** An authority, and PEM files of certificates that it issued, in a folder. */
final class Certificates {
    private static final AtomicInteger writes = new AtomicInteger();

    private final Path folder;
    private final X509Bundle authority;

    Certificates(Path folder) throws Exception {
        this.folder = folder;
        this.authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        write(authorities(), authority.getCertificatePEM());
    }

    Path authorities() {
        return folder.resolve("authorities.crt");
    }

    Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** Issues a certificate for a host and writes it, over the one of that file name if there is one. */
    X509Bundle issue(String file, String host) throws Exception {
        CertificateBuilder builder = new CertificateBuilder().ecp256().subject("CN=" + host);
        X509Bundle issued = (host.matches("[0-9.]+") ? builder.addSanIpAddress(host) : builder.addSanDnsName(host))
                .buildIssuedBy(authority);
        write(key(file), issued.getPrivateKeyPEM());
        write(certificate(file), issued.getCertificatePathPEM());
        return issued;
    }

    Tls server(String file) {
        return Tls.server(certificate(file), key(file));
    }

    /** What a client of the JDK trusts, and shows if anything. */
    SSLContext client(@Nullable X509Bundle own) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                own == null ? null : own.toKeyManagerFactory().getKeyManagers(),
                authority.toTrustManagerFactory().getTrustManagers(),
                null);
        return context;
    }

    /** The same for Jedis. */
    SslOptions jedis(@Nullable X509Bundle own) throws Exception {
        char[] password = "password".toCharArray();
        Path trusted = Files.createTempFile(folder, "trusted", ".p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setCertificateEntry("authority", authority.getCertificate());
        try (OutputStream out = Files.newOutputStream(trusted)) {
            store.store(out, password);
        }
        SslOptions.Builder options = SslOptions.builder()
                .sslVerifyMode(SslVerifyMode.FULL)
                .trustStoreType("PKCS12")
                .truststore(trusted.toFile(), password);
        if (own != null) {
            options.keyStoreType("PKCS12").keystore(own.toTempKeyStoreFile(password), password);
        }
        return options.build();
    }

    X509Bundle authority() {
        return authority;
    }

    /** Each write at a later time than the one before, however fast they follow. */
    static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(writes.incrementAndGet())));
    }
}
