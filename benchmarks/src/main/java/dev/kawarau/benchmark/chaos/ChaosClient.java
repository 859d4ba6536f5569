package dev.kawarau.benchmark.chaos;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client: sends a batch of commands, takes the replies, and does it again; now and then it behaves badly. Confined to
 * its event loop.
 */
final class ChaosClient {
    private static final int LONGEST_BATCH = 40;

    /** After an error the next ones are short, so that a run is not made of errors. */
    private static final int LONGEST_PROBE = 2;

    private enum State {
        /** No connection yet. */
        CONNECTING,
        /** Waits for replies, and reads them as they come. */
        WAITING,
        /** Has something to send and does not read. */
        NOT_READING,
        /** Has errors to get over. */
        PAUSING,
        /** Has closed, or waits for the proxy to close. */
        ENDING,
        FINISHED
    }

    private final int number;
    private final Swarm swarm;
    private final Shared shared;
    private final EventLoop loop;
    private final SplittableRandom random;
    private final Checker checker;
    private final Workload workload;
    private final ReplyParser parser = new ReplyParser();
    private int generation;
    private State state = State.CONNECTING;
    private @Nullable Channel channel;
    private @Nullable ClientFault fault;
    private boolean hadErrors;
    private int leaveAfter;
    private int echoesLeft;
    private int echoLength;
    private long waitsSince;

    ChaosClient(int number, Swarm swarm, Shared shared, EventLoop loop, SplittableRandom random) {
        this.number = number;
        this.swarm = swarm;
        this.shared = shared;
        this.loop = loop;
        this.random = random;
        this.checker = new Checker(number, shared, freshKeys());
        this.workload = new Workload(number, shared, checker, random);
    }

    private Keyspace freshKeys() {
        Keyspace keys = new Keyspace(number, generation++);
        shared.keyspaces().add(keys);
        return keys;
    }

    // --- the connection

    void connect() {
        if (shared.isOver()) {
            finish();
            return;
        }
        state = State.CONNECTING;
        waitsSince = System.nanoTime();
        Bootstrap bootstrap = swarm.bootstrap(loop).handler(new Connection());
        bootstrap.connect().addListener((ChannelFutureListener) this::connected);
    }

    private void connected(ChannelFuture done) {
        if (!done.isSuccess()) {
            checker.violation("cannot connect: " + done.cause());
            later(this::connect, 200);
            return;
        }
        shared.tally().connections.increment();
        channel = done.channel();
        if (random.nextBoolean()) {
            ByteBuf hello = open().alloc().buffer(32);
            workload.hello(hello);
            send(hello);
        } else {
            nextBatch();
        }
    }

    /** What the channel says to this client, as long as it is the client's. */
    private final class Connection extends ChannelInboundHandlerAdapter {
        private @Nullable ByteBuf held;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            shared.tally().bytes.add(in.readableBytes());
            waitsSince = System.nanoTime();
            held = held == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, in);
            try {
                while (ctx.channel().isOpen() && held.isReadable() && parser.parse(held)) {
                    replied(held);
                }
            } catch (IllegalStateException broken) {
                checker.violation(broken.toString());
                ctx.close();
            }
            if (!held.isReadable()) {
                held.release();
                held = null;
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (state == State.WAITING && checker.pending().isEmpty() && fault != ClientFault.SENDS_HALF) {
                batchDone();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable() && state == State.NOT_READING) {
                sendEchoes();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (held != null) {
                held.release();
                held = null;
            }
            disconnected();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException)) {
                checker.violation("the client itself failed: " + cause);
            }
            ctx.close();
        }
    }

    private void replied(ByteBuf in) {
        if (fault == ClientFault.SENDS_HALF && checker.pending().isEmpty()) {
            if (!parser.isError() || state == State.ENDING) {
                checker.violation("the answer to half a request is " + parser.describe(in));
            }
            state = State.ENDING;
            return;
        }
        hadErrors |= checker.reply(parser, in);
        if ((fault == ClientFault.LEAVES || fault == ClientFault.RESETS) && --leaveAfter <= 0) {
            leave();
        }
    }

    /** The connection has ended, by the will of one side or the other. */
    private void disconnected() {
        if (state == State.FINISHED) {
            return;
        }
        boolean mayBeClosed = fault != null || state == State.ENDING;
        if (!mayBeClosed) {
            checker.violation(
                    "was disconnected with " + checker.pending().size() + " requests unanswered, for no reason");
        }
        if (fault == ClientFault.VANISHES || fault == ClientFault.READS_SLOWLY || fault == ClientFault.FLOODS) {
            shared.tally().clientFault(fault + ", and was thrown out");
        }
        channel = null;
        fault = null;
        checker.abandon(freshKeys());
        workload.keysChanged();
        state = State.CONNECTING;
        waitsSince = System.nanoTime();
        later(this::connect, random.nextInt(50));
    }

    // --- batches

    private void batchDone() {
        fault = null;
        if (hadErrors) {
            state = State.PAUSING;
            later(this::nextBatch, 100 + random.nextInt(300));
        } else {
            nextBatch();
        }
    }

    private void nextBatch() {
        if (channel == null) {
            return;
        }
        if (shared.isOver()) {
            finish();
            return;
        }
        fault = shared.takeFlood() ? ClientFault.FLOODS : ClientFault.draw(random);
        if (fault != null) {
            shared.tally().clientFault(fault.toString());
        }
        if (fault == ClientFault.VANISHES || fault == ClientFault.READS_SLOWLY || fault == ClientFault.FLOODS) {
            askWithoutReading(fault == ClientFault.FLOODS);
            return;
        }
        int commands = 1 + random.nextInt(hadErrors ? LONGEST_PROBE : LONGEST_BATCH);
        hadErrors = false;
        ByteBuf batch = open().alloc().buffer(commands * 256);
        for (int i = 0; i < commands; i++) {
            workload.next(batch);
        }
        leaveAfter = random.nextInt(commands);
        if (fault == ClientFault.SENDS_HALF) {
            workload.half(batch);
        }
        send(batch);
        if (leaveAfter == 0 && (fault == ClientFault.LEAVES || fault == ClientFault.RESETS)) {
            leave();
        }
    }

    private void send(ByteBuf batch) {
        state = State.WAITING;
        waitsSince = System.nanoTime();
        open().writeAndFlush(batch, open().voidPromise());
    }

    private void leave() {
        if (state == State.ENDING) {
            return;
        }
        state = State.ENDING;
        if (fault == ClientFault.RESETS) {
            open().config().setOption(ChannelOption.SO_LINGER, 0);
        }
        open().close();
    }

    // --- not reading

    private void askWithoutReading(boolean flood) {
        echoLength = flood ? 64 << 10 : 16 << 10;
        echoesLeft = flood ? 32 : 200;
        open().config().setAutoRead(false);
        state = State.NOT_READING;
        waitsSince = System.nanoTime();
        later(this::readAgain, 500 + random.nextInt(flood ? 2_000 : 5_000));
        sendEchoes();
    }

    private void sendEchoes() {
        while (echoesLeft > 0 && open().isWritable()) {
            echoesLeft--;
            ByteBuf echo = open().alloc().buffer(echoLength + 64);
            workload.echo(echo, echoLength);
            open().writeAndFlush(echo, open().voidPromise());
        }
    }

    private void readAgain() {
        if (state != State.NOT_READING) {
            return;
        }
        waitsSince = System.nanoTime();
        // What has not left by now never will be asked.
        echoesLeft = 0;
        state = State.WAITING;
        if (fault == ClientFault.READS_SLOWLY) {
            readABit();
        } else {
            open().config().setAutoRead(true);
        }
    }

    private void readABit() {
        if (channel == null || fault != ClientFault.READS_SLOWLY) {
            if (channel != null) {
                channel.config().setAutoRead(true);
            }
            return;
        }
        channel.read();
        later(this::readABit, 10);
    }

    // --- the end, and the watch

    private void finish() {
        state = State.FINISHED;
        if (channel != null) {
            channel.close();
            channel = null;
        }
        swarm.finished();
    }

    /** Looks whether something takes longer than anything may. */
    void watch(long now, long patience) {
        boolean waits = state == State.WAITING || state == State.ENDING || state == State.CONNECTING;
        if (!waits || now - waitsSince < patience) {
            return;
        }
        checker.violation("hangs: " + this);
        waitsSince = now;
        if (channel != null) {
            state = State.ENDING;
            channel.close();
        }
    }

    private void later(Runnable task, int milliseconds) {
        loop.schedule(task, milliseconds, TimeUnit.MILLISECONDS);
    }

    boolean isUnfinished() {
        return state != State.FINISHED;
    }

    @Override
    public String toString() {
        return "client " + number + ", " + state + (fault == null ? "" : ", " + fault) + ", with "
                + checker.pending().size() + " requests unanswered"
                + (checker.pending().isEmpty()
                        ? ""
                        : ", the first " + checker.pending().kind()) + ", for "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - waitsSince) + " ms, " + channel;
    }

    private Channel open() {
        return Objects.requireNonNull(channel);
    }
}
