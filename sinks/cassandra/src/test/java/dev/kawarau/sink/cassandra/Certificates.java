package dev.kawarau.sink.cassandra;

import dev.kawarau.Tls;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and certificates of it, for Kawarau, Cassandra and the driver, each in the form that it likes. */
final class Certificates {
    static final String PASSWORD = "secret";

    private final Path folder;
    private final X509Bundle authority;
    private final Path authorities;

    Certificates(Path folder) throws Exception {
        this.folder = folder;
        this.authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=authority")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        this.authorities = Files.writeString(folder.resolve("ca.crt"), authority.getCertificatePEM());
    }

    private X509Bundle issue(String name) throws Exception {
        return new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
    }

    /** For a listener. */
    Tls server() throws Exception {
        X509Bundle own = issue("listener");
        return Tls.server(chain("listener", own), key("listener", own));
    }

    /** For a listener that wants to know who its clients are. */
    Tls mutualServer() throws Exception {
        return server().trust(authorities);
    }

    /** For a sink. */
    Tls client() {
        return Tls.client().trust(authorities);
    }

    /** For a sink that shows who it is. */
    Tls mutualClient() throws Exception {
        X509Bundle own = issue("sink");
        return client().certificate(chain("sink", own), key("sink", own));
    }

    private Path chain(String name, X509Bundle own) throws Exception {
        return Files.writeString(folder.resolve(name + ".crt"), own.getCertificatePathPEM());
    }

    private Path key(String name, X509Bundle own) throws Exception {
        return Files.writeString(folder.resolve(name + ".key"), own.getPrivateKeyPEM());
    }

    /** What a Cassandra says who it is by. */
    Path keyStore() throws Exception {
        return write("node.p12", keys(issue("node")));
    }

    /** Whom a Cassandra trusts. */
    Path trustStore() throws Exception {
        return write("trusted.p12", trusted());
    }

    /** For a driver with a certificate of its own. */
    SSLContext driver() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keys(issue("driver")), PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trusted());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private KeyStore keys(X509Bundle own) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate[] path = own.getCertificatePathWithRoot();
        store.setKeyEntry("key", own.getKeyPair().getPrivate(), PASSWORD.toCharArray(), path);
        return store;
    }

    private KeyStore trusted() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority.getCertificate());
        return store;
    }

    private Path write(String name, KeyStore store) throws Exception {
        Path file = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }
}
