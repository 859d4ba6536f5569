package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A proxy in a process of its own, which ends at {@link #close()}, or with this JVM. */
final class ProxyProcess implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(15);
    private static final int LOG_TAIL = 2000;

    private final Peer peer;
    private final String version;
    private final Process process;

    private ProxyProcess(Peer peer, String version, Process process) {
        this.peer = peer;
        this.version = version;
        this.process = process;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "end-" + peer.name()));
    }

    /**
     * Starts a proxy and waits until it answers.
     *
     * @param port where the command makes it listen
     * @param directory for its log
     * @throws IllegalStateException if it does not; the message has the end of its log
     */
    static ProxyProcess start(String name, String version, int port, Path directory, List<String> command) {
        return start(name, version, port, directory, command, () -> RespProbe.ask(port, "GET", "nothing"));
    }

    /** Starts a proxy of CQL, and waits until somebody can connect. */
    static ProxyProcess startCql(String name, int port, Path directory, List<String> command) {
        return start(
                name, "", port, directory, command, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    }

    /** Looks whether a proxy answers. */
    private interface Probe {
        void ask() throws IOException;
    }

    private static ProxyProcess start(
            String name, String version, int port, Path directory, List<String> command, Probe probe) {
        Path log = directory.resolve(name + ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            ProxyProcess started = new ProxyProcess(new Peer(name, port, process.toHandle()), version, process);
            if (!started.answers(probe)) {
                started.close();
                throw new IllegalStateException(name + " did not start; its log ends with:\n" + tail(log));
            }
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot run " + command, failed);
        }
    }

    private boolean answers(Probe probe) {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                probe.ask();
                return true;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return false;
            } catch (IOException notYet) {
                // The next look may find it.
            }
        }
        return false;
    }

    private static String tail(Path log) throws IOException {
        String text = Files.readString(log, StandardCharsets.UTF_8);
        return text.substring(Math.max(0, text.length() - LOG_TAIL));
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Peer peer() {
        return peer;
    }

    String version() {
        return version;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
