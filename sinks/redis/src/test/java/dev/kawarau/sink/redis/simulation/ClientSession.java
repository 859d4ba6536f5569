package dev.kawarau.sink.redis.simulation;

import dev.kawarau.testkit.simulation.Pieces;
import dev.kawarau.testkit.simulation.Wire;
import dev.kawarau.testkit.simulation.World;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One connection of a client to the proxy: what was asked, what is still to be answered, and how it ends. */
final class ClientSession extends ChannelInboundHandlerAdapter {
    private final Run run;
    private final World world;
    private final String name;
    private final SplittableRandom random;
    private final Expectation expectation;
    private final ArrayDeque<Request> due = new ArrayDeque<>();
    private final StringBuilder in = new StringBuilder();
    private final StringBuilder confirmations = new StringBuilder();
    private int confirmed;
    private @Nullable Request hoped;
    private @Nullable Channel channel;
    private Request.@Nullable Transaction transaction;
    private long lastPiece;
    private boolean open;
    private boolean over;
    private boolean leaving;
    private boolean ended;
    private boolean refused;
    private boolean starved;
    private boolean answered;
    private long unread;
    private boolean muted;
    private boolean mayBeIrreplaceable;
    private long leftAt = Long.MAX_VALUE;

    ClientSession(Run run, String name) {
        this.run = run;
        this.world = run.world();
        this.name = name;
        this.random = world.newRandom();
        this.expectation = new Expectation(run, this);
    }

    private static final class ClientSide extends LocalChannel implements World.Outside {}

    void connect() {
        new Bootstrap()
                .group(world.loop())
                .channelFactory(ClientSide::new)
                .option(ChannelOption.ALLOCATOR, world.memory())
                .handler(this)
                .connect(new LocalAddress(run.proxyName()));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        open = true;
        world.trace(name, "connected");
        run.clientOf(this).begin();
    }

    // --- requests

    Request send(boolean unique, String... arguments) {
        return send(unique, List.of(arguments));
    }

    Request send(boolean unique, List<String> arguments) {
        Request request =
                new Request(arguments, unique, this, transaction, run.log().size(), !muted);
        run.sent(request);
        if (request.wantsReply) {
            due.add(request);
        }
        if (transaction != null) {
            if (request.is("EXEC") || request.is("DISCARD") || request.is("RESET")) {
                transaction = null;
            } else {
                transaction.commands.add(request);
            }
        }
        mayBeIrreplaceable |= request.is("SUBSCRIBE") || request.is("CLIENT", "REPLY");
        write(Frames.command(arguments));
        return request;
    }

    void beginTransaction() {
        transaction = new Request.Transaction(send(false, "MULTI"));
        run.began(transaction);
    }

    boolean inTransaction() {
        return transaction != null;
    }

    /** The last request gets a reply only if it fails. */
    Request forgetLast() {
        Request last = due.removeLast();
        hoped = last;
        return last;
    }

    /** What follows gets no replies; the server must have been told. */
    void mute() {
        muted = true;
        hoped = null;
    }

    void unmute() {
        muted = false;
    }

    private void write(String bytes) {
        lastPiece = Math.max(lastPiece, world.now());
        for (String piece : Pieces.cut(bytes, random)) {
            world.at(lastPiece, () -> deliver(piece));
            lastPiece += run.clientGap(random);
        }
    }

    private void deliver(String piece) {
        if (open && channel != null) {
            world.trace(name, "sends " + piece);
            channel.writeAndFlush(Pieces.buffer(world, piece, random), channel.voidPromise());
        }
    }

    // --- replies

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        bytes.release();
        world.trace(name, "gets " + text);
        answered |= !text.isEmpty();
        in.append(text);
        int at = 0;
        int end;
        while (at < in.length() && (end = Frames.end(in, at)) >= 0) {
            frame(in.substring(at, end));
            at = end;
        }
        in.delete(0, at);
        run.clientOf(this).goOn();
    }

    private void frame(String frame) {
        List<String> words = frame.startsWith(">3\r\n") || frame.startsWith("*3\r\n") ? Frames.bulks(frame) : List.of();
        String word = words.isEmpty() ? "" : words.get(0);
        if (word.equals("message") && words.size() == 3) {
            expectation.message(words.get(1), words.get(2));
            return;
        }
        Request head = due.peek();
        Request silent = hoped;
        if (silent != null && frame.startsWith("-") && silent.outcome == Request.Outcome.PENDING) {
            expectation.reply(silent, frame);
            return;
        }
        if (head == null) {
            unasked(frame);
            return;
        }
        if ((word.equals("subscribe") || word.equals("unsubscribe")) && head.name.endsWith("SUBSCRIBE")) {
            confirmations.append(frame);
            if (++confirmed < expectation.confirmations(head)) {
                return;
            }
            frame = confirmations.toString();
            confirmations.setLength(0);
            confirmed = 0;
        }
        due.remove();
        expectation.reply(head, frame);
    }

    private void unasked(String frame) {
        if (frame.startsWith("-ERR max number of clients reached")) {
            refused = true;
        } else if (frame.startsWith("-ERR the rest of the request did not come in time")) {
            starved = true;
        } else if (!(mayBeIrreplaceable && frame.startsWith("-ERR redis at "))) {
            world.problem(name + " got a reply that it did not ask for: " + frame);
        }
    }

    /** Whether an error is the last word of a connection that is refused or took too long. */
    boolean isLastWord(String frame) {
        boolean tooSlow = frame.startsWith("-ERR the rest of the request did not come in time");
        boolean tooMany = frame.startsWith("-ERR max number of clients reached")
                && run.plan().maxConnections() < 100;
        starved |= tooSlow;
        refused |= tooMany;
        return tooSlow || tooMany;
    }

    // --- the end

    /** The client goes away at once, whatever is under way. */
    void leave() {
        if (open && channel != null) {
            world.trace(name, "leaves");
            leaving = true;
            leftAt = world.now();
            open = false;
            channel.close();
        }
    }

    /** The client says that it will send no more, and waits for what is due. */
    void end() {
        if (open && channel != null && !ended) {
            ended = true;
            boolean eager = random.nextBoolean();
            world.at(lastPiece, () -> shutDown(eager));
        }
    }

    private void shutDown(boolean eager) {
        if (open && channel != null) {
            world.trace(name, "ends" + (eager ? " eagerly" : ""));
            channel.writeAndFlush(Wire.END);
            Wire wire = world.wire(channel.localAddress());
            if (eager && wire != null) {
                wire.readToEnd();
            }
        }
    }

    /** The client reads nothing for some time. */
    void readNothingFor(long nanos) {
        Wire wire = channel == null ? null : world.wire(channel.localAddress());
        if (wire != null) {
            world.trace(name, "reads nothing for " + nanos / 1_000_000 + " ms");
            wire.fill();
            // Between two such times the proxy may not see that anything was read.
            unread += nanos;
            starved |=
                    unread >= run.plan().writeTimeout().toNanos() || run.plan().budgetBytes() < 1 << 30;
            world.after(nanos, wire::drain);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        open = false;
        over = true;
        world.trace(name, "is disconnected");
        if (!leaving) {
            explainEnd();
        }
        run.clientOf(this).disconnected();
    }

    /** The proxy closes connections for few reasons. */
    private void explainEnd() {
        boolean lost = mayBeIrreplaceable || run.plan().isTight() || expectation.isForlorn();
        boolean neverBegun = !answered && run.plan().maxConnections() < 100;
        if (ended && !due.isEmpty() && !starved && !refused && !expectation.hasQuit() && !neverBegun && !lost) {
            world.problem(name + " shut down its side and was closed before the reply to " + due.peek());
        } else if (!ended && !expectation.hasQuit() && !refused && !starved && !lost) {
            world.problem(name + " was closed for no reason; due: " + due.peek());
        }
    }

    // --- facts

    boolean isOpen() {
        return open;
    }

    boolean isOver() {
        return over;
    }

    boolean wasRefused() {
        return refused;
    }

    boolean hasLeft() {
        return leaving;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether the proxy has taken the connection, for all that the client can tell. */
    boolean wasAnswered() {
        return answered;
    }

    boolean isMuted() {
        return muted;
    }

    /** When the client went away of its own; never, if it did not. */
    long leftAt() {
        return leftAt;
    }

    int due() {
        return due.size();
    }

    @Nullable
    Request next() {
        return due.peek();
    }

    Expectation expectation() {
        return expectation;
    }

    String name() {
        return name;
    }
}
