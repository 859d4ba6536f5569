package dev.kawarau.sink.redis.simulation;

import dev.kawarau.Budget;
import dev.kawarau.Chain;
import dev.kawarau.ChainBuilder;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Promise;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.InVmSink;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.sink.redis.simulation.Request.Outcome;
import dev.kawarau.sink.redis.simulation.Request.Transaction;
import dev.kawarau.sink.redis.simulation.Upstream.Welcome;
import dev.kawarau.testkit.simulation.World;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One run: a proxy, clients before it, a server behind it, faults, and what must hold at the end. */
final class Run {
    /** What a run came to. */
    record Result(long seed, long traceHash, int requests, List<String> problems) {}

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** After the faults everything must be over within this time. */
    private static final long PATIENCE = 900 * SECOND;

    private final long seed;
    private final World world;
    private final Plan plan;
    private final SplittableRandom random;
    private final ExecutionLog log = new ExecutionLog();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final String name;
    private final Budget budget;
    private final Upstream upstream;
    private final List<Client> clients = new ArrayList<>();
    private final Map<ClientSession, Client> owners = new HashMap<>();
    private final Map<String, Request> uniques = new LinkedHashMap<>();
    private final List<Transaction> transactions = new ArrayList<>();
    private int requests;
    private boolean healed;

    private Run(long seed, boolean talks) {
        this.seed = seed;
        this.name = "simulation-" + seed;
        this.world = new World(seed, talks);
        this.plan = Plan.draw(world.newRandom());
        if (talks) {
            System.out.println("seed " + seed + ": " + plan);
        }
        this.random = world.newRandom();
        this.budget = Budget.ofBytes(plan.budgetBytes());
        this.upstream = new Upstream(
                world, name + "-server", new RedisModel(world, log, plan.serverVersion()), plan.slowestLatency());
    }

    static Result of(long seed, boolean talks) {
        Run run = new Run(seed, talks);
        try {
            return run.run();
        } finally {
            run.world.close();
        }
    }

    private Result run() {
        RedisSink sink = sink();
        Chain chain = chain(sink);
        Listener listener = world.whileTurning(() -> RespListener.on("local:" + name)
                .eventLoops(EventLoops.using(world.loop()))
                .metrics(meters)
                .budget(budget)
                .maxInFlight(plan.maxInFlight())
                .maxHeldBytes(plan.maxHeldBytes())
                .maxConnections(plan.maxConnections(), plan.overflow())
                .frameTimeout(plan.frameTimeout())
                .writeTimeout(plan.writeTimeout())
                .serve(chain));
        for (int i = 0; i < plan.clients(); i++) {
            clients.add(new Client(this, String.valueOf((char) ('a' + i))));
        }
        long end = scheduleFaults();
        world.runUntil(end, () -> false);
        heal();
        world.runUntil(world.now() + PATIENCE, () -> clients.stream().allMatch(Client::isDone));
        finish(listener, sink, chain);
        return new Result(seed, world.traceHash(), requests, world.problems());
    }

    private RedisSink sink() {
        RedisSink.Builder builder = InVmSink.to(name + "-server", plan.database(), seed)
                .connectionsPerLoop(plan.connectionsPerLoop())
                .maxOwnConnections(plan.maxOwnConnections())
                .connectTimeout(plan.connectTimeout())
                .requestTimeout(plan.requestTimeout())
                .idleTimeout(plan.upstreamIdle())
                .metrics(meters);
        return plan.transparent() ? builder.transparent().build() : builder.build();
    }

    private Chain chain(RedisSink sink) {
        ChainBuilder builder = Chain.named(name).metrics(meters);
        return (plan.delayedReplies() ? builder.then(delay()) : builder).to(sink);
    }

    /** Holds some replies back, so that later requests are answered before earlier ones. */
    private Transform delay() {
        SplittableRandom delays = world.newRandom();
        return (request, next) -> {
            if (delays.nextInt(4) > 0) {
                return next.send(request);
            }
            Promise later = new Promise();
            long time = delays.nextInt(40) * World.GRAIN;
            next.send(request)
                    .whenDone((response, failure) -> world.after(time, () -> {
                        if (response != null) {
                            later.complete(response);
                        } else {
                            later.fail(Objects.requireNonNull(failure));
                        }
                    }));
            return later;
        };
    }

    // --- faults

    private long scheduleFaults() {
        long time = world.now();
        for (int i = 0; i < plan.faults(); i++) {
            time += random.nextInt(1_000) * MILLI / (1 + random.nextInt(20));
            time = scheduleFault(time);
        }
        return time + random.nextInt(500) * MILLI;
    }

    /** When the next one may come: some last longer than others, and some overlap. */
    private long scheduleFault(long time) {
        long duration = random.nextInt(4) == 0 ? random.nextInt(15_000) * MILLI : random.nextInt(800) * MILLI;
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                world.at(time, upstream::pause);
                world.at(time + duration, upstream::run);
            }
            case 2 -> welcomes(time, duration, Welcome.SILENCE, true);
            case 3 -> welcomes(time, duration, Welcome.CLOSE, random.nextBoolean());
            case 4 -> welcomes(time, duration, Welcome.FULL, random.nextBoolean());
            case 5, 6 -> welcomes(time, duration, Welcome.REFUSE, true);
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    world.at(time + i * random.nextInt(20) * MILLI, upstream::cutOne);
                }
                return time;
            }
        }
        return random.nextInt(3) == 0 ? time : time + duration;
    }

    private void welcomes(long time, long duration, Welcome welcome, boolean crashes) {
        world.at(time, () -> {
            upstream.welcome(welcome);
            if (crashes) {
                upstream.crash();
            }
        });
        world.at(time + duration, () -> {
            if (!healed) {
                upstream.welcome(Welcome.SERVE);
            }
        });
    }

    private void heal() {
        healed = true;
        upstream.heal();
        feed(0);
    }

    /** Whoever waits for an element gets one some time. */
    private void feed(int number) {
        for (String place : upstream.model().wanted()) {
            int colon = place.indexOf(':');
            if (place.contains(":list")) {
                upstream.model()
                        .push(Integer.parseInt(place.substring(0, colon)), place.substring(colon + 1), "fed" + number);
            }
        }
        world.after(500 * MILLI, () -> feed(number + 1));
    }

    // --- the end

    private void finish(Listener listener, RedisSink sink, Chain chain) {
        for (Client client : clients) {
            if (!client.isDone()) {
                world.problem("hangs: " + String.join(", ", client.state()));
            }
        }
        upstream.model().publish("chat0", "the last");
        upstream.model().publish("chat1", "the last");
        world.runFor(5 * SECOND);
        for (Client client : clients) {
            ClientSession session = client.session();
            if (session != null && session.isOpen()) {
                session.expectation().checkComplete();
                session.leave();
            }
        }
        checkEffects();
        world.runFor(SECOND);
        checkNothingIsHeld(listener);
        world.whileTurning(() -> {
            listener.close();
            chain.close();
            sink.close();
            return true;
        });
        world.runFor(plan.connectTimeout().toNanos() + plan.upstreamIdle().toNanos() + SECOND);
        if (!world.isLoopIdle()) {
            world.problem("a scheduled task stays behind although every connection is gone");
        }
        if (upstream.connections() != 0) {
            world.problem(upstream.connections() + " connections to the server stay open after the end of the sink");
        }
        upstream.close();
        world.runFor(SECOND);
        if (world.usedMemory() != 0) {
            world.problem(world.usedMemory() + " bytes of buffers were not released");
        }
    }

    private void checkNothingIsHeld(Listener listener) {
        if (listener.connections() != 0) {
            world.problem("the listener counts " + listener.connections() + " connections, but all clients left");
        }
        if (budget.usedBytes() != 0 || budget.requestsInFlight() != 0) {
            world.problem("the budget counts " + budget.usedBytes() + " bytes and " + budget.requestsInFlight()
                    + " requests, but all clients left");
        }
        double own = meters.get("kawarau.upstream.connections")
                .tag("kind", "own")
                .gauge()
                .value();
        if (plan.upstreamIdle().toNanos() <= 2 * SECOND) {
            world.runFor(plan.upstreamIdle().toNanos() * 2);
            own = meters.get("kawarau.upstream.connections")
                    .tag("kind", "own")
                    .gauge()
                    .value();
            if (own != 0) {
                world.problem(own + " connections of clients' own, but all clients left");
            }
        }
    }

    /** What the clients were told against what the server did. */
    private void checkEffects() {
        for (Request request : uniques.values()) {
            int times = log.timesApplied(request.text);
            if (times > 1) {
                world.problem(request + " took effect " + times + " times");
            }
            if (request.outcome == Outcome.WITHOUT_EFFECT
                    && times > 0
                    && !request.is("MGET")
                    && !request.is("PING")
                    && !request.is("ECHO")) {
                world.problem(request + " took effect, but its client was told that it had not");
            }
        }
        transactions.forEach(this::checkTransaction);
        log.popped().forEach(this::checkPopped);
    }

    private void checkTransaction(Transaction transaction) {
        if (transaction.begin.refused) {
            return;
        }
        List<String> batch = null;
        for (Executed exec : log.batches()) {
            List<String> commands = Objects.requireNonNull(exec.batch);
            if (transaction.commands.stream().anyMatch(r -> r.unique && commands.contains(r.text))) {
                batch = commands;
            }
        }
        for (Request request : transaction.commands) {
            boolean inBatch = batch != null && batch.contains(request.text);
            int times = log.timesApplied(request.text);
            // A subscriber's MULTI is refused, which one that left does not know, and PING is what it may send.
            boolean bySubscriber = transaction.begin.outcome == Outcome.PENDING && request.is("PING");
            if (request.unique && times > 0 && !inBatch && !bySubscriber) {
                world.problem(request + " of a transaction was carried out outside of it");
            }
            if (batch != null && request.unique && !inBatch) {
                world.problem("a transaction was carried out without its " + request);
            }
        }
    }

    private void checkPopped(String element, Executed by) {
        Request request = uniques.get(by.text);
        if (by.delivered || request == null || !by.text.startsWith("BLPOP")) {
            return;
        }
        switch (request.outcome) {
            case MAYBE -> {}
            case ANSWERED, WITHOUT_EFFECT ->
                world.problem(element + " was popped by " + request + ", whose client was told that it was not");
            case PENDING -> {
                boolean inTime = by.time <= request.session.leftAt() || by.afterClose;
                if (!inTime) {
                    world.problem(element + " was popped by " + request + " for a client that had left");
                } else if (request.session.isOpen() && !request.session.isMuted()) {
                    world.problem(element + " was popped by " + request + " and never arrived");
                }
            }
        }
    }

    // --- for clients

    void belongs(ClientSession session, Client client) {
        owners.put(session, client);
    }

    Client clientOf(ClientSession session) {
        return Objects.requireNonNull(owners.get(session));
    }

    void sent(Request request) {
        requests++;
        if (request.unique) {
            uniques.put(request.text, request);
        }
    }

    void began(Transaction transaction) {
        transactions.add(transaction);
    }

    long clientGap(SplittableRandom from) {
        return World.GRAIN * from.nextInt(plan.slowestClientGap());
    }

    boolean isHealed() {
        return healed;
    }

    World world() {
        return world;
    }

    Upstream upstream() {
        return upstream;
    }

    ExecutionLog log() {
        return log;
    }

    Plan plan() {
        return plan;
    }

    String proxyName() {
        return name;
    }
}
