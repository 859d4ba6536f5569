package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.response.Error;
import dev.kawarau.Budget;
import dev.kawarau.Chain;
import dev.kawarau.ChainBuilder;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Promise;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.sink.cassandra.CassandraSink;
import dev.kawarau.sink.cassandra.InVmSink;
import dev.kawarau.sink.cassandra.simulation.Node.Welcome;
import dev.kawarau.sink.cassandra.simulation.Request.Outcome;
import dev.kawarau.testkit.simulation.World;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One run: a proxy, clients before it, a node behind it, faults, and what must hold at the end. */
final class Run {
    /** What a run came to. */
    record Result(long seed, long traceHash, int requests, List<String> problems) {}

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** After the faults everything must be over within this time. */
    private static final long PATIENCE = 900 * SECOND;

    private final World world;
    private final Plan plan;
    private final SplittableRandom random;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final long seed;
    private final String name;
    private final Budget budget;
    private final Node node;
    private final List<Client> clients = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private boolean healed;

    private Run(long seed, boolean talks) {
        this.seed = seed;
        this.name = "cql-simulation-" + seed;
        this.world = new World(seed, talks);
        this.plan = Plan.draw(world.newRandom());
        if (talks) {
            System.out.println("seed " + seed + ": " + plan);
        }
        this.random = world.newRandom();
        this.budget = Budget.ofBytes(plan.budgetBytes());
        this.node = new Node(world, name + "-node", plan);
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
        CassandraSink sink = sink();
        Chain chain = chain(sink);
        Listener listener = world.whileTurning(() -> CqlListener.on("local:" + name)
                .eventLoops(EventLoops.using(world.loop()))
                .metrics(meters)
                .budget(budget)
                .maxInFlight(plan.maxInFlight())
                .maxPreparedBytes(plan.remembers() ? 16 << 20 : 0)
                .serve(chain));
        for (int i = 0; i < plan.clients(); i++) {
            clients.add(new Client(this, String.valueOf((char) ('a' + i))));
        }
        world.runUntil(scheduleFaults(), () -> false);
        healed = true;
        node.heal();
        world.runUntil(world.now() + PATIENCE, () -> clients.stream().allMatch(Client::isDone));
        finish(listener, sink, chain);
        return new Result(seed, world.traceHash(), requests.size(), world.problems());
    }

    private CassandraSink sink() {
        CassandraSink.Builder builder = InVmSink.to(name + "-node", seed)
                .compression(plan.sinkCompression())
                .connectionsPerLoop(plan.connectionsPerLoop())
                .maxStreams(plan.maxStreams())
                .maxOwnConnections(plan.maxOwnConnections())
                .connectTimeout(plan.connectTimeout())
                .requestTimeout(plan.requestTimeout())
                .idleTimeout(plan.idleTimeout())
                .metrics(meters);
        return plan.users() == Plan.Users.SINK
                ? builder.credentials("proxy", "secret of proxy").build()
                : builder.build();
    }

    private Chain chain(CassandraSink sink) {
        ChainBuilder builder = Chain.named(name).metrics(meters);
        return (plan.delayedReplies() ? builder.then(delay()) : builder).to(sink);
    }

    /** Holds some replies back. */
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
        switch (random.nextInt(12)) {
            case 0, 1 -> {
                world.at(time, node::pause);
                world.at(time + duration, node::run);
            }
            case 2 -> welcomes(time, duration, Welcome.SILENCE, true);
            case 3 -> welcomes(time, duration, Welcome.CLOSE, random.nextBoolean());
            case 4, 5 -> welcomes(time, duration, Welcome.REFUSE, true);
            case 6, 7 -> {
                world.at(time, node::forget);
                return time;
            }
            case 8 -> {
                world.at(time, node::tellEvent);
                return time;
            }
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    world.at(time + i * random.nextInt(20) * MILLI, node::cutOne);
                }
                return time;
            }
        }
        return random.nextInt(3) == 0 ? time : time + duration;
    }

    private void welcomes(long time, long duration, Welcome welcome, boolean crashes) {
        world.at(time, () -> {
            if (!healed) {
                node.welcome(welcome);
                if (crashes) {
                    node.crash();
                }
            }
        });
        world.at(time + duration, () -> {
            if (!healed) {
                node.welcome(Welcome.SERVE);
            }
        });
    }

    // --- the end

    private void finish(Listener listener, CassandraSink sink, Chain chain) {
        for (Client client : clients) {
            if (!client.isDone()) {
                world.problem("hangs: " + client);
            }
        }
        checkConnections();
        String last = node.tellEvent();
        world.runFor(5 * SECOND);
        for (Client client : clients) {
            ClientSession session = client.session();
            if (session != null && !session.isOver()) {
                session.checkEvent(last);
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
        world.runFor(plan.connectTimeout().toNanos() + plan.idleTimeout().toNanos() + 2 * SECOND);
        if (!world.isLoopIdle()) {
            world.problem("a scheduled task stays behind although every connection is gone");
        }
        if (node.connections() != 0) {
            world.problem(node.connections() + " connections to the node stay open after the end of the sink");
        }
        node.close();
        world.runFor(SECOND);
        if (world.usedMemory() != 0) {
            world.problem(world.usedMemory() + " bytes of buffers were not released");
        }
    }

    private void checkNothingIsHeld(Listener listener) {
        if (listener.connections() != 0) {
            world.problem("the listener counts " + listener.connections() + " connections, but all clients left");
        }
        // What is still under way for clients that left ends when the node has answered, or its time is over.
        world.runFor(plan.requestTimeout().toNanos() + SECOND);
        if (budget.usedBytes() != 0 || budget.requestsInFlight() != 0) {
            world.problem("the budget counts " + budget.usedBytes() + " bytes and " + budget.requestsInFlight()
                    + " requests, but all clients left");
        }
        double inFlight = meters.get("kawarau.inflight").gauge().value();
        if (inFlight != 0) {
            world.problem("the chain counts " + inFlight + " requests in flight, but all clients left");
        }
        double own = connections("own");
        if (own != 0) {
            world.problem(own + " connections of clients' own, but all clients left");
        }
        if (plan.idleTimeout().toNanos() <= 2 * SECOND) {
            world.runFor(plan.idleTimeout().toNanos() * 3);
            if (connections("shared") != 0) {
                world.problem(connections("shared") + " idle connections, but all clients left long ago");
            }
        }
    }

    /** Once all is quiet there are as many connections as the sessions need, and no more. */
    private void checkConnections() {
        if (plan.idleTimeout().toNanos() > 2 * SECOND) {
            return;
        }
        world.runFor(plan.requestTimeout().toNanos() * 3 + plan.idleTimeout().toNanos() * 3);
        List<ClientSession> open = clients.stream()
                .map(Client::session)
                .filter(Objects::nonNull)
                .filter(ClientSession::isReady)
                .toList();
        boolean alone = plan.users() == Plan.Users.CLIENTS;
        long least = open.stream().filter(s -> alone || s.isRegistered()).count();
        long most = open.stream().filter(s -> alone || s.asksForEvents()).count();
        if (connections("own") < least || connections("own") > most) {
            world.problem(connections("own") + " connections of clients' own, where " + least + " to " + most + " do");
        }
        long lanes =
                alone ? 0 : open.stream().map(ClientSession::version).distinct().count() * (Node.KEYSPACES.size() + 1);
        long lanesInUse = Math.min(
                lanes, open.stream().mapToLong(ClientSession::mostLanes).sum());
        if (connections("shared") > lanesInUse * plan.connectionsPerLoop()) {
            world.problem(connections("shared") + " shared connections, where " + lanesInUse + " times "
                    + plan.connectionsPerLoop() + " do");
        }
    }

    private double connections(String kind) {
        return meters.get("kawarau.upstream.connections")
                .tag("kind", kind)
                .gauge()
                .value();
    }

    /** What the clients were told against what the node did. */
    private void checkEffects() {
        for (Request request : requests) {
            if (!request.isCarriedOut()) {
                continue;
            }
            int times = node.timesCarriedOut(request.token);
            if (times > 1) {
                world.problem(request + " was carried out " + times + " times");
            }
            boolean without = request.outcome == Outcome.NOT_SENT || request.outcome == Outcome.REFUSED;
            if (without && times > 0) {
                world.problem(request + " was carried out, but its client was told that it was not");
            }
            if (request.outcome == Outcome.ANSWERED && times == 0) {
                world.problem(request + " was answered, but never carried out");
            }
        }
    }

    // --- for the others

    void sent(Request request) {
        requests.add(request);
    }

    World world() {
        return world;
    }

    Plan plan() {
        return plan;
    }

    Node node() {
        return node;
    }

    String proxyName() {
        return name;
    }

    boolean isHealed() {
        return healed;
    }

    /** A message in words that are the same in every run. */
    static String text(Message message) {
        return message instanceof Error error
                ? "Error " + error.code + " " + error.message
                : message.getClass().getSimpleName();
    }
}
