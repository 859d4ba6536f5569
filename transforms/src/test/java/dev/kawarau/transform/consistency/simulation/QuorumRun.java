package dev.kawarau.transform.consistency.simulation;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.history.RegisterHistory;
import dev.kawarau.testkit.simulation.World;
import dev.kawarau.transform.consistency.TunableConsistency;
import dev.kawarau.transform.consistency.Versioning;
import dev.kawarau.transform.redis.RedisVersionStamp;
import dev.kawarau.transform.simulation.ModelClient;
import dev.kawarau.transform.simulation.ModelLink;
import dev.kawarau.transform.simulation.ModelLink.Weather;
import dev.kawarau.transform.simulation.ModelRun;
import dev.kawarau.transform.simulation.ModelServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One run: servers, proxies with clocks of their own, clients, and faults, all by one seed. */
final class QuorumRun implements ModelRun {
    /** What a run came to. */
    record Result(long traceHash, int accesses, List<String> problems) {}

    /** What is wrong on purpose; null of what is not. */
    record Mutant(int reads, int writes, UnaryOperator<Versioning> versioning) {}

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int[][] QUORUMS = {
        {3, 2, 2}, {3, 2, 2}, {3, 2, 2}, {3, 1, 3}, {3, 3, 1}, {5, 3, 3}, {5, 2, 4}, {1, 1, 1}
    };

    private final World world;
    private final SplittableRandom random;
    private final RegisterHistory history = new RegisterHistory();
    private final List<ModelServer> servers = new ArrayList<>();
    private final List<List<ModelLink>> links = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<ModelClient> clients = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final String name;
    private final int keys;
    private final long thinks;
    private boolean healed;

    private QuorumRun(long seed, boolean talks) {
        this.world = new World(seed, talks);
        this.random = world.newRandom();
        this.name = "quorum-" + seed;
        this.keys = 1 + random.nextInt(3);
        this.thinks = World.GRAIN * (5 + random.nextInt(200));
    }

    static Result of(long seed, boolean talks) {
        return of(seed, talks, null);
    }

    static Result of(long seed, boolean talks, @Nullable Mutant mutant) {
        QuorumRun run = new QuorumRun(seed, talks);
        try {
            return run.run(mutant);
        } finally {
            run.world.close();
        }
    }

    private Result run(@Nullable Mutant mutant) {
        int[] quorum = mutant != null
                ? new int[] {3, mutant.reads(), mutant.writes()}
                : QUORUMS[random.nextInt(QUORUMS.length)];
        Versioning versioning = RedisVersionStamp.create();
        for (int i = 0; i < quorum[0]; i++) {
            servers.add(new ModelServer(world, "server" + i));
        }
        int proxies = 1 + random.nextInt(3);
        List<Supplier<Listener>> served = new ArrayList<>();
        for (int i = 0; i < proxies; i++) {
            served.add(proxy(
                    i, quorum, mutant == null ? versioning : mutant.versioning().apply(versioning)));
        }
        world.whileTurning(() -> {
            served.forEach(each -> listeners.add(each.get()));
            return true;
        });
        for (int i = 0; i < 2 + random.nextInt(4); i++) {
            clients.add(new ModelClient(this, "c" + i, name + "-" + random.nextInt(proxies), 15 + random.nextInt(25)));
        }
        long end = scheduleFaults();
        world.runUntil(end, () -> false);
        heal();
        world.runUntil(world.now() + 600 * SECOND, () -> clients.stream().allMatch(ModelClient::isFinished));
        clients.stream().filter(client -> !client.isFinished()).forEach(client -> world.problem("a client hangs"));
        lookAtTheEnd();
        int accesses = history.size();
        List<String> problems = new ArrayList<>(world.problems());
        problems.addAll(history.violations());
        stop();
        return new Result(world.traceHash(), accesses, problems);
    }

    private Supplier<Listener> proxy(int number, int[] quorum, Versioning versioning) {
        List<ModelLink> ways = new ArrayList<>();
        servers.forEach(server -> ways.add(ModelLink.unordered(world, server)));
        links.add(ways);
        // Some are right, some are off by moments, some by hours.
        long skew = switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> random.nextLong(-50, 50);
            default -> random.nextLong(-7_200_000, 7_200_000);
        };
        TunableConsistency end = TunableConsistency.over(ways.toArray(new Chain[0]))
                .reads(quorum[1])
                .writes(quorum[2])
                .allowStaleReads()
                .versions(versioning)
                .timeout(Duration.ofMillis(200 + random.nextInt(2_000)))
                .hints(random.nextInt(4) == 0 ? 0 : 2_000, Duration.ofMinutes(1 + random.nextInt(10)))
                .maxLateBytes(random.nextInt(3) == 0 ? 2_000 : 1 << 20)
                .clock(() -> BEGIN.plusMillis(skew + world.now() / MILLI))
                .node(random.nextLong())
                .metrics(meters)
                .build();
        Chain chain = Chain.named(name + "-" + number).metrics(meters).to(end);
        return () -> RespListener.on("local:" + name + "-" + number)
                .eventLoops(EventLoops.using(world.loop()))
                .metrics(meters)
                .serve(chain);
    }

    // --- faults

    private long scheduleFaults() {
        long time = world.now();
        for (int i = random.nextInt(10); i > 0; i--) {
            time += random.nextInt(40) * MILLI;
            long duration = random.nextInt(6) == 0 ? random.nextInt(4_000) * MILLI : random.nextInt(150) * MILLI;
            scheduleFault(time, time + duration);
            time += random.nextInt(3) == 0 ? 0 : duration;
        }
        return time + 200 * MILLI;
    }

    private void scheduleFault(long begin, long end) {
        ModelServer server = servers.get(random.nextInt(servers.size()));
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                world.at(begin, server::crash);
                world.at(end, server::restart);
            }
            case 2 -> {
                world.at(begin, server::pause);
                world.at(end, server::resume);
            }
            case 3 -> weather(begin, end, Weather.SILENT);
            case 4, 5 -> weather(begin, end, Weather.SLOW);
            default -> weather(begin, end, Weather.CUT);
        }
    }

    /** For one proxy's way to one server, or for most of its ways: then what it writes is for long in few places only. */
    private void weather(long begin, long end, Weather weather) {
        List<ModelLink> ways = links.get(random.nextInt(links.size()));
        int one = random.nextInt(ways.size());
        boolean most = random.nextBoolean();
        for (int i = 0; i < ways.size(); i++) {
            if (most == (i != one)) {
                ModelLink link = ways.get(i);
                world.at(begin, () -> link.weather(healed ? Weather.FAIR : weather));
                world.at(end, () -> link.weather(Weather.FAIR));
            }
        }
    }

    private void heal() {
        healed = true;
        links.forEach(ways -> ways.forEach(link -> link.weather(Weather.FAIR)));
        servers.forEach(ModelServer::restart);
        servers.forEach(ModelServer::resume);
    }

    // --- the end

    /** All is well: everybody can read, and afterwards all servers have the same. */
    private void lookAtTheEnd() {
        world.runFor(30 * SECOND);
        for (int i = 0; i < keys; i++) {
            for (ModelClient client : clients) {
                client.look("k" + i);
                world.runUntil(world.now() + 30 * SECOND, client::isIdle);
            }
        }
        world.runFor(30 * SECOND);
        for (int i = 0; i < keys; i++) {
            for (String key : List.of("k" + i, "{k" + i + "}~stamp")) {
                long different = servers.stream()
                        .map(server -> String.valueOf(server.data().get(key)))
                        .distinct()
                        .count();
                if (different > 1) {
                    world.problem("the servers differ in " + key + " after all is well: "
                            + servers.stream()
                                    .map(ModelServer::data)
                                    .map(Map::toString)
                                    .toList());
                }
            }
        }
    }

    private void stop() {
        clients.forEach(ModelClient::leave);
        world.runFor(SECOND);
        world.whileTurning(() -> {
            listeners.forEach(Listener::close);
            return true;
        });
        world.runFor(SECOND);
    }

    // --- for clients

    @Override
    public String sharedKey(SplittableRandom from) {
        return "k" + from.nextInt(keys);
    }

    @Override
    public boolean failed(String error) {
        boolean without = error.contains("was not applied") || error.contains("was not sent");
        boolean perhaps = error.contains("may have been applied") || error.contains("nothing was changed");
        if (without == perhaps) {
            world.problem("an error does not say what it did: " + error);
        }
        return without && !perhaps;
    }

    @Override
    public long thinks() {
        return thinks;
    }

    @Override
    public RegisterHistory history() {
        return history;
    }

    @Override
    public World world() {
        return world;
    }
}
