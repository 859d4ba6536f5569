package dev.kawarau.benchmark.endtoend;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code Coalesce} takes and gives, in front of a Redis: the same proxy with several of them and without, pinned to one
 * processor, in turn. How often Redis reads tells how many requests a write of the proxy has.
 */
public final class CoalesceEndToEnd {
    private static final Pattern READS = Pattern.compile("total_reads_processed:([0-9]+)");
    private static final Pattern PID = Pattern.compile("process_id:([0-9]+)");
    private static final double SECONDS = 2;
    private static final int WARMING_RUNS = 2;

    /** How many requests are held, none if 0, and for how many microseconds. */
    private record Variant(int requests, int micros) {
        @Override
        public String toString() {
            return requests == 0 ? "without" : requests + " or " + micros + " us";
        }
    }

    private record Measured(Run run, double requestsPerRead) {}

    private final List<Variant> variants = List.of(new Variant(0, 0), new Variant(16, 100), new Variant(64, 1_000));
    private final List<Case> loads = List.of(
            new Case("get", 64, 1, 1),
            new Case("get", 64, 16, 1),
            new Case("get", 64, 50, 1),
            new Case("get", 64, 500, 1),
            new Case("get", 64, 50, 16));
    private final Map<String, List<Measured>> results = new LinkedHashMap<>();
    private final int rounds;

    private CoalesceEndToEnd(int rounds) {
        this.rounds = rounds;
    }

    /** The program; the argument is the number of rounds, 3 if not given. */
    public static void main(String[] arguments) throws IOException, RedisBenchmark.Failed {
        new CoalesceEndToEnd(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3).run();
    }

    private void run() throws IOException, RedisBenchmark.Failed {
        Pin pin = Pin.last(Tools.find("taskset"), Tools.PROC);
        System.out.println(Machine.read(Tools.PROC));
        System.out.println(pin.text());
        Path directory = Files.createTempDirectory("coalesce-end-to-end");
        try (RedisServer redis = RedisServer.start()) {
            Map<Variant, ProxyProcess> proxies = new LinkedHashMap<>();
            try {
                for (Variant variant : variants) {
                    proxies.put(variant, proxy(variant, redis.port(), directory, pin));
                }
                measure(redis, proxies);
            } finally {
                proxies.values().forEach(ProxyProcess::close);
            }
        }
        print();
    }

    private static ProxyProcess proxy(Variant variant, int redis, Path directory, Pin pin) {
        int port = ProxyProcess.freePort();
        return ProxyProcess.start(
                "coalesce-" + variant.requests(),
                "",
                port,
                directory,
                pin.command(List.of(
                        Tools.java().toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CoalesceProxy.class.getName(),
                        "127.0.0.1:" + port,
                        "redis://127.0.0.1:" + redis,
                        Integer.toString(variant.requests()),
                        Integer.toString(variant.micros()))));
    }

    private void measure(RedisServer redis, Map<Variant, ProxyProcess> proxies)
            throws IOException, RedisBenchmark.Failed {
        ProcessHandle server = ProcessHandle.of(number(PID, RespProbe.ask(redis.port(), "INFO", "server")))
                .orElseThrow();
        RedisBenchmark benchmark = new RedisBenchmark(Tools.redisBenchmark(), server, 2);
        List<Variant> order = new ArrayList<>(variants);
        for (int round = 1 - WARMING_RUNS; round <= rounds; round++) {
            for (Case load : loads) {
                benchmark.prepare(load, Peer.direct(redis.port()));
                Collections.rotate(order, 1);
                for (Variant variant : order) {
                    Peer peer = Objects.requireNonNull(proxies.get(variant)).peer();
                    Measured measured = oneRun(benchmark, redis, load, peer);
                    System.out.println(line(round + " " + load, variant.toString(), List.of(measured)));
                    if (round > 0) {
                        results.computeIfAbsent(load.shape() + " | " + variant, key -> new ArrayList<>())
                                .add(measured);
                    }
                }
            }
        }
    }

    private Measured oneRun(RedisBenchmark benchmark, RedisServer redis, Case load, Peer peer)
            throws IOException, RedisBenchmark.Failed {
        // Enough to see the rate, then enough for the time that a run is to take.
        double rate = benchmark.run(load, peer, load.fewestRequests()).requestsPerSecond();
        long requests = Math.max(load.fewestRequests(), (long) (rate * SECONDS));
        long before = reads(redis);
        long answeredBefore = answered(redis);
        Run run = benchmark.run(load, peer, requests);
        double reads = reads(redis) - before;
        return new Measured(run, (answered(redis) - answeredBefore) / reads);
    }

    private static long reads(RedisServer redis) throws IOException {
        return number(READS, RespProbe.ask(redis.port(), "INFO", "stats"));
    }

    private static long answered(RedisServer redis) throws IOException {
        return number(
                Pattern.compile("total_commands_processed:([0-9]+)"), RespProbe.ask(redis.port(), "INFO", "stats"));
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("Redis does not say " + pattern);
        }
        return Long.parseLong(matcher.group(1));
    }

    private void print() {
        System.out.println(
                "\n| load | Coalesce | requests/s | p50 us | p99 us | CPU us | Redis CPU us | requests per write |");
        results.forEach((name, runs) -> System.out.println(line(name, "", runs)));
    }

    private static String line(String load, String variant, List<Measured> runs) {
        return String.format(
                Locale.ROOT,
                "| %s %s | %.0f | %.0f | %.0f | %.2f | %.2f | %.1f |",
                load,
                variant,
                median(runs, one -> one.run().requestsPerSecond()),
                median(runs, one -> one.run().p50()),
                median(runs, one -> one.run().p99()),
                median(runs, one -> Objects.requireNonNullElse(one.run().proxyCpu(), 0.0)),
                median(runs, one -> one.run().serverCpu()),
                median(runs, Measured::requestsPerRead));
    }

    private static double median(List<Measured> runs, ToDoubleFunction<Measured> value) {
        double[] sorted = runs.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
