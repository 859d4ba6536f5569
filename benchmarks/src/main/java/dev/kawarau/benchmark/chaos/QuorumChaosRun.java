package dev.kawarau.benchmark.chaos;

import dev.kawarau.testkit.RedisServer;
import dev.kawarau.testkit.history.RegisterChecker;
import dev.kawarau.testkit.history.RegisterHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One run: three servers that keep what they acknowledge, proxies, clients, faults, and the check of every key. */
final class QuorumChaosRun {
    private static final int SERVERS = 3;
    private static final int KEYS = 4;
    /** For how long a key is used: histories stay short enough to be searched. */
    private static final long GENERATION = TimeUnit.SECONDS.toNanos(1);
    /** Longer than any request takes. */
    private static final int OVER_AFTER = 40;

    /** What came of it. */
    record Result(
            long seed,
            long seconds,
            long answered,
            long failed,
            long checked,
            Map<String, Integer> faults,
            String repairs,
            List<String> violations) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "seed %d, %d s: %,d requests answered, %,d failed, %,d accesses checked, faults %s, %s, %d violations%s",
                    seed,
                    seconds,
                    answered,
                    failed,
                    checked,
                    faults,
                    repairs,
                    violations.size(),
                    violations.isEmpty() ? "" : ":\n" + String.join("\n", violations));
        }
    }

    private final long seed;
    private final SplittableRandom random;
    private final int clientCount;
    private final int proxyCount;
    private final int quorum;
    private final RegisterHistory history = new RegisterHistory();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final List<String> violations = new ArrayList<>();
    private final long began = System.nanoTime();
    private long checked;

    QuorumChaosRun(long seed, int clients, int proxies, boolean broken) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.clientCount = clients;
        this.proxyCount = proxies;
        this.quorum = broken ? 1 : 2;
    }

    Result run(Duration length) throws InterruptedException {
        List<RedisServer> servers = new ArrayList<>();
        List<QuorumProxy> proxies = new ArrayList<>();
        try {
            for (int i = 0; i < SERVERS; i++) {
                servers.add(RedisServer.start("--appendonly", "yes", "--appendfsync", "always"));
            }
            for (int i = 0; i < proxyCount; i++) {
                proxies.add(new QuorumProxy(servers, quorum, Duration.ofMillis(random.nextLong(-60_000, 60_000))));
            }
            return run(servers, proxies, length);
        } finally {
            proxies.forEach(QuorumProxy::close);
            servers.forEach(RedisServer::close);
        }
    }

    private Result run(List<RedisServer> servers, List<QuorumProxy> proxies, Duration length)
            throws InterruptedException {
        QuorumFaults faults = new QuorumFaults(servers, random.split());
        List<RegisterClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        threads.add(new Thread(faults, "faults"));
        for (int i = 0; i < clientCount; i++) {
            RegisterClient client = new RegisterClient(
                    "c" + i, proxies.get(i % proxyCount).port(), history, this::key, random.split(), answered, failed);
            clients.add(client);
            threads.add(new Thread(client, "client " + i));
        }
        threads.forEach(Thread::start);
        watch(length);
        faults.end();
        threads.get(0).join();
        // With all servers there again everybody can look once more.
        TimeUnit.SECONDS.sleep(3);
        clients.forEach(RegisterClient::end);
        for (Thread thread : threads) {
            thread.join();
        }
        check(Long.MAX_VALUE);
        note(faults.problem());
        clients.forEach(client -> note(client.problem()));
        return new Result(
                seed, seconds(), answered.sum(), failed.sum(), checked, faults.made(), repairs(proxies), violations);
    }

    private void note(@Nullable String problem) {
        if (problem != null) {
            violations.add(problem);
        }
    }

    private long generation() {
        return (System.nanoTime() - began) / GENERATION;
    }

    private String key(int choice) {
        return generation() + "-" + choice % KEYS;
    }

    private long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
    }

    private void watch(Duration length) throws InterruptedException {
        long told = 0;
        while (System.nanoTime() - began < length.toNanos()) {
            TimeUnit.SECONDS.sleep(1);
            check(generation() - OVER_AFTER);
            if (seconds() - told >= 30) {
                told = seconds();
                System.out.printf(
                        Locale.ROOT,
                        "%5d s  %,d answered, %,d failed, %,d accesses checked, %d violations%n",
                        told,
                        answered.sum(),
                        failed.sum(),
                        checked,
                        violations.size());
            }
        }
    }

    /** The keys of generations before that one. */
    private void check(long generation) {
        for (String key : history.keys()) {
            if (Long.parseLong(key.substring(0, key.indexOf('-'))) < generation) {
                List<RegisterHistory.Access> accesses = history.take(key);
                checked += accesses.size();
                String violation = RegisterChecker.check(accesses);
                if (violation != null) {
                    violations.add("key " + key + ": " + violation);
                }
            }
        }
    }

    private static String repairs(List<QuorumProxy> proxies) {
        long stale = 0;
        long writeBacks = 0;
        long kept = 0;
        long delivered = 0;
        for (QuorumProxy proxy : proxies) {
            stale += proxy.count("kawarau.quorum.stale");
            writeBacks += proxy.count("kawarau.quorum.writebacks");
            kept += proxy.count("kawarau.quorum.hints", "what", "kept");
            delivered += proxy.count("kawarau.quorum.hints", "what", "delivered");
        }
        return String.format(
                Locale.ROOT,
                "%,d stale answers repaired, %,d reads stored first, %,d hints kept and %,d delivered",
                stale,
                writeBacks,
                kept,
                delivered);
    }
}
