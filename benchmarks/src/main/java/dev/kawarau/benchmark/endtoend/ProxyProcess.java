package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;

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

    /** One thread, metrics on, everything else at its defaults. */
    static ProxyProcess kawarau(Path jar, int redis, Path directory) {
        int port = freePort();
        return start(
                Peer.KAWARAU,
                kawarauVersion(jar),
                port,
                directory,
                List.of(
                        Tools.java().toString(),
                        "-Xmx512m",
                        "-jar",
                        jar.toString(),
                        "--listen",
                        "127.0.0.1:" + port,
                        "--redis",
                        "127.0.0.1:" + redis,
                        "--threads",
                        "1",
                        "--metrics",
                        "127.0.0.1:" + freePort()));
    }

    private static String kawarauVersion(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            return Optional.ofNullable(file.getManifest())
                    .map(manifest -> manifest.getMainAttributes().getValue("Implementation-Version"))
                    .orElse("unknown");
        } catch (IOException notThere) {
            throw new IllegalStateException(
                    jar + " cannot be read; in the root of the repository: mvn -Pquick package -DskipTests", notThere);
        }
    }

    /** In the mode that it has for Redis. It has one thread for requests, always. */
    static Optional<ProxyProcess> twemproxy(int redis, Path directory) {
        return Tools.find("nutcracker").map(program -> {
            int port = freePort();
            Path file = directory.resolve("twemproxy.yml");
            Tools.write(file, """
                    redis:
                      listen: 127.0.0.1:%d
                      redis: true
                      hash: fnv1a_64
                      distribution: ketama
                      servers:
                        - 127.0.0.1:%d:1
                    """.formatted(port, redis));
            String stats = Integer.toString(freePort());
            return start(
                    Peer.TWEMPROXY,
                    Tools.version(program.toString(), "-V"),
                    port,
                    directory,
                    List.of(program.toString(), "-c", file.toString(), "-a", "127.0.0.1", "-s", stats));
        });
    }

    /** As a relay of bytes, one upstream connection for each client. */
    static Optional<ProxyProcess> haproxy(int redis, Path directory) {
        return Tools.find("haproxy").map(program -> {
            int port = freePort();
            Path file = directory.resolve("haproxy.cfg");
            Tools.write(file, """
                    global
                      nbthread 1
                      maxconn 2000
                    defaults
                      mode tcp
                      timeout connect 5s
                      timeout client 60s
                      timeout server 60s
                    listen redis
                      bind 127.0.0.1:%d
                      server redis 127.0.0.1:%d
                    """.formatted(port, redis));
            return start(
                    Peer.HAPROXY,
                    Tools.version(program.toString(), "-v"),
                    port,
                    directory,
                    List.of(program.toString(), "-f", file.toString(), "-db"));
        });
    }

    private static ProxyProcess start(String name, String version, int port, Path directory, List<String> command) {
        Path log = directory.resolve(name + ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            ProxyProcess started = new ProxyProcess(new Peer(name, port, process.toHandle()), version, process);
            if (!started.answers()) {
                started.close();
                throw new IllegalStateException(name + " did not start; its log ends with:\n" + tail(log));
            }
            return started;
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot run " + command, failed);
        }
    }

    private boolean answers() {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                    return false;
                }
                RespProbe.ask(peer.port(), "GET", "nothing");
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

    private static int freePort() {
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
