package dev.kawarau.benchmark;

import dev.kawarau.resp.ReplyScanner;
import dev.kawarau.resp.RequestScanner;
import dev.kawarau.resp.RespLimits;
import dev.kawarau.resp.RespReader;
import dev.kawarau.resp.RespValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.redis.RedisArrayAggregator;
import io.netty.handler.codec.redis.RedisBulkStringAggregator;
import io.netty.handler.codec.redis.RedisDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Finding frames, beside netty-codec-redis on the same bytes in the same direct buffer. All numbers are for the whole
 * buffer. Netty's handlers run in a pipeline, where alone they work, and what they make is released at once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Dio.netty.leakDetection.level=disabled", LoopThreads.EXECUTOR, LoopThreads.EXECUTOR_CLASS})
@SuppressWarnings("NullAway.Init") // JMH calls the setup before anything else
public class FrameBenchmark {
    private static final String GET = "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000042\r\n";
    private static final String SET = "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$%d\r\n%s\r\n";
    private static final String LEVEL = "*4\r\n:42\r\n$5\r\nvalue\r\n+OK\r\n";

    /** What is in the buffer. */
    public enum Bytes {
        /** One SET of 64 bytes. */
        SMALL(SET.formatted(64, "v".repeat(64)), true),
        /** 64 GETs. */
        PIPELINE_64(GET.repeat(64), true),
        /** One SET of 4 KiB. */
        BULK_4K(SET.formatted(4096, "v".repeat(4096)), true),
        /** One reply: arrays in arrays, 32 levels of a number, a bulk, a simple string and the next level. */
        DEEP(LEVEL.repeat(32) + "*0\r\n", false);

        private final String text;
        private final boolean requests;

        Bytes(String text, boolean requests) {
            this.text = text;
            this.requests = requests;
        }

        String text() {
            return text;
        }

        /** The length of the next frame, which the scanner of its kind finds. */
        private int frame(ByteBuf in, RequestScanner requestScanner, ReplyScanner replyScanner) {
            boolean whole = requests ? requestScanner.scan(in) : replyScanner.scan(in);
            if (!whole) {
                throw new IllegalStateException("half a frame");
            }
            return requests ? requestScanner.frameLength() : replyScanner.frameLength();
        }

        /** Each of the frames, decoded. */
        List<RespValue> decoded() {
            ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
            RequestScanner requestScanner = new RequestScanner(RespLimits.DEFAULT);
            ReplyScanner replyScanner = new ReplyScanner(RespLimits.DEFAULT);
            RespReader reader = new RespReader(RespLimits.DEFAULT);
            List<RespValue> values = new ArrayList<>();
            while (in.isReadable()) {
                int end = in.readerIndex() + frame(in, requestScanner, replyScanner);
                values.add(reader.read(in, in.readerIndex(), end));
                in.readerIndex(end);
            }
            in.release();
            return values;
        }
    }

    @Param
    public Bytes bytes;

    private final RequestScanner requestScanner = new RequestScanner(RespLimits.DEFAULT);
    private final ReplyScanner replyScanner = new ReplyScanner(RespLimits.DEFAULT);
    private final RespReader reader = new RespReader(RespLimits.DEFAULT);
    private final EmbeddedChannel parts = channel(new RedisDecoder());
    private final EmbeddedChannel frames =
            channel(new RedisDecoder(), new RedisBulkStringAggregator(), new RedisArrayAggregator(1 << 20, 128));
    private ByteBuf buffer;

    private static EmbeddedChannel channel(ChannelHandler... decoders) {
        EmbeddedChannel channel = new EmbeddedChannel(decoders);
        // Instead of the channel's own queue of messages, which would be measured too.
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ReferenceCountUtil.release(message);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                throw new IllegalStateException(cause);
            }
        });
        return channel;
    }

    @Setup(Level.Trial)
    public void fill() {
        buffer = PooledByteBufAllocator.DEFAULT
                .directBuffer(bytes.text.length())
                .writeBytes(bytes.text.getBytes(StandardCharsets.US_ASCII));
    }

    @TearDown(Level.Trial)
    public void release() {
        parts.close();
        frames.close();
        buffer.release();
    }

    /** The frames' ends and routing facts, as a listener and a sink need them. */
    @Benchmark
    public int kawarauScanner() {
        ByteBuf in = buffer.readerIndex(0);
        int found = 0;
        while (in.isReadable()) {
            in.skipBytes(frame(in));
            found++;
        }
        return found;
    }

    /** The frames found and then decoded to values, as nothing in the data path does. */
    @Benchmark
    public void kawarauValues(Blackhole hole) {
        ByteBuf in = buffer.readerIndex(0);
        while (in.isReadable()) {
            int end = in.readerIndex() + frame(in);
            RespValue value = reader.read(in, in.readerIndex(), end);
            hole.consume(value);
            in.readerIndex(end);
        }
    }

    private int frame(ByteBuf in) {
        return bytes.frame(in, requestScanner, replyScanner);
    }

    /** Netty's decoder alone: headers and bulk strings, one object each, not yet frames. */
    @Benchmark
    public int nettyDecoder() {
        parts.pipeline().fireChannelRead(buffer.readerIndex(0).retain());
        return buffer.readerIndex();
    }

    /** Netty's decoder and both aggregators: one object for each frame, with its elements in it. */
    @Benchmark
    public int nettyFrames() {
        frames.pipeline().fireChannelRead(buffer.readerIndex(0).retain());
        return buffer.readerIndex();
    }
}
