package dev.kawarau.benchmark;

import dev.kawarau.resp.RespValue;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.redis.ArrayRedisMessage;
import io.netty.handler.codec.redis.FullBulkStringRedisMessage;
import io.netty.handler.codec.redis.IntegerRedisMessage;
import io.netty.handler.codec.redis.RedisEncoder;
import io.netty.handler.codec.redis.RedisMessage;
import io.netty.handler.codec.redis.SimpleStringRedisMessage;
import io.netty.util.ReferenceCountUtil;
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

/**
 * Writing values, beside netty-codec-redis, to the same bytes as in {@link FrameBenchmark}. The data path does not do
 * that: it hands on the bytes that came. All numbers are for the whole buffer.
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
public class EncodeBenchmark {
    @Param
    public FrameBenchmark.Bytes bytes;

    private final EmbeddedChannel channel = new EmbeddedChannel(new Sink(), new RedisEncoder());
    private final List<RespValue> values = new ArrayList<>();
    private final List<RedisMessage> messages = new ArrayList<>();
    private ByteBuf out;

    /** Where the encoder's buffers end, instead of the channel's own queue, which would be measured too. */
    private static final class Sink extends ChannelOutboundHandlerAdapter {
        private long written;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            written += ((ByteBuf) message).readableBytes();
            ReferenceCountUtil.release(message);
        }
    }

    @Setup(Level.Trial)
    public void fill() {
        for (RespValue value : bytes.decoded()) {
            values.add(value);
            messages.add(netty(value));
        }
        channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
        out = PooledByteBufAllocator.DEFAULT.directBuffer(bytes.text().length());
        if (kawarauWriter() != bytes.text().length()
                || nettyEncoder() != bytes.text().length()) {
            throw new IllegalStateException("not the same bytes");
        }
    }

    private static RedisMessage netty(RespValue value) {
        if (value instanceof RespValue.Array array) {
            List<RedisMessage> elements = new ArrayList<>();
            array.elements().forEach(element -> elements.add(netty(element)));
            return new ArrayRedisMessage(elements);
        } else if (value instanceof RespValue.Bulk bulk) {
            return new FullBulkStringRedisMessage(
                    Unpooled.directBuffer().writeBytes(bulk.bytes().toArray()));
        } else if (value instanceof RespValue.Int64 number) {
            return new IntegerRedisMessage(number.value());
        } else if (value instanceof RespValue.SimpleString simple) {
            return new SimpleStringRedisMessage(simple.text());
        }
        throw new IllegalArgumentException(value.toString());
    }

    @TearDown(Level.Trial)
    public void release() {
        messages.forEach(ReferenceCountUtil::release);
        channel.close();
        out.release();
    }

    @Benchmark
    public int kawarauWriter() {
        out.clear();
        for (int i = 0; i < values.size(); i++) {
            RespWriter.write(out, values.get(i), RespVersion.RESP2);
        }
        return out.writerIndex();
    }

    @Benchmark
    public long nettyEncoder() {
        Sink sink = channel.pipeline().get(Sink.class);
        sink.written = 0;
        for (int i = 0; i < messages.size(); i++) {
            channel.pipeline().write(ReferenceCountUtil.retain(messages.get(i)), channel.voidPromise());
        }
        return sink.written;
    }
}
