package dev.kawarau.sink.cassandra.simulation;

import dev.kawarau.testkit.simulation.Wire;
import dev.kawarau.testkit.simulation.World;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of Cassandra as the network sees it, with all that may befall it. It knows statements by ids that are made of their
 * text and keyspace, until it forgets them, and notes what it has carried out.
 */
final class Node {
    /** What a new connection meets. */
    enum Welcome {
        SERVE,
        REFUSE,
        CLOSE,
        SILENCE
    }

    /** The keyspaces that there are. */
    static final List<String> KEYSPACES = List.of("ks0", "ks1", "Mixed");

    /** What a statement without a keyspace is in. */
    static final String NOWHERE = "-";

    record Known(String text, String keyspace) {}

    private final World world;
    private final String name;
    private final Plan plan;
    private final SplittableRandom random;
    private final Set<NodeSession> sessions = new LinkedHashSet<>();
    private final Map<String, Known> statements = new HashMap<>();
    private final Map<String, Integer> carriedOut = new HashMap<>();
    private final List<Runnable> whenRunning = new ArrayList<>();
    private @Nullable Channel server;
    private Welcome welcome = Welcome.SERVE;
    private boolean paused;
    private boolean healed;
    private int disturbances;
    private int forgets;
    private int events;
    private int numbers;

    Node(World world, String name, Plan plan) {
        this.world = world;
        this.name = name;
        this.plan = plan;
        this.random = world.newRandom();
        listen();
    }

    private static final class ServerSide extends LocalChannel implements World.Outside {
        ServerSide(LocalServerChannel parent, LocalChannel peer) {
            super(parent, peer);
        }
    }

    private static final class ServerSocket extends LocalServerChannel implements World.Outside {
        @Override
        protected LocalChannel newLocalChannel(LocalChannel peer) {
            return new ServerSide(this, peer);
        }
    }

    private void listen() {
        server = new ServerBootstrap()
                .group(world.loop())
                .channelFactory(ServerSocket::new)
                .childOption(ChannelOption.ALLOCATOR, world.memory())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new NodeSession(Node.this).link());
                    }
                })
                .bind(new LocalAddress(name))
                .channel();
    }

    void accepted(NodeSession session) {
        sessions.add(session);
        if (welcome == Welcome.SILENCE) {
            session.link().deaf(true);
        } else if (welcome != Welcome.SERVE) {
            session.link().cut();
            sessions.remove(session);
        }
    }

    void gone(NodeSession session) {
        sessions.remove(session);
    }

    int nextNumber() {
        return ++numbers;
    }

    World world() {
        return world;
    }

    Plan plan() {
        return plan;
    }

    // --- what it knows and has done

    /** Never two of the same: not by their text alone, for that means something else elsewhere. */
    byte[] prepare(String text, String keyspace) {
        byte[] id = idOf(text, keyspace);
        statements.put(new String(id, StandardCharsets.ISO_8859_1), new Known(text, keyspace));
        return id;
    }

    static byte[] idOf(String text, String keyspace) {
        UUID hash = UUID.nameUUIDFromBytes((keyspace + "|" + text).getBytes(StandardCharsets.UTF_8));
        return hash.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Nullable
    Known known(byte[] id) {
        return statements.get(new String(id, StandardCharsets.ISO_8859_1));
    }

    void carriedOut(String token) {
        carriedOut.merge(token, 1, Integer::sum);
    }

    int timesCarriedOut(String token) {
        return carriedOut.getOrDefault(token, 0);
    }

    /** How long an answer takes; some take longer than anybody waits, while there are faults. */
    long answerTime() {
        int kind = random.nextInt(200);
        if (!healed && kind == 0) {
            disturbances++;
            return plan.requestTimeout().toNanos() + random.nextInt(1_000) * World.GRAIN;
        }
        return World.GRAIN * random.nextInt(plan.slowestAnswer());
    }

    /** Whether the answer to a request is lost. */
    boolean forgetsToAnswer() {
        boolean forgets = !healed && plan.faults() > 0 && random.nextInt(300) == 0;
        disturbances += forgets ? 1 : 0;
        return forgets;
    }

    boolean errs() {
        return plan.errors() && random.nextInt(12) == 0;
    }

    SplittableRandom random() {
        return random;
    }

    boolean isPaused() {
        return paused;
    }

    void whenRunning(Runnable action) {
        if (paused) {
            whenRunning.add(action);
        } else {
            action.run();
        }
    }

    /** How much has befallen connections so far. */
    int disturbances() {
        return disturbances;
    }

    int forgets() {
        return forgets;
    }

    // --- faults

    void welcome(Welcome next) {
        world.trace("node", "welcome " + next);
        disturbances++;
        if (next == Welcome.REFUSE && server != null) {
            server.close();
            server = null;
        } else if (next != Welcome.REFUSE && server == null) {
            listen();
        }
        welcome = next;
    }

    /** As a process that is stopped: the kernel still takes some bytes, and nobody looks at them. */
    void pause() {
        world.trace("node", "pauses");
        disturbances++;
        paused = true;
        if (random.nextBoolean()) {
            sessions.forEach(session -> ifThere(session.link().wire(), Wire::fill));
        }
    }

    void run() {
        world.trace("node", "runs");
        disturbances++;
        paused = false;
        List<Runnable> due = new ArrayList<>(whenRunning);
        whenRunning.clear();
        due.forEach(Runnable::run);
        sessions.forEach(session -> ifThere(session.link().wire(), Wire::drain));
    }

    private static void ifThere(@Nullable Wire wire, Consumer<Wire> action) {
        if (wire != null) {
            action.accept(wire);
        }
    }

    void cutOne() {
        List<NodeSession> all = List.copyOf(sessions);
        if (!all.isEmpty()) {
            disturbances++;
            end(all.get(random.nextInt(all.size())));
        }
    }

    private void end(NodeSession session) {
        world.trace(session.toString(), "cut");
        session.link().cut();
        gone(session);
    }

    /** The process dies, and with it every connection; what was prepared may be forgotten. */
    void crash() {
        world.trace("node", "crashes");
        disturbances++;
        List.copyOf(sessions).forEach(this::end);
        if (random.nextBoolean()) {
            statements.clear();
        }
    }

    /** All that was prepared is forgotten, while every connection stays. */
    void forget() {
        world.trace("node", "forgets");
        forgets++;
        statements.clear();
    }

    /** Tells whoever wants to know that a keyspace has changed. */
    String tellEvent() {
        String number = "event" + ++events;
        world.trace("node", "tells " + number);
        sessions.forEach(session -> session.tell(number));
        return number;
    }

    /** The faults are over. */
    void heal() {
        healed = true;
        welcome(Welcome.SERVE);
        run();
        List.copyOf(sessions).forEach(session -> session.link().deaf(false));
    }

    int connections() {
        return sessions.size();
    }

    void close() {
        Objects.requireNonNull(server).close();
    }
}
