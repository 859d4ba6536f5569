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
    private final List<String> leftOut = new ArrayList<>();

    private Peers() {}

    /**
     * Starts them. What is not installed is left out.
     *
     * @param pin where proxies run
     * @throws IllegalStateException if one does not start; the message says which and why
     */
    static Peers start(Path jar, Pin pin) {
        Peers peers = new Peers();
        try {
            peers.startAll(jar, pin);
            return peers;
        } catch (RuntimeException failed) {
            peers.close();
            throw failed;
        }
    }

    private void startAll(Path jar, Pin pin) {
        ProxyPrograms programs = new ProxyPrograms(redis.port(), directory, pin);
        versions.put("Redis", redisInfo(VERSION));
        add(Peer.KAWARAU, Optional.of(programs.kawarau(jar)), "");
        add(Peer.TWEMPROXY, programs.twemproxy(), "nutcracker is not installed");
        add(Peer.HAPROXY, programs.haproxy(), "haproxy is not installed");
        add(Peer.BARE_RELAY, programs.bareRelay(), "no epoll here");
    }

    private void add(String name, Optional<ProxyProcess> proxy, String whyNot) {
        versions.put(name, proxy.map(ProxyProcess::version).orElse("left out, " + whyNot));
        proxy.ifPresent(proxies::add);
        if (proxy.isEmpty()) {
            leftOut.add(name + " is left out: " + whyNot);
        }
    }

    /** A line for each peer that is not there. */
    List<String> leftOut() {
        return leftOut;
    }

    /** What is measured; the direct connection first. */
    List<Peer> all() {
        return Stream.concat(
                        Stream.of(Peer.direct(redis.port())), proxies.stream().map(ProxyProcess::peer))
                .toList();
    }

    /** Those that run in a JVM and compile while they do. */
    List<Peer> compiling() {
        return all().stream()
                .filter(peer -> peer.name().equals(Peer.KAWARAU) || peer.name().equals(Peer.BARE_RELAY))
                .toList();
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
