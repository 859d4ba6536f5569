package dev.kawarau.benchmark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {

    @ParameterizedTest
    @ValueSource(ints = {Payload.HEADER, 17, 1_000, 65_536, Payload.LONGEST})
    void aPayloadIsReadAsWhatItIsAndNotWhenAByteOfItDiffers(int length) {
        long id = Payload.id(29_999, length, 7);
        ByteBuf out = Unpooled.buffer();
        Payload.write(out, id);
        ReplyParser parser = new ReplyParser();
        assertThat(parser.parse(out)).isTrue();
        assertThat(parser.payload(out, 0)).isEqualTo(id);

        int last = out.writerIndex() - 3;
        out.setByte(last, out.getByte(last) ^ 1);

        assertThat(parser.payload(out, 0)).isNotEqualTo(id);
    }
}
