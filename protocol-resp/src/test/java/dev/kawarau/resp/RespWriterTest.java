package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RespWriterTest {
    private static final RespValue ONE = RespValue.integer(1);
    private static final RespValue TWO = RespValue.integer(2);

    @Test
    void resp3SaysEverythingAsItIs() {
        assertThat(resp3(RespValue.map(RespValue.entry(ONE, TWO)))).isEqualTo("%1|:1|:2|");
        assertThat(resp3(RespValue.set(ONE))).isEqualTo("~1|:1|");
        assertThat(resp3(RespValue.push(ONE))).isEqualTo(">1|:1|");
        assertThat(resp3(RespValue.nil())).isEqualTo("_|");
        assertThat(resp3(RespValue.nilArray())).isEqualTo("_|");
        assertThat(resp3(RespValue.bool(true))).isEqualTo("#t|");
        assertThat(resp3(new RespValue.BulkError(Bytes.of("ERR a")))).isEqualTo("!5|ERR a|");
        assertThat(resp3(new RespValue.Verbatim("txt", Bytes.of("hi")))).isEqualTo("=6|txt:hi|");
        assertThat(resp3(attributed())).isEqualTo("\\1|:1|:2|+OK|");
    }

    @Test
    void resp2SaysWhatItCanInstead() {
        assertThat(resp2(RespValue.map(RespValue.entry(ONE, RespValue.map(RespValue.entry(TWO, ONE))))))
                .isEqualTo("*2|:1|*2|:2|:1|");
        assertThat(resp2(RespValue.set(ONE))).isEqualTo("*1|:1|");
        assertThat(resp2(RespValue.push(ONE))).isEqualTo("*1|:1|");
        assertThat(resp2(new RespValue.Null(RespValue.Null.Form.PLAIN))).isEqualTo("$-1|");
        assertThat(resp2(RespValue.nil())).isEqualTo("$-1|");
        assertThat(resp2(RespValue.nilArray())).isEqualTo("*-1|");
        assertThat(resp2(RespValue.bool(true))).isEqualTo(":1|");
        assertThat(resp2(RespValue.bool(false))).isEqualTo(":0|");
        assertThat(resp2(RespValue.number(1.5))).isEqualTo("$3|1.5|");
        assertThat(resp2(new RespValue.BigNumber("-12"))).isEqualTo("$3|-12|");
        assertThat(resp2(new RespValue.BulkError(Bytes.of("ERR a\r\nb")))).isEqualTo("-ERR a  b|");
        assertThat(resp2(new RespValue.Verbatim("txt", Bytes.of("hi")))).isEqualTo("$2|hi|");
        assertThat(resp2(attributed())).isEqualTo("+OK|");
    }

    @Test
    void aLineEndInALineBecomesASpace() {
        assertThat(resp2(RespValue.simple("a\r\nb\nc\r"))).isEqualTo("+a  b c |");
        assertThat(resp3(RespValue.error("ERR a\r\n+OK"))).isEqualTo("-ERR a  +OK|");
        ByteBuf out = Unpooled.buffer();
        RespWriter.writeError(out, "ERR \u00e9\n");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("-ERR \u00e9 \r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, -0",
        "3, 3",
        "-17, -17",
        "3.25, 3.25",
        "1e16, 10000000000000000",
        "1e300, 1.0e300",
        "Infinity, inf",
        "-Infinity, -inf",
        "NaN, nan",
        "0.1, 0.1"
    })
    void aDoubleIsWrittenAsRedisReadsOne(double value, String text) {
        assertThat(resp3(RespValue.number(value))).isEqualTo("," + text + "|");
    }

    @ParameterizedTest
    @CsvSource({"0", "9", "10", "99", "100", "-1", "9223372036854775807", "-9223372036854775808"})
    void anIntegerIsWrittenInDecimal(long value) {
        assertThat(resp2(RespValue.integer(value))).isEqualTo(":" + value + "|");
    }

    @Test
    void aCommandIsAnArrayOfBulks() {
        ByteBuf out = Unpooled.buffer();
        RespWriter.writeCommand(out, "SET", "k\u00e9", "");
        RespWriter.writeCommand(out, List.of(new byte[] {'G'}, new byte[] {0}));
        RespWriter.writeCommandHeader(out, 1);
        ByteBuf argument =
                Unpooled.copiedBuffer("xPING", StandardCharsets.US_ASCII).skipBytes(1);
        RespWriter.writeArgument(out, argument);

        assertThat(out.toString(StandardCharsets.UTF_8).replace("\r\n", "|"))
                .isEqualTo("*3|$3|SET|$3|k\u00e9|$0||*2|$1|G|$1|\0|*1|$4|PING|");
        assertThat(argument.readableBytes()).isEqualTo(4);
    }

    @Test
    void aValueIsAppended() {
        ByteBuf out = Unpooled.buffer(1).writeByte('x');
        RespWriter.write(out, RespValue.bulk("ab"), RespVersion.RESP2);
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("x$2\r\nab\r\n");
    }

    private static RespValue attributed() {
        return new RespValue.Attributed(List.of(RespValue.entry(ONE, TWO)), RespValue.ok());
    }

    private static String resp2(RespValue value) {
        return Corpus.show(RandomValues.bytes(value, RespVersion.RESP2)).replace("\r\n", "|");
    }

    private static String resp3(RespValue value) {
        return Corpus.show(RandomValues.bytes(value, RespVersion.RESP3))
                .replace("|", "\\")
                .replace("\r\n", "|");
    }
}
