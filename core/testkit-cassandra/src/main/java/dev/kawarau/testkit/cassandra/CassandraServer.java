package dev.kawarau.testkit.cassandra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Cassandra of one's own: one node in a JVM of its own, on free ports of 127.0.0.1, that keeps nothing on disk after
 * {@link #close()}. It takes three seconds to start and half a gigabyte, so tests that only need tables of their own take
 * the {@link #shared()} one.
 *
 * <p>The node runs on this JVM's Java if that is 17, else on that of the environment variable {@code JAVA_HOME_17}. Its jars
 * come from the local Maven repository (system property {@code maven.repo.local}, else {@code ~/.m2/repository}). Methods
 * may be called from any thread; whoever starts a node closes it (it ends with this JVM, even if that is killed).
 */
public final class CassandraServer implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final int START_ATTEMPTS = 5;

    /** Logged once in the life of a node, when the first user can log in. */
    private static final String FIRST_USER = "Created default superuser role";

    /** Schema changes cost half as much if they are not flushed to disk at once, for the next start to find. */
    private static final List<String> QUICK_SCHEMA = List.of("-Dcassandra.test.flush_local_schema_changes=false");

    private static final Set<CassandraServer> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> List.copyOf(RUNNING).forEach(CassandraServer::end), "cassandra-servers"));
    }

    private final Map<String, String> settings;
    private final boolean authentication;
    private final boolean tls;
    private final boolean shared;
    private final boolean quickSchema;
    private final CassandraFolder folder = CassandraFolder.create();
    private int port;
    private @Nullable Process process;

    private CassandraServer(Builder builder, boolean shared) {
        this.settings = Map.copyOf(builder.settings);
        this.authentication = builder.authentication;
        this.tls = builder.tls;
        this.shared = shared;
        this.quickSchema = builder.quickSchema;
    }

    /** Starts a node that knows no users and no TLS; otherwise see {@link Builder#start()}. */
    public static CassandraServer start() {
        return builder().start();
    }

    /** The node that all tests of this JVM share, started when first asked for; {@link #close()} leaves it running. */
    public static CassandraServer shared() {
        return Shared.SERVER;
    }

    public static Builder builder() {
        return new Builder();
    }

    public String host() {
        return HOST;
    }

    /** Where it speaks CQL. */
    public synchronized int port() {
        return port;
    }

    /** Where it speaks CQL. */
    public InetSocketAddress address() {
        return new InetSocketAddress(loopback(), port());
    }

    /** Of Cassandra, for example {@code 5.0.9}. */
    public String version() {
        return CassandraJars.version();
    }

    /** The node's working directory, deleted by {@link #close()}. */
    public Path directory() {
        return folder.path();
    }

    /** What the node has logged so far, at most the last 4000 bytes. */
    public String log() {
        return folder.logTail();
    }

    /** Stops the process (SIGSTOP): connections stay open and nothing answers until {@link #resume()}. */
    public void pause() {
        signal("-STOP");
    }

    /** Lets a paused process go on (SIGCONT). */
    public void resume() {
        signal("-CONT");
    }

    /** Kills the process (SIGKILL) and returns when it is gone; {@link #restart()} brings it back. */
    public synchronized void kill() {
        requireOwn();
        endProcess();
    }

    /**
     * Kills the process if it runs and starts one with the same settings, data and ports. Writes that were acknowledged are
     * still there.
     *
     * @throws IllegalStateException as {@link Builder#start()} does, or if the node has a {@link Builder#quickSchema}
     */
    public synchronized void restart() {
        if (quickSchema) {
            throw new IllegalStateException("a node with a quick schema has forgotten its tables when it starts again");
        }
        kill();
        if (!folder.exists()) {
            throw new IllegalStateException("this Cassandra was closed");
        }
        if (!launch(false)) {
            throw failed("did not start again on port " + port);
        }
    }

    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public void close() {
        if (!shared) {
            end();
        }
    }

    @Override
    public String toString() {
        return "CassandraServer[" + HOST + ":" + port() + "]";
    }

    private synchronized void end() {
        endProcess();
        RUNNING.remove(this);
        folder.delete();
    }

    private synchronized CassandraServer startOnFreePorts() {
        RUNNING.add(this);
        try {
            for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
                long before = folder.logSize();
                port = freePort();
                folder.write(yaml(freePort()), quickSchema ? QUICK_SCHEMA : List.of());
                if (launch(true)) {
                    return this;
                }
                // Somebody may take a port between our look and the node's bind; anything else will not go away.
                if (!folder.log(before).contains("already in use")
                        && !folder.log(before).contains("in use by another")) {
                    break;
                }
            }
            throw failed("did not start");
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    private String yaml(int storagePort) {
        StringBuilder yaml = new StringBuilder();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("listen_address", HOST);
        all.put("rpc_address", HOST);
        all.put("native_transport_port", Integer.toString(port));
        all.put("storage_port", Integer.toString(storagePort));
        all.put(
                "seed_provider",
                "[{class_name: org.apache.cassandra.locator.SimpleSeedProvider, parameters: [{seeds: '" + HOST + ":"
                        + storagePort + "'}]}]");
        all.putAll(settings);
        all.forEach((key, value) -> yaml.append(key).append(": ").append(value).append('\n'));
        return yaml.toString();
    }

    /** Whether the process came up; if not, it is gone and the log says why. */
    private boolean launch(boolean first) {
        long logged = folder.logSize();
        process = folder.launch();
        boolean up = awaitReady(process, first && authentication, logged);
        if (!up) {
            endProcess();
        }
        return up;
    }

    private boolean awaitReady(Process node, boolean firstUser, long logged) {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                // An exit is seen at once, everything else at the next look.
                if (node.waitFor(20, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            boolean answers = tls ? CqlProbe.answersTls(address()) : CqlProbe.answers(address());
            if (answers && (!firstUser || folder.log(logged).contains(FIRST_USER))) {
                // A stranger on that port may have answered in place of a process that is about to fail its bind.
                return node.isAlive();
            }
        }
        return false;
    }

    private void endProcess() {
        Process current = process;
        process = null;
        if (current == null) {
            return;
        }
        try {
            current.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void signal(String name) {
        requireOwn();
        Process current;
        synchronized (this) {
            current = process;
        }
        if (current == null) {
            throw new IllegalStateException("no process to signal: " + this);
        }
        try {
            Process kill = new ProcessBuilder("kill", name, Long.toString(current.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill " + name + " failed for " + this);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void requireOwn() {
        if (shared) {
            throw new IllegalStateException("other tests use this node too; start one of your own");
        }
    }

    private IllegalStateException failed(String what) {
        return new IllegalStateException(
                "Cassandra " + version() + " " + settings + " " + what + "; its log ends with:\n" + log());
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Shared {

        static final CassandraServer SERVER = new CassandraServer(builder().quickSchema(), true).startOnFreePorts();

        private Shared() {}
    }

    /** What a node may have that {@link CassandraServer#start()} does not give it. */
    public static final class Builder {

        private final Map<String, String> settings = new LinkedHashMap<>();
        private boolean authentication;
        private boolean tls;
        private boolean quickSchema;

        private Builder() {}

        /** Changes of the schema take half the time, and are gone after a kill: such a node cannot be restarted. */
        public Builder quickSchema() {
            quickSchema = true;
            return this;
        }

        /** Clients must log in; the one user is {@code cassandra} with the password {@code cassandra}, a superuser. */
        public Builder authentication() {
            authentication = true;
            return set("authenticator", "PasswordAuthenticator").set("authorizer", "CassandraAuthorizer");
        }

        /** Clients must answer AUTH_CHALLENGE, with what it asks; Cassandra's own authenticators never send one. */
        public Builder challenges() {
            return set("authenticator", CassandraServer.class.getPackageName() + ".AskingAuthenticator");
        }

        /** CQL over TLS 1.2 and 1.3 only, with the key and certificate in that PKCS12 file. */
        public Builder tls(Path keyStore, String password) {
            return encryption(store("keystore", keyStore, password) + ", require_client_auth: false");
        }

        /** As {@link #tls}, and only for clients with a certificate that the other PKCS12 file vouches for. */
        public Builder mutualTls(Path keyStore, String password, Path trustStore, String trustStorePassword) {
            return encryption(store("keystore", keyStore, password) + ", "
                    + store("truststore", trustStore, trustStorePassword) + ", require_client_auth: true");
        }

        /** A line of {@code cassandra.yaml}; the value as YAML. The last word on a key counts. */
        public Builder set(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /**
         * Starts the node and returns when it answers on its CQL port, and with {@link #authentication()} when one can log in.
         *
         * @throws IllegalStateException if there is no Java 17, a jar is missing from the local repository, or it does not
         *     answer within 60 s; the message then ends with the tail of the node's log
         */
        public CassandraServer start() {
            return new CassandraServer(this, false).startOnFreePorts();
        }

        private Builder encryption(String stores) {
            tls = true;
            return set(
                    "client_encryption_options",
                    "{enabled: true, optional: false, store_type: PKCS12, accepted_protocols: [TLSv1.2, TLSv1.3], "
                            + stores + "}");
        }

        private static String store(String key, Path file, String password) {
            return key + ": " + quoted(file.toAbsolutePath().toString()) + ", " + key + "_password: "
                    + quoted(password);
        }

        private static String quoted(String value) {
            return "'" + value.replace("'", "''") + "'";
        }
    }
}
