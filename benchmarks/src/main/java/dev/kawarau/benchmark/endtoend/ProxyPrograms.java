package dev.kawarau.benchmark.endtoend;

import io.netty.channel.epoll.Epoll;
import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;

/**
 * The proxies that are compared, and how each is started in front of a Redis.
 *
 * @param redis its port
 * @param directory for their configurations and logs
 * @param pin where they run
 */
record ProxyPrograms(int redis, Path directory, Pin pin) {
    /** One thread, metrics on, everything else at its defaults. */
    ProxyProcess kawarau(Path jar) {
        int port = ProxyProcess.freePort();
        return start(
                Peer.KAWARAU,
                kawarauVersion(jar),
                port,
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
                        "127.0.0.1:" + ProxyProcess.freePort()));
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
    Optional<ProxyProcess> twemproxy() {
        return Tools.find("nutcracker").map(program -> {
            int port = ProxyProcess.freePort();
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
            String stats = Integer.toString(ProxyProcess.freePort());
            return start(
                    Peer.TWEMPROXY,
                    Tools.version(program.toString(), "-V"),
                    port,
                    List.of(program.toString(), "-c", file.toString(), "-a", "127.0.0.1", "-s", stats));
        });
    }

    /** As a relay of bytes, one upstream connection for each client. */
    Optional<ProxyProcess> haproxy() {
        return Tools.find("haproxy").map(program -> {
            int port = ProxyProcess.freePort();
            Path file = directory.resolve("haproxy.cfg");
            Tools.write(file, haproxyConfiguration(port, redis));
            return start(
                    Peer.HAPROXY,
                    Tools.version(program.toString(), "-v"),
                    port,
                    List.of(program.toString(), "-f", file.toString(), "-db"));
        });
    }

    static String haproxyConfiguration(int port, int server) {
        return """
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
                """.formatted(port, server);
    }

    /**
     * {@link BareRelay}, from where this program comes from. It has one thread for requests, always, and room for what it
     * does not bound: 500 clients with a pipeline of 64 and large values make it hold half a gigabyte.
     */
    Optional<ProxyProcess> bareRelay() {
        if (!Epoll.isAvailable()) {
            return Optional.empty();
        }
        int port = ProxyProcess.freePort();
        return Optional.of(start(
                Peer.BARE_RELAY,
                nettyVersion(),
                port,
                List.of(
                        Tools.java().toString(),
                        "-Xmx512m",
                        "-XX:MaxDirectMemorySize=2g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareRelay.class.getName(),
                        "127.0.0.1:" + port,
                        "127.0.0.1:" + redis)));
    }

    private static String nettyVersion() {
        return Version.identify().values().stream()
                .findFirst()
                .map(Version::artifactVersion)
                .orElse("unknown");
    }

    private ProxyProcess start(String name, String version, int port, List<String> command) {
        return ProxyProcess.start(name, version, port, directory, pin.command(command));
    }
}
