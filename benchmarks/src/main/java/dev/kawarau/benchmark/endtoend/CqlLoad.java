package dev.kawarau.benchmark.endtoend;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ConsistencyLevel;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import dev.kawarau.EventLoops;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlFrameReader;
import dev.kawarau.cql.CqlFrameWriter;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.Outbound;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of Cassandra that keeps so many requests under way on each of its connections: a prepared SELECT by key, each
 * with a key of its own, whose answers are compared with what they must be. One event loop.
 */
final class CqlLoad {
    private static final int MOST_SAMPLES = 4_000_000;
    private static final int VERSION_5 = 5;

    /** What is carried out; the row has the key in it. */
    static final String SELECT = "SELECT v FROM bench.t WHERE k = ?";

    static final int KEYS = 1_000;

    /**
     * What a run gave.
     *
     * @param requestsPerSecond over the run
     * @param p50 median latency in microseconds
     * @param p99 99th percentile of the latency in microseconds
     * @param requests how many were answered
     */
    record Outcome(double requestsPerSecond, double p50, double p99, long requests) {}

    private final InetSocketAddress server;
    private final int connections;
    private final int inFlight;
    private final EventLoop loop;
    private final List<Connection> all = new ArrayList<>();
    private final CountDownLatch ready;
    private volatile @Nullable Throwable failure;
    private int[] latencies = new int[1 << 16];
    private int samples;
    private boolean measuring;

    private CqlLoad(InetSocketAddress server, int connections, int inFlight, EventLoop loop) {
        this.server = server;
        this.connections = connections;
        this.inFlight = inFlight;
        this.loop = loop;
        this.ready = new CountDownLatch(connections);
    }

    /** Connects, warms up, and measures. */
    static Outcome run(
            InetSocketAddress server,
            int connections,
            int inFlight,
            double warmUpSeconds,
            double seconds,
            Runnable begun)
            throws InterruptedException {
        try (EventLoops loops = EventLoops.of(1)) {
            return new CqlLoad(server, connections, inFlight, loops.group().next()).run(warmUpSeconds, seconds, begun);
        }
    }

    private Outcome run(double warmUpSeconds, double seconds, Runnable begun) throws InterruptedException {
        for (int i = 0; i < connections; i++) {
            new Bootstrap()
                    .group(loop)
                    .channelFactory(() -> EventLoops.newChannel(loop, server))
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new Connection())
                    .connect(server)
                    .sync();
        }
        if (!ready.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not all connections got ready", failure);
        }
        TimeUnit.NANOSECONDS.sleep((long) (warmUpSeconds * 1e9));
        begun.run();
        loop.submit(() -> measuring = true).sync();
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        long took = System.nanoTime() - start;
        loop.submit(() -> measuring = false).sync();
        loop.submit(() -> all.forEach(Connection::close)).sync();
        if (failure != null) {
            throw new IllegalStateException("the run failed: " + failure, failure);
        }
        Arrays.sort(latencies, 0, samples);
        return new Outcome(samples * 1e9 / took, percentile(0.5), percentile(0.99), samples);
    }

    private double percentile(double part) {
        return samples == 0 ? 0 : latencies[(int) (part * (samples - 1))] / 1000.0;
    }

    private void answered(long nanos) {
        if (!measuring || samples == MOST_SAMPLES) {
            return;
        }
        if (samples == latencies.length) {
            latencies = Arrays.copyOf(latencies, Math.min(MOST_SAMPLES, 2 * samples));
        }
        latencies[samples++] = (int) Math.min(Integer.MAX_VALUE, nanos);
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        private final long[] sentNanos = new long[inFlight];
        private final int[] keys = new int[inFlight];
        private @Nullable Channel channel;
        private @Nullable Cumulation cumulation;
        private @Nullable CqlFrameReader reader;
        private @Nullable CqlFrameWriter writer;
        private @Nullable Outbound out;
        private ByteBuf @Nullable [] frames;
        private int next = all.size() * 37;
        private boolean closing;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            all.add(this);
            channel = ctx.channel();
            cumulation = new Cumulation(ctx.alloc());
            reader = CqlFrameReader.ofResponses(ctx.alloc(), CqlFrameHeader.MAX_BODY_BYTES);
            writer = new CqlFrameWriter(ctx.alloc());
            out = new Outbound(ctx.channel());
            send(0, CqlCodec.encode(VERSION_5, 0, new Startup()));
        }

        private void send(int stream, ByteBuf frame) {
            Objects.requireNonNull(writer)
                    .write(frame, frame.readerIndex(), frame.readableBytes(), stream, Objects.requireNonNull(out));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object in) {
            Cumulation bytes = Objects.requireNonNull(cumulation);
            bytes.add((ByteBuf) in);
            ByteBuf buffer = bytes.buffer();
            CqlFrameReader frames = Objects.requireNonNull(reader);
            while (buffer != null && buffer.isReadable() && frames.read(buffer)) {
                ByteBuf frame = frames.buffer();
                try {
                    took(frames.header(), frame, frames.offset());
                } finally {
                    frame.release();
                }
            }
            bytes.trim();
        }

        private void took(CqlFrameHeader header, ByteBuf buffer, int offset) {
            if (frames == null) {
                prepare(CqlCodec.decode(buffer.slice(offset, header.frameBytes())).message);
                return;
            }
            int stream = header.stream();
            // The row has the key at its end, so an answer that is somebody else's shows.
            int value = buffer.getInt(offset + header.frameBytes() - Integer.BYTES);
            if (header.opcode() != CqlOpcode.RESULT || value != keys[stream]) {
                throw new IllegalStateException(
                        "asked for " + keys[stream] + ", got " + header.opcode() + " with " + value);
            }
            answered(System.nanoTime() - sentNanos[stream]);
            ask(stream);
        }

        private void prepare(Message answer) {
            if (answer instanceof Ready) {
                Objects.requireNonNull(reader).begin(CqlCompression.NONE, true);
                Objects.requireNonNull(writer).begin(CqlCompression.NONE, true);
                send(0, CqlCodec.encode(VERSION_5, 0, new Prepare(SELECT)));
            } else if (answer instanceof Prepared prepared) {
                frames = frames(prepared);
                ready.countDown();
                for (int stream = 0; stream < inFlight; stream++) {
                    ask(stream);
                }
            } else {
                throw new IllegalStateException("the server answered " + answer);
            }
        }

        private void ask(int stream) {
            if (closing || frames == null) {
                return;
            }
            int key = next++ % KEYS;
            keys[stream] = key;
            sentNanos[stream] = System.nanoTime();
            send(stream, Objects.requireNonNull(frames[key]));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failure = cause;
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!closing && failure == null) {
                failure = new IllegalStateException("the server hung up");
            }
            Objects.requireNonNull(cumulation).close();
            Objects.requireNonNull(reader).close();
            Objects.requireNonNull(out).close();
        }

        void close() {
            closing = true;
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** A request for each key, made once. */
    private static ByteBuf[] frames(Prepared prepared) {
        ByteBuf[] frames = new ByteBuf[KEYS];
        for (int key = 0; key < KEYS; key++) {
            QueryOptions options = new QueryOptions(
                    ConsistencyLevel.ONE,
                    List.of(ByteBuffer.allocate(4).putInt(0, key)),
                    Collections.emptyMap(),
                    true,
                    -1,
                    null,
                    ConsistencyLevel.SERIAL,
                    Long.MIN_VALUE,
                    null,
                    Integer.MIN_VALUE);
            frames[key] = CqlCodec.encode(
                    VERSION_5, 0, new Execute(prepared.preparedQueryId, prepared.resultMetadataId, options));
        }
        return frames;
    }
}
