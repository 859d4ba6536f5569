package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    private static final RespReader READER = new RespReader(RespLimits.DEFAULT);

    @Test
    void everyResp3ValueComesBackAsItWasWritten() {
        for (int seed = 0; seed < 3000; seed++) {
            RespValue value = new RandomValues(new Random(seed)).any();
            assertThat(read(RandomValues.bytes(value, RespVersion.RESP3)))
                    .as("seed %d", seed)
                    .isEqualTo(value);
        }
    }

    @Test
    void everyResp2ValueComesBackAsItWasWritten() {
        for (int seed = 0; seed < 3000; seed++) {
            RespValue value = new RandomValues(new Random(seed)).resp2();
            assertThat(read(RandomValues.bytes(value, RespVersion.RESP2)))
                    .as("seed %d", seed)
                    .isEqualTo(value);
        }
    }

    @Test
    void aResp2ConnectionIsNeverToldAnythingThatOnlyResp3Has() {
        for (int seed = 0; seed < 3000; seed++) {
            RespValue value = new RandomValues(new Random(seed)).any();
            RespValue downgraded = read(RandomValues.bytes(value, RespVersion.RESP2));
            assertThat(downgraded.toString()).as("seed %d", seed).isNotNull();
            assertThat(speaksResp2(downgraded))
                    .as("seed %d: %s", seed, downgraded)
                    .isTrue();
        }
    }

    @Test
    void theArgumentsOfEveryCommandComeBackAsTheyWereWritten() {
        for (int seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            List<byte[]> arguments = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                byte[] argument = new byte[random.nextInt(30)];
                random.nextBytes(argument);
                arguments.add(argument);
            }
            ByteBuf out = Unpooled.buffer().writeZero(random.nextInt(3));
            int start = out.writerIndex();
            RespWriter.writeCommand(out, arguments);
            List<byte[]> read = READER.arguments(out, start, out.writerIndex());
            out.release();
            assertThat(read)
                    .as("seed %d", seed)
                    .usingElementComparator(Arrays::compare)
                    .isEqualTo(arguments);
        }
    }

    private static boolean speaksResp2(RespValue value) {
        if (value instanceof RespValue.Array array) {
            return array.elements().stream().allMatch(RoundTripTest::speaksResp2);
        }
        return value instanceof RespValue.SimpleString
                || value instanceof RespValue.SimpleError
                || value instanceof RespValue.Int64
                || value instanceof RespValue.Bulk
                || (value instanceof RespValue.Null nothing && nothing.form() != RespValue.Null.Form.PLAIN);
    }

    private static RespValue read(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            return READER.read(in, 0, bytes.length);
        } finally {
            in.release();
        }
    }
}
