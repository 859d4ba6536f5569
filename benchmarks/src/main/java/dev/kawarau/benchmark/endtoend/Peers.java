package dev.kawarau.benchmark.endtoend;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Redis and the proxies in front of it, all running, until they are closed. */
final class Peers implements AutoCloseable {
    private static final Pattern PID = Pattern.compile("process_id:([0-9]+)");
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\S+)");

    private final RedisServer redis = RedisServer.start();
    private final Path directory = temporaryDirectory();
    private final List<ProxyProcess> proxies = new ArrayList<>();
    private final Map<String, String> versions = new LinkedHashMap<>();

    private Peers() {}

    /**
     * Starts them. twemproxy and HAProxy are left out where they are not installed.
     *
     * @throws IllegalStateException if one does not start; the message says which and why
     */
    static Peers start(Path jar) {
        Peers peers = new Peers();
        try {
            peers.startAll(jar);
            return peers;
        } catch (RuntimeException failed) {
            peers.close();
            throw failed;
        }
    }

    private void startAll(Path jar) {
        versions.put("Redis", redisInfo(VERSION));
        add(Peer.KAWARAU, Optional.of(ProxyProcess.kawarau(jar, redis.port(), directory)));
        add(Peer.TWEMPROXY, ProxyProcess.twemproxy(redis.port(), directory));
        add(Peer.HAPROXY, ProxyProcess.haproxy(redis.port(), directory));
    }

    private void add(String name, Optional<ProxyProcess> proxy) {
        versions.put(name, proxy.map(ProxyProcess::version).orElse("not installed, left out"));
        proxy.ifPresent(proxies::add);
    }

    /** What is measured; the direct connection first. */
    List<Peer> all() {
        return Stream.concat(
                        Stream.of(Peer.direct(redis.port())), proxies.stream().map(ProxyProcess::peer))
                .toList();
    }

    Peer kawarau() {
        return proxies.get(0).peer();
    }

    /** The process behind all of them. */
    ProcessHandle redis() {
        return ProcessHandle.of(Long.parseLong(redisInfo(PID))).orElseThrow();
    }

    /** By name; in words for what is not there. */
    Map<String, String> versions() {
        return versions;
    }

    private String redisInfo(Pattern pattern) {
        try {
            Matcher found = pattern.matcher(RespProbe.ask(redis.port(), "INFO", "server"));
            if (!found.find()) {
                throw new IllegalStateException("redis-server does not say its " + pattern);
            }
            return found.group(1);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        proxies.forEach(ProxyProcess::close);
        redis.close();
        delete(directory);
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("end-to-end-");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
