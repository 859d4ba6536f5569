package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class QueryTest {
    @Test
    void aColumnPrintsItsNameAndTheBeginningOfItsValue() {
        assertThat(new Query.Column("k", Unpooled.buffer().writeInt(42))).hasToString("k=0x0000002a");
        assertThat(new Query.Column("v", Unpooled.wrappedBuffer(new byte[33])))
                .hasToString("v=0x" + "00".repeat(32) + "...");
        assertThat(new Query.Column("deleted", null)).hasToString("deleted");
    }
}
