package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class RespLimitsTest {
    @Test
    void everyLimitIsChangedAlone() {
        RespLimits limits = RespLimits.DEFAULT
                .withMaxBulkBytes(1)
                .withMaxArguments(2)
                .withMaxElements(3)
                .withMaxDepth(4)
                .withMaxInlineBytes(5)
                .withMaxFrameBytes(6);
        assertThat(limits).isEqualTo(new RespLimits(1, 2, 3, 4, 5, 6));
    }

    @Test
    void aLimitThatCannotWorkIsRefusedByName() {
        assertThatThrownBy(() -> RespLimits.DEFAULT.withMaxDepth(257))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxDepth must be 1 to 256, not 257");
        assertThatThrownBy(() -> RespLimits.DEFAULT.withMaxBulkBytes(0)).hasMessageContaining("maxBulkBytes");
        assertThatThrownBy(() -> RespLimits.DEFAULT.withMaxFrameBytes(Integer.MAX_VALUE))
                .hasMessageContaining("maxFrameBytes");
    }

    @Test
    void theDeepestNestingThatMayBeAllowedIsDecodedAndPrinted() {
        RespLimits limits = RespLimits.DEFAULT.withMaxDepth(256);
        byte[] bytes = Corpus.bytes("\\p1|:1|".repeat(256) + ":1|".repeat(257));
        RespValue value = new RespReader(limits).read(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
        assertThat(value.toString()).isNotEmpty();
        assertThat(value.hashCode()).isEqualTo(value.hashCode());
        assertThat(RandomValues.bytes(value, RespVersion.RESP3)).isEqualTo(bytes);
    }
}
