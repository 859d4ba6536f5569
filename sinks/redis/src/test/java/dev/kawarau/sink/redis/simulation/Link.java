package dev.kawarau.sink.redis.simulation;

import dev.kawarau.testkit.simulation.Pieces;
import dev.kawarau.testkit.simulation.Wire;
import dev.kawarau.testkit.simulation.World;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The server's end of one connection: bytes take their time in both directions, and come in pieces of any size. */
final class Link extends ChannelInboundHandlerAdapter {
    private final Upstream upstream;
    private final World world;
    private final SplittableRandom random;
    private final StringBuilder in = new StringBuilder();
    private final StringBuilder out = new StringBuilder();
    private @Nullable ModelConnection connection;
    private @Nullable Channel channel;
    private boolean deaf;
    private boolean closedByProxy;
    private boolean dead;
    private boolean sending;
    private long lastArrival;
    private long lastDelivery;

    Link(Upstream upstream, World world) {
        this.upstream = upstream;
        this.world = world;
        this.random = world.newRandom();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        upstream.accepted(this);
    }

    void open(ModelConnection made) {
        connection = made;
        world.trace(toString(), "opened");
    }

    /** The connection stays open, but nothing that it brings is looked at until the server is well again. */
    void open(ModelConnection made, boolean beDeaf) {
        open(made);
        deaf = beDeaf;
    }

    void hearAgain() {
        if (deaf) {
            deaf = false;
            process();
        }
    }

    // --- from the proxy

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        bytes.release();
        world.trace(toString(), "got " + text);
        lastArrival = Math.max(lastArrival, world.now() + upstream.latency(random));
        world.at(lastArrival, () -> arrive(text));
    }

    private void arrive(String text) {
        if (!dead) {
            in.append(text);
            process();
        }
    }

    /** Carries out what is there, unless the server stands still or the connection waits for something. */
    void process() {
        ModelConnection c = connection;
        if (c == null || deaf || upstream.isPaused()) {
            return;
        }
        int at = 0;
        int end;
        while (!dead && c.blocked == null && at < in.length() && (end = Frames.end(in, at)) >= 0) {
            List<String> arguments = Frames.bulks(in.substring(at, end));
            at = end;
            upstream.model().execute(c, arguments);
        }
        in.delete(0, at);
    }

    /** Does something when the server runs again, at once if it does; nothing if the connection is gone by then. */
    void whenServerRuns(Runnable action) {
        if (!dead && !deaf) {
            upstream.whenRunning(action);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (dead) {
            return;
        }
        closedByProxy = true;
        world.trace(toString(), "closed by the proxy");
        // What was under way may be carried out before the server notices, or be lost.
        long notice = Math.max(lastArrival, world.now()) + upstream.latency(random);
        if (random.nextBoolean()) {
            world.at(notice, () -> upstream.whenRunning(this::die));
        } else {
            die();
        }
    }

    private void die() {
        if (!dead) {
            dead = true;
            upstream.gone(this);
            if (connection != null) {
                upstream.model().disconnect(connection);
            }
        }
    }

    boolean isClosedByProxy() {
        return closedByProxy;
    }

    @Nullable
    ModelConnection connection() {
        return connection;
    }

    // --- to the proxy

    void reply(String bytes) {
        out.append(bytes);
        if (!sending) {
            sending = true;
            world.after(upstream.latency(random), this::send);
        }
    }

    private void send() {
        sending = false;
        String bytes = out.toString();
        out.setLength(0);
        lastDelivery = Math.max(lastDelivery, world.now());
        for (String piece : Pieces.cut(bytes, random)) {
            world.at(lastDelivery, () -> deliver(piece));
            lastDelivery += random.nextInt(3) * World.GRAIN;
        }
    }

    private void deliver(String piece) {
        Channel open = channel;
        if (!dead && open != null && open.isActive()) {
            world.trace(toString(), "says " + piece);
            open.writeAndFlush(Pieces.buffer(world, piece, random), open.voidPromise());
        }
    }

    /** Says goodbye after what was said before. */
    void sayAndClose(String words) {
        reply(words);
        world.after(upstream.latency(random) + 20 * World.GRAIN, this::cut);
    }

    /** The server, or the network, ends the connection. */
    void cut() {
        if (dead || channel == null) {
            return;
        }
        world.trace(toString(), "cut");
        die();
        channel.close();
    }

    List<Wire> wires() {
        List<Wire> wires = new ArrayList<>(1);
        Wire wire = channel == null ? null : world.wire(channel.remoteAddress());
        if (wire != null) {
            wires.add(wire);
        }
        return wires;
    }

    @Override
    public String toString() {
        return connection == null ? "s-" : "s" + connection.id;
    }
}
