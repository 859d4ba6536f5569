package dev.kawarau;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 from PEM files. Files that change are read again without a restart: new connections use the new ones
 * within seconds, old connections stay. A set of files that does not fit together is logged and the last good one stays
 * in use. Immutable apart from that, and thread-safe.
 */
public final class Tls {
    private static final Logger log = LoggerFactory.getLogger(Tls.class);
    private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();

    private final boolean server;
    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private final @Nullable Path trusted;
    private final boolean verifyHost;
    private final AtomicLong checked = new AtomicLong(System.nanoTime());
    private volatile List<FileTime> seen = List.of();
    private volatile @Nullable SslContext context;

    private Tls(
            boolean server,
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable Path trusted,
            boolean verifyHost) {
        this.server = server;
        this.certificate = certificate;
        this.key = key;
        this.trusted = trusted;
        this.verifyHost = verifyHost;
    }

    /** For a listener: its certificate chain, and the private key (PKCS#8) without a password. */
    public static Tls server(Path certificate, Path key) {
        return new Tls(true, certificate, key, null, false);
    }

    /** For a sink: trusts what the JVM trusts, and checks that the certificate is for the host that was dialled. */
    public static Tls client() {
        return new Tls(false, null, null, null, true);
    }

    /**
     * For a sink, trusts only these certificate authorities; for a listener, demands a certificate of theirs from every
     * client (mTLS).
     */
    public Tls trust(Path authorities) {
        return new Tls(server, certificate, key, authorities, verifyHost);
    }

    /** For a sink: shows the server a certificate (mTLS). */
    public Tls certificate(Path chain, Path privateKey) {
        if (server) {
            throw new IllegalStateException("the listener's certificate is set already");
        }
        return new Tls(false, chain, privateKey, trusted, verifyHost);
    }

    /** For a sink: accepts a certificate of a trusted authority whatever host it is for. */
    public Tls anyHost() {
        return new Tls(server, certificate, key, trusted, false);
    }

    /** Whether the certificate must be for the host that was dialled. */
    public boolean verifiesHost() {
        return verifyHost;
    }

    Tls requireServer() {
        if (!server) {
            throw new IllegalArgumentException("a listener needs Tls.server(certificate, key)");
        }
        context();
        return this;
    }

    /**
     * What new connections use. The first call reads the files; later ones look for changes at most once a second, in
     * the background.
     *
     * @throws UncheckedIOException if the files cannot be read or do not fit together, at the first call
     */
    public SslContext context() {
        SslContext current = context;
        if (current == null) {
            return load();
        }
        long last = checked.get();
        long now = System.nanoTime();
        if (now - last > CHECK_NANOS && checked.compareAndSet(last, now)) {
            GlobalEventExecutor.INSTANCE.execute(this::reload);
        }
        return current;
    }

    /** Reads the files again, now, if they changed. Blocks for the time that reading takes. */
    public void reload() {
        try {
            if (!times().equals(seen)) {
                load();
                log.info("TLS certificates were read again: {}", this);
            }
        } catch (UncheckedIOException failed) {
            log.error("TLS certificates changed but cannot be used, the old ones stay in use: {}", this, failed);
        }
    }

    private synchronized SslContext load() {
        try {
            List<FileTime> times = times();
            SslContext loaded = build();
            seen = times;
            context = loaded;
            return loaded;
        } catch (IOException | IllegalArgumentException failed) {
            throw new UncheckedIOException(new IOException("cannot use " + this + ": " + failed.getMessage(), failed));
        }
    }

    private SslContext build() throws IOException {
        SslContextBuilder builder;
        if (certificate != null && key != null) {
            KeyCheck.check(certificate, key);
        }
        if (server && certificate != null && key != null) {
            builder = SslContextBuilder.forServer(certificate.toFile(), key.toFile());
            builder.clientAuth(trusted == null ? ClientAuth.NONE : ClientAuth.REQUIRE);
        } else {
            builder = SslContextBuilder.forClient();
            if (certificate != null && key != null) {
                builder.keyManager(certificate.toFile(), key.toFile());
            }
            builder.endpointIdentificationAlgorithm(verifyHost ? "HTTPS" : null);
        }
        if (trusted != null) {
            builder.trustManager(trusted.toFile());
        }
        return builder.protocols("TLSv1.3", "TLSv1.2").build();
    }

    private List<FileTime> times() {
        List<FileTime> times = new ArrayList<>(3);
        try {
            for (Path file : new @Nullable Path[] {certificate, key, trusted}) {
                if (file != null) {
                    times.add(Files.getLastModifiedTime(file));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot read " + this, failed);
        }
        return times;
    }

    @Override
    public String toString() {
        return "TLS (certificate " + certificate + ", key " + key + ", trusted " + trusted + ")";
    }
}
