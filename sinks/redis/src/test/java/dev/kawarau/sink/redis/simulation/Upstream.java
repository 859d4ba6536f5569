package dev.kawarau.sink.redis.simulation;

import dev.kawarau.testkit.simulation.Wire;
import dev.kawarau.testkit.simulation.World;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The server as the network sees it, with all that may befall it. Its data survive everything. */
final class Upstream {
    /** What a new connection meets. */
    enum Welcome {
        SERVE,
        REFUSE,
        CLOSE,
        SILENCE,
        FULL
    }

    /** What Redis says to a connection that is one too many. */
    static final String FULL = "-ERR max number of clients reached\r\n";

    private final World world;
    private final String name;
    private final RedisModel model;
    private final int slowest;
    private final SplittableRandom random;
    private final Set<Link> links = new LinkedHashSet<>();
    private final List<Runnable> whenRunning = new ArrayList<>();
    private @Nullable Channel server;
    private Welcome welcome = Welcome.SERVE;
    private boolean paused;
    private boolean wasFull;

    Upstream(World world, String name, RedisModel model, int slowest) {
        this.world = world;
        this.name = name;
        this.model = model;
        this.slowest = slowest;
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
                        child.pipeline().addLast(new Link(Upstream.this, world));
                    }
                })
                .bind(new LocalAddress(name))
                .channel();
    }

    void accepted(Link link) {
        links.add(link);
        switch (welcome) {
            case SERVE -> link.open(model.connect(link));
            case SILENCE -> link.open(model.connect(link), true);
            case FULL -> link.sayAndClose(FULL);
            default -> world.after(latency(random), link::cut);
        }
    }

    void gone(Link link) {
        links.remove(link);
    }

    RedisModel model() {
        return model;
    }

    long latency(SplittableRandom from) {
        return World.GRAIN * (1 + from.nextInt(slowest));
    }

    boolean wasFull() {
        return wasFull;
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

    // --- faults

    void welcome(Welcome next) {
        world.trace("server", "welcome " + next);
        if (next == Welcome.REFUSE && server != null) {
            server.close();
            server = null;
        } else if (next != Welcome.REFUSE && server == null) {
            listen();
        }
        welcome = next;
        wasFull |= next == Welcome.FULL;
    }

    /** As a process that is stopped: the kernel still takes some bytes, and nobody looks at them. */
    void pause() {
        world.trace("server", "pauses");
        paused = true;
        if (random.nextBoolean()) {
            links.forEach(link -> link.wires().forEach(Wire::fill));
        }
    }

    void run() {
        world.trace("server", "runs");
        paused = false;
        List<Runnable> due = new ArrayList<>(whenRunning);
        whenRunning.clear();
        due.forEach(Runnable::run);
        for (Link link : List.copyOf(links)) {
            link.wires().forEach(Wire::drain);
            link.process();
        }
    }

    /** One connection breaks. */
    void cutOne() {
        List<Link> all = List.copyOf(links);
        if (!all.isEmpty()) {
            all.get(random.nextInt(all.size())).cut();
        }
    }

    /** The process dies, and with it every connection. */
    void crash() {
        world.trace("server", "crashes");
        List.copyOf(links).forEach(Link::cut);
    }

    /** The faults are over. */
    void heal() {
        welcome(Welcome.SERVE);
        run();
        links.forEach(Link::hearAgain);
    }

    int connections() {
        return links.size();
    }

    void close() {
        if (server != null) {
            server.close();
        }
    }
}
