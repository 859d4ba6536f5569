package dev.kawarau.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real {@code redis-server} of one's own: a process on a free port of 127.0.0.1 that keeps nothing on disk after
 * {@link #close()}.
 *
 * <p>The binary is the one named by the system property or environment variable {@code KAWARAU_REDIS_SERVER}, else the
 * {@code redis-server} on the PATH, else the one that {@code org.signal:embedded-redis:0.9.1} carries if that is on the
 * class path. Methods may be called from any thread; whoever starts a server closes it (a JVM that ends kills the rest).
 */
public final class RedisServer implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    /** A server that cannot start ends at once; this is for one that reads a long append-only file on a busy machine. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final int START_ATTEMPTS = 10;
    /** A node of a cluster also listens on its port + 10000, which must be a port too. */
    private static final int HIGHEST_PORT = 55_535;

    private static final Set<RedisServer> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> List.copyOf(RUNNING).forEach(RedisServer::close), "redis-servers"));
    }

    private final List<String> options;
    private final Path directory;
    private int port;
    private @Nullable Process process;

    private RedisServer(List<String> options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    /**
     * Starts a server and returns when it answers PING.
     *
     * @param options appended to the command line, one word each, e.g. {@code "--requirepass", "secret"}
     * @throws IllegalStateException if there is no binary, or it does not answer within 60 s; the message then ends with
     *     the tail of the server's log
     */
    public static RedisServer start(String... options) {
        RedisServer server = new RedisServer(List.of(options), temporaryDirectory());
        try {
            server.startOnAFreePort();
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    public String host() {
        return HOST;
    }

    public synchronized int port() {
        return port;
    }

    /** For example {@code redis://127.0.0.1:40123}. */
    public String uri() {
        return "redis://" + HOST + ":" + port();
    }

    /** The Unix socket on which the server listens too. */
    public Path unixSocket() {
        return directory.resolve("sock");
    }

    /** The server's working directory, deleted by {@link #close()}. */
    public Path directory() {
        return directory;
    }

    /** What the server has logged so far, at most the last 4000 bytes. */
    public String log() {
        try {
            byte[] log = Files.readAllBytes(directory.resolve("log"));
            int from = Math.max(0, log.length - 4000);
            return new String(log, from, log.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
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
        Process current = process;
        process = null;
        if (current == null) {
            return;
        }
        // A child that saves would go on writing into the directory.
        List<ProcessHandle> children = current.descendants().toList();
        current.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        try {
            current.waitFor(10, TimeUnit.SECONDS);
            for (ProcessHandle child : children) {
                child.onExit().get(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("a child of " + this + " does not end", e);
        }
    }

    /**
     * Kills the process if it runs and starts one with the same options, on the same port and in the same directory: empty,
     * unless the options make the server keep its data there, as {@code "--appendonly", "yes"} does.
     */
    public synchronized void restart() {
        kill();
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException("this redis-server was closed");
        }
        if (!launch()) {
            throw failed("did not start again on port " + port);
        }
    }

    public synchronized boolean isRunning() {
        return process != null && process.isAlive();
    }

    @Override
    public synchronized void close() {
        kill();
        RUNNING.remove(this);
        delete(directory);
    }

    @Override
    public String toString() {
        return "RedisServer[" + uri() + "]";
    }

    private synchronized void startOnAFreePort() {
        RUNNING.add(this);
        for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
            port = freePort();
            if (launch()) {
                return;
            }
            // Somebody may take the port between our look and the server's bind; anything else will not go away.
            if (!log().contains("Address already in use")) {
                break;
            }
        }
        throw failed("did not start");
    }

    /** Whether the process came up; if not, it is gone and the log says why. */
    private boolean launch() {
        List<String> command = new ArrayList<>(List.of(RedisBinary.find()));
        command.addAll(List.of("--port", Integer.toString(port), "--bind", HOST, "--dir", directory.toString()));
        command.addAll(List.of("--unixsocket", unixSocket().toString()));
        command.addAll(List.of("--save", "", "--appendonly", "no", "--daemonize", "no"));
        command.addAll(options);
        try {
            Files.deleteIfExists(unixSocket());
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        }
        boolean up = awaitPing(process);
        if (!up) {
            kill();
        }
        return up;
    }

    private boolean awaitPing(Process server) {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                // An exit is seen at once, everything else at the next look.
                if (server.waitFor(5, TimeUnit.MILLISECONDS)) {
                    return false;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (answersPing()) {
                // A stranger on that port may have answered in place of a process that is about to fail its bind.
                return server.isAlive() && Files.exists(unixSocket());
            }
        }
        return false;
    }

    private boolean answersPing() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(loopback(), port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
            return answer.equals("+PONG\r\n") || answer.equals("-NOAUTH");
        } catch (IOException notYet) {
            return false;
        }
    }

    private void signal(String name) {
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

    private IllegalStateException failed(String what) {
        return new IllegalStateException("redis-server " + options + " " + what + "; its log ends with:\n" + log());
    }

    private static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    private static int freePort() {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
                if (socket.getLocalPort() <= HIGHEST_PORT) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("redis-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
