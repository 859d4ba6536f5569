package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RespReaderTest {
    private static final RespReader READER = new RespReader(RespLimits.DEFAULT);

    @Test
    void everyTypeOfTheSpecificationsIsRead() {
        assertThat(read("+OK|")).isEqualTo(RespValue.ok());
        assertThat(read("-ERR no|")).isEqualTo(RespValue.error("ERR no"));
        assertThat(read(":-5|")).isEqualTo(RespValue.integer(-5));
        assertThat(read(":+5|")).isEqualTo(RespValue.integer(5));
        assertThat(read("$2|\r\n|")).isEqualTo(RespValue.bulk("\r\n"));
        assertThat(read("$-1|")).isEqualTo(RespValue.nil());
        assertThat(read("*-1|")).isEqualTo(RespValue.nilArray());
        assertThat(read("_|")).isEqualTo(new RespValue.Null(RespValue.Null.Form.PLAIN));
        assertThat(read("#t|")).isEqualTo(RespValue.bool(true));
        assertThat(read(",-1.5e3|")).isEqualTo(RespValue.number(-1500.0));
        assertThat(read(",inf|")).isEqualTo(RespValue.number(Double.POSITIVE_INFINITY));
        assertThat(read(",nan|")).isEqualTo(RespValue.number(Double.NaN));
        assertThat(read("(-12345678901234567890|")).isEqualTo(new RespValue.BigNumber("-12345678901234567890"));
        assertThat(read("!5|ERR a|")).isEqualTo(new RespValue.BulkError(Bytes.of("ERR a")));
        assertThat(read("=6|txt:hi|")).isEqualTo(new RespValue.Verbatim("txt", Bytes.of("hi")));
        assertThat(read("*2|:1|*0|")).isEqualTo(RespValue.array(RespValue.integer(1), RespValue.array()));
        assertThat(read("~1|:1|")).isEqualTo(RespValue.set(RespValue.integer(1)));
        assertThat(read(">1|:1|")).isEqualTo(RespValue.push(RespValue.integer(1)));
        assertThat(read("%1|:1|:2|"))
                .isEqualTo(RespValue.map(RespValue.entry(RespValue.integer(1), RespValue.integer(2))));
        assertThat(read("\\p1|:1|:2|:3|"))
                .isEqualTo(new RespValue.Attributed(
                        List.of(RespValue.entry(RespValue.integer(1), RespValue.integer(2))), RespValue.integer(3)));
    }

    @Test
    void streamsAreReadAsWhatTheyStreamed() {
        assertThat(read("$?|;4|Hell|;6|o worl|;1|d|;0|")).isEqualTo(RespValue.bulk("Hello world"));
        assertThat(read("*?|:1|*?|.|.|")).isEqualTo(read("*2|:1|*0|"));
        assertThat(read("~?|:1|.|")).isEqualTo(read("~1|:1|"));
        assertThat(read("%?|:1|:2|:1|:3|.|")).isEqualTo(read("%2|:1|:2|:1|:3|"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                ":|; invalid number",
                ":1a|; invalid number",
                ":9223372036854775808|; invalid number",
                "#x|; invalid boolean",
                "#|; invalid boolean",
                "_x|; invalid null",
                ",|; invalid double",
                ",0x1p3|; invalid double",
                ",1f|; invalid double",
                ", 1|; invalid double",
                ",1e|; invalid double",
                ",Infinity|; invalid double",
                "(1.5|; invalid big number",
                "(-|; invalid big number",
                "=3|txt|; invalid verbatim string",
                "=4|txt.|; invalid verbatim string",
                "=4|t t:|; invalid verbatim string",
                "+OK|+OK|; bytes after the end of a frame",
                "*2|:1|; unexpected end of a frame",
                "$5|abc; unexpected end of a frame",
                "+OK; unexpected end of a frame",
            })
    void whatIsNoValueIsRefused(String value, String message) {
        assertThatThrownBy(() -> read(value))
                .isInstanceOf(RespProtocolException.class)
                .hasMessage("Protocol error: " + message);
    }

    @Test
    void readingStartsAndEndsWhereItIsToldAndMovesNothing() {
        ByteBuf in = bytes("xx+OK|yy");
        assertThat(READER.read(in, 2, 7)).isEqualTo(RespValue.ok());
        assertThat(in.readerIndex()).isZero();
    }

    @Test
    void theArgumentsOfARequestAreRead() {
        assertThat(arguments("*3|$3|SET|$0||$3|a\r\n|")).containsExactly("SET", "", "a\r\n");
        assertThat(arguments("SET 'a b' \"\\x41\"|")).containsExactly("SET", "a b", "A");
        assertThat(arguments("*0|")).isEmpty();
        assertThat(arguments("|")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1|$4|PING|x", "*1|$4|PING", "PING|PING|", "PING", "", "*1|:1|"})
    void argumentsAreThoseOfExactlyOneRequest(String request) {
        assertThatThrownBy(() -> arguments(request)).isInstanceOf(RespProtocolException.class);
    }

    @Test
    void requestsFromTheMiddleOfABufferAreReadWithoutMovingAnything() {
        ByteBuf in = bytes("xx*1|$4|PING|yy");
        assertThat(READER.arguments(in, 2, in.writerIndex() - 2))
                .containsExactly("PING".getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readerIndex()).isZero();
    }

    @Test
    void aDecodedValueOutlivesItsBuffer() {
        ByteBuf in = bytes("$5|hello|");
        RespValue value = READER.read(in, 0, in.writerIndex());
        in.setZero(0, in.writerIndex()).release();
        assertThat(value).isEqualTo(RespValue.bulk("hello"));
    }

    private static List<String> arguments(String request) {
        byte[] bytes = Corpus.bytes(request);
        return READER.arguments(Unpooled.wrappedBuffer(bytes), 0, bytes.length).stream()
                .map(Corpus::show)
                .toList();
    }

    private static RespValue read(String value) {
        byte[] bytes = Corpus.bytes(value);
        return READER.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.buffer().writeBytes(Corpus.bytes(text));
    }
}
