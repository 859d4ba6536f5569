package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.redis.ArrayRedisMessage;
import io.netty.handler.codec.redis.ErrorRedisMessage;
import io.netty.handler.codec.redis.FullBulkStringRedisMessage;
import io.netty.handler.codec.redis.IntegerRedisMessage;
import io.netty.handler.codec.redis.RedisArrayAggregator;
import io.netty.handler.codec.redis.RedisBulkStringAggregator;
import io.netty.handler.codec.redis.RedisDecoder;
import io.netty.handler.codec.redis.RedisEncoder;
import io.netty.handler.codec.redis.RedisMessage;
import io.netty.handler.codec.redis.SimpleStringRedisMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Netty's own RESP2 codec and ours read and write the same. */
class NettyOracleTest {
    private static final int VALUES = 2000;

    @Test
    void nettyReadsWhatWeWrite() {
        for (int seed = 0; seed < VALUES; seed++) {
            RespValue value = new RandomValues(new Random(seed)).resp2();
            assertThat(netty(RandomValues.bytes(value, RespVersion.RESP2)))
                    .as("seed %d", seed)
                    .containsExactly(value);
        }
    }

    @Test
    void weReadWhatNettyWrites() {
        RespReader reader = new RespReader(RespLimits.DEFAULT);
        for (int seed = 0; seed < VALUES; seed++) {
            RespValue value = new RandomValues(new Random(seed)).resp2();
            EmbeddedChannel channel = new EmbeddedChannel(new RedisEncoder());
            channel.writeOutbound(message(value));
            ByteBuf bytes = Unpooled.buffer();
            for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
                bytes.writeBytes(part);
                part.release();
            }
            assertThat(ByteBufUtil.getBytes(bytes))
                    .as("seed %d", seed)
                    .isEqualTo(RandomValues.bytes(value, RespVersion.RESP2));
            assertThat(reader.read(bytes, 0, bytes.writerIndex()))
                    .as("seed %d", seed)
                    .isEqualTo(value);
            bytes.release();
            channel.finishAndReleaseAll();
        }
    }

    @Test
    void nettyFindsTheSameFramesInAStream() {
        for (int seed = 0; seed < VALUES / 10; seed++) {
            RandomValues values = new RandomValues(new Random(seed));
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                frames.add(RandomValues.bytes(values.resp2(), RespVersion.RESP2));
            }
            byte[] stream = Corpus.join(frames);
            assertThat(ours(stream)).as("seed %d", seed).isEqualTo(netty(stream));
        }
    }

    private static List<RespValue> ours(byte[] stream) {
        RespReader reader = new RespReader(RespLimits.DEFAULT);
        ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
        ByteBuf in = Unpooled.wrappedBuffer(stream);
        List<RespValue> values = new ArrayList<>();
        while (scanner.scan(in)) {
            int start = in.readerIndex();
            values.add(reader.read(in, start, start + scanner.frameLength()));
            in.skipBytes(scanner.frameLength());
        }
        return values;
    }

    private static List<RespValue> netty(byte[] stream) {
        EmbeddedChannel channel = new EmbeddedChannel(
                new RedisDecoder(), new RedisBulkStringAggregator(), new RedisArrayAggregator(1_000_000, 128));
        channel.writeInbound(Unpooled.copiedBuffer(stream));
        List<RespValue> values = new ArrayList<>();
        for (RedisMessage message = channel.readInbound(); message != null; message = channel.readInbound()) {
            values.add(value(message));
            ReferenceCountUtil.release(message);
        }
        channel.finishAndReleaseAll();
        return values;
    }

    private static RespValue value(RedisMessage message) {
        if (message instanceof SimpleStringRedisMessage simple) {
            return RespValue.simple(simple.content());
        }
        if (message instanceof ErrorRedisMessage error) {
            return RespValue.error(error.content());
        }
        if (message instanceof IntegerRedisMessage number) {
            return RespValue.integer(number.value());
        }
        if (message instanceof FullBulkStringRedisMessage bulk) {
            return bulk.isNull() ? RespValue.nil() : RespValue.bulk(ByteBufUtil.getBytes(bulk.content()));
        }
        ArrayRedisMessage array = (ArrayRedisMessage) message;
        if (array.isNull()) {
            return RespValue.nilArray();
        }
        return RespValue.array(
                array.children().stream().map(NettyOracleTest::value).toList());
    }

    private static RedisMessage message(RespValue value) {
        if (value instanceof RespValue.SimpleString simple) {
            return new SimpleStringRedisMessage(simple.text());
        }
        if (value instanceof RespValue.SimpleError error) {
            return new ErrorRedisMessage(error.text());
        }
        if (value instanceof RespValue.Int64 number) {
            return new IntegerRedisMessage(number.value());
        }
        if (value instanceof RespValue.Bulk bulk) {
            return new FullBulkStringRedisMessage(
                    Unpooled.wrappedBuffer(bulk.bytes().toArray()));
        }
        if (value instanceof RespValue.Array array) {
            return new ArrayRedisMessage(
                    array.elements().stream().map(NettyOracleTest::message).toList());
        }
        return value.equals(RespValue.nil())
                ? FullBulkStringRedisMessage.NULL_INSTANCE
                : ArrayRedisMessage.NULL_INSTANCE;
    }
}
