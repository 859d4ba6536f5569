package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** A message is read with the limits of the listener or sink that took it, which may be wider than the default ones. */
class RespMessageLimitsTest {
    private static final LoneSession SESSION = new LoneSession(UnpooledByteBufAllocator.DEFAULT);

    @Test
    void aReplyDeeperThanTheDefaultLimitIsDecoded() {
        byte[] bytes = Corpus.bytes("*1|".repeat(200) + ":1|");
        RespMessage reply = RespMessage.push(SESSION, Unpooled.wrappedBuffer(bytes), 0, bytes.length);
        assertThat(RandomValues.bytes(reply.value(), RespVersion.RESP2)).isEqualTo(bytes);
    }

    @Test
    void anErrorAfterAttributesDeeperThanTheDefaultLimitIsAnError() {
        byte[] bytes = Corpus.bytes("\\p1|+deep|" + "*1|".repeat(200) + ":1|-ERR no|");
        assertThat(RespMessage.push(SESSION, Unpooled.wrappedBuffer(bytes), 0, bytes.length)
                        .isError())
                .isTrue();
    }

    @Test
    void aRequestOfMoreArgumentsThanTheDefaultLimitIsDecoded() {
        int count = RespLimits.DEFAULT.maxArguments() + 1;
        ByteBuf wire = Unpooled.buffer(6 * count + 20).writeBytes(Corpus.bytes("*" + count + "|"));
        for (int i = 0; i < count; i++) {
            wire.writeBytes(new byte[] {'$', '0', '\r', '\n', '\r', '\n'});
        }
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT.withMaxArguments(count));
        assertThat(scanner.scan(wire)).isTrue();
        assertThat(new RespMessage(SESSION, wire, 0, scanner).arguments()).hasSize(count);
    }
}
