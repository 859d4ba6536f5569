package dev.kawarau.sink.cassandra.simulation;

import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlFrameReader;
import dev.kawarau.cql.CqlFrameWriter;
import dev.kawarau.testkit.simulation.Pieces;
import dev.kawarau.testkit.simulation.Wire;
import dev.kawarau.testkit.simulation.World;
import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection that is not the proxy's: frames in and out as the two sides have agreed on them, whose bytes take
 * their time in both directions and come in pieces of any size.
 */
final class Link extends ChannelDuplexHandler {
    /** Whose end it is. */
    interface Owner {
        void connected();

        /** @param buffer borrowed; holds the plain frame from {@code offset} on */
        void frame(CqlFrameHeader header, ByteBuf buffer, int offset);

        /** The other side has ended the connection, or broken the rules. */
        void ended();
    }

    private final World world;
    private final Owner owner;
    private final int slowest;
    private final SplittableRandom random;
    private final CqlFrameReader reader;

    private final CqlFrameWriter writer;
    private final Cumulation in;
    private @Nullable Outbound out;
    private @Nullable ChannelHandlerContext context;
    private boolean over;
    private boolean deaf;
    private long lastArrival;
    private long lastDeparture;

    /**
     * An end.
     *
     * @param client whether it is a client's, and not the server's
     * @param slowest how many grains of time bytes may take
     */
    Link(World world, Owner owner, boolean client, int slowest) {
        this.world = world;
        this.owner = owner;
        this.slowest = slowest;
        this.random = world.newRandom();
        this.reader = client
                ? CqlFrameReader.ofResponses(world.memory(), CqlFrameHeader.MAX_BODY_BYTES)
                : CqlFrameReader.ofRequests(world.memory(), CqlFrameHeader.MAX_BODY_BYTES);
        this.writer = new CqlFrameWriter(world.memory());
        this.in = new Cumulation(world.memory());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        out = new Outbound(ctx.channel());
        owner.connected();
    }

    // --- in

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastArrival = Math.max(lastArrival, world.now() + latency());
        ByteBuf bytes = (ByteBuf) message;
        world.at(lastArrival, () -> arrive(bytes));
    }

    private void arrive(ByteBuf bytes) {
        if (over) {
            bytes.release();
            return;
        }
        in.add(bytes);
        read();
    }

    private void read() {
        ByteBuf buffer = in.buffer();
        try {
            while (!over && !deaf && buffer != null && buffer.isReadable() && reader.read(buffer)) {
                ByteBuf frame = reader.buffer();
                try {
                    owner.frame(reader.header(), frame, reader.offset());
                } finally {
                    frame.release();
                }
            }
        } catch (RuntimeException broken) {
            world.problem(owner + " cannot read what the proxy sent: " + broken);
            cut();
        }
        if (!over) {
            in.trim();
        }
    }

    /** Looks at nothing from now on, until it hears again. */
    void deaf(boolean isDeaf) {
        deaf = isDeaf;
        if (!deaf && !over) {
            read();
        }
    }

    /** What the two sides have agreed on, for what is read from now on. */
    void readAs(CqlCompression compression, boolean segments) {
        reader.begin(compression, segments);
    }

    /** And for what is written. */
    void writeAs(CqlCompression compression, boolean segments) {
        writer.begin(compression, segments);
    }

    // --- out

    /** Sends a plain frame, at the end of the turn. */
    void send(ByteBuf frame) {
        if (!over && out != null) {
            writer.write(frame, frame.readerIndex(), frame.readableBytes(), out);
        }
    }

    /** What the writer has made of frames sets out here. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        bytes.release();
        sendBytes(text);
    }

    /** Sends bytes as they are, each a character. */
    void sendBytes(String bytes) {
        lastDeparture = Math.max(lastDeparture, world.now() + latency());
        for (String piece : Pieces.cut(bytes, random)) {
            world.at(lastDeparture, () -> depart(piece));
            lastDeparture += random.nextInt(3) * World.GRAIN;
        }
    }

    private void depart(String piece) {
        ChannelHandlerContext open = context;
        if (!over && open != null && open.channel().isActive()) {
            open.writeAndFlush(Pieces.buffer(world, piece, random), open.voidPromise());
        }
    }

    /** Says that nothing more will come, behind what was sent. */
    void end(boolean eager) {
        // What is sent in this turn is on its way by then.
        world.after(World.GRAIN, () -> world.at(lastDeparture, () -> depart(eager)));
    }

    private void depart(boolean eager) {
        ChannelHandlerContext open = context;
        if (!over && open != null && open.channel().isActive()) {
            open.writeAndFlush(Wire.END, open.voidPromise());
            Wire wire = world.wire(open.channel().localAddress());
            if (eager && wire != null) {
                wire.readToEnd();
            }
        }
    }

    private long latency() {
        return World.GRAIN * (1 + random.nextInt(slowest));
    }

    // --- the end

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            // What arrived before is read first.
            world.at(Math.max(lastArrival, world.now()), () -> {
                if (close()) {
                    owner.ended();
                }
            });
        }
    }

    /** Of what leaves just when the other side hangs up; that it did is told by itself. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        world.trace(owner.toString(), "could not send: " + cause.getClass().getSimpleName());
    }

    /** The connection breaks; the owner is not told. */
    void cut() {
        if (close() && context != null) {
            context.channel().close();
        }
    }

    /** The connection ends when what was sent has left. */
    void cutBehind() {
        world.at(lastDeparture + World.GRAIN, () -> {
            if (!over) {
                owner.ended();
                cut();
            }
        });
    }

    private boolean close() {
        if (over) {
            return false;
        }
        over = true;
        in.close();
        reader.close();
        if (out != null) {
            out.close();
        }
        return true;
    }

    boolean isOver() {
        return over;
    }

    /** What lies between this and the proxy; null if there is nothing (any more). */
    @Nullable
    Wire wire() {
        return context == null ? null : world.wire(context.channel().remoteAddress());
    }
}
