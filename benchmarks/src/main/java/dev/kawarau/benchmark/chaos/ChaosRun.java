package dev.kawarau.benchmark.chaos;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One run: a server, a warm-up to compare with, the chaos, and the reckoning. */
final class ChaosRun {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration TELL = Duration.ofSeconds(10);
    private static final Duration SETTLE = Duration.ofSeconds(30);

    private final ChaosOptions options;
    private final LeakCount leaks;
    private final Tally tally = new Tally();
    private final Peaks peaks = new Peaks();
    private final long began = System.nanoTime();

    ChaosRun(ChaosOptions options, LeakCount leaks) {
        this.options = options;
        this.leaks = leaks;
    }

    /** Runs, and gives the summary. */
    Summary run() throws IOException, InterruptedException {
        try (DataDirectory data = DataDirectory.create();
                RedisServer server = startOn(data)) {
            Footprint before = warmUp(server);
            Shared shared =
                    new Shared(tally, new WriteOnce((int) Math.min(options.commands() / 50 + 1_000, 1_000_000)));
            play(server, options, shared, new Thread(new Faults(server, options, shared), "faults"));
            // The proof that what was acknowledged is on the disk, and that nothing arrives any more.
            tell("the clients are gone");
            server.kill();
            server.restart();
            tell("the server is back from its file");
            long keys = StoreCheck.run(server.port(), shared);
            tell("the store is as it must be, or not");
            shared.forget();
            Footprint after = Footprint.now();
            after.compare(before, tally);
            leaks.report(tally);
            return new Summary(options, tally, peaks, before, after, keys, shared.life(), System.nanoTime() - began);
        }
    }

    private static RedisServer startOn(DataDirectory data) {
        return RedisServer.start(
                "--dir",
                data.path(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--auto-aof-rewrite-min-size",
                "16mb",
                "--maxclients",
                "15000",
                "--tcp-backlog",
                "4096");
    }

    private Footprint warmUp(RedisServer server) throws IOException, InterruptedException {
        Tally aside = new Tally();
        Shared shared = new Shared(aside, new WriteOnce(0));
        play(server, options.warmUp(), shared, new Thread(shared::faultsAreDone, "no faults"));
        aside.told().forEach(tally::violation);
        tell("warm");
        try (DirectConnection direct = new DirectConnection(server.port())) {
            direct.ask(Resp.command("FLUSHALL"), 1, (reply, in) -> {});
        }
        return Footprint.now();
    }

    private void play(RedisServer server, ChaosOptions how, Shared shared, Thread faults) throws InterruptedException {
        try (Proxy proxy = new Proxy(server.uri(), how);
                Swarm swarm = new Swarm(how, proxy.port(), shared)) {
            peaks.watch(proxy.loops());
            peaks.watch(swarm.loops());
            faults.setDaemon(true);
            faults.start();
            watch(how, proxy, shared);
            shared.end();
            tell("all is sent");
            faults.join();
            if (!swarm.await(how.patience().plusSeconds(30))) {
                shared.tally().violation(swarm.unfinished());
            }
            tell("the clients have finished");
            settle(proxy, shared.tally());
        }
    }

    private void tell(String what) {
        System.out.printf("%4d s  %s%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began), what);
    }

    /** Until all is sent and every fault was made, or it takes too long. */
    private void watch(ChaosOptions how, Proxy proxy, Shared shared) throws InterruptedException {
        long told = System.nanoTime();
        long last = 0;
        while (!shared.isOver() && (shared.tally().succeeded.sum() < how.commands() || !shared.areFaultsDone())) {
            Thread.sleep(LOOK.toMillis());
            peaks.look(proxy);
            long now = System.nanoTime();
            if (now - began > how.limit().toNanos()) {
                shared.tally().violation("not done after " + how.limit() + "; the run ends early");
                return;
            }
            if (now - told > TELL.toNanos()) {
                peaks.countFiles();
                long sent = shared.tally().succeeded.sum();
                System.out.printf(
                        "%4d s  %,d commands (%,d/s), %d faults, %,d checked values, %d violations%n",
                        TimeUnit.NANOSECONDS.toSeconds(now - began),
                        sent,
                        (sent - last) * TimeUnit.SECONDS.toNanos(1) / (now - told),
                        Tally.sum(shared.tally().faults()),
                        shared.tally().checkedValues.sum(),
                        shared.tally().violations());
                told = now;
                last = sent;
            }
        }
    }

    /** With no client left, the proxy must hold nothing. */
    private static void settle(Proxy proxy, Tally sink) throws InterruptedException {
        long deadline = System.nanoTime() + SETTLE.toNanos();
        while (proxy.connections() > 0
                || proxy.budget().usedBytes() != 0
                || proxy.budget().requestsInFlight() != 0) {
            if (System.nanoTime() > deadline) {
                sink.violation("without clients the proxy still has " + proxy.connections() + " connections, holds "
                        + proxy.budget().usedBytes() + " bytes and has "
                        + proxy.budget().requestsInFlight() + " requests under way");
                return;
            }
            Thread.sleep(LOOK.toMillis());
        }
    }
}
