package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyScannerTest {
    private final ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "+OK|; +; -1",
                "-ERR|; -; -1",
                ":1|; :; -1",
                "$3|abc|; $; -1",
                "*2|:1|:2|; *; 2",
                "*0|; *; 0",
                "*-1|; *; -1",
                "*?|:1|.|; *; -1",
                "%1|+a|*2|:1|:2|; %; 1",
                "~2|:1|:2|; ~; 2",
                ">2|+message|*3|:1|:2|:3|; >; 2",
                "_|; _; -1",
            })
    void aReplyTellsItsTypeAndHowManyElementsItHas(String reply, char type, int elements) {
        assertThat(scanner.scan(bytes(reply))).isTrue();
        assertThat(scanner.type()).isEqualTo((byte) type);
        assertThat(scanner.valueOffset()).isZero();
        assertThat(scanner.elementCount()).isEqualTo(elements);
        assertThat(scanner.frameLength()).isEqualTo(Corpus.bytes(reply).length);
        assertThat(scanner.missingBytes()).isZero();
    }

    @Test
    void attributesAndTheirValueAreOneFrameOfTheValuesType() {
        ByteBuf in = bytes("\\p1|+ttl|*1|:1|\\p1|*0|%0|%1|+a|+b|+next|");
        assertThat(scanner.scan(in)).isTrue();
        assertThat(scanner.type()).isEqualTo((byte) '%');
        assertThat(scanner.elementCount()).isEqualTo(1);
        assertThat(in.getByte(scanner.valueOffset())).isEqualTo((byte) '%');
        assertThat(scanner.valueOffset()).isEqualTo(Corpus.bytes("\\p1|+ttl|*1|:1|\\p1|*0|%0|").length);
        in.skipBytes(scanner.frameLength());
        assertThat(scanner.scan(in)).isTrue();
        assertThat(scanner.type()).isEqualTo((byte) '+');
        assertThat(scanner.valueOffset()).isZero();
        assertThat(scanner.elementCount()).isEqualTo(-1);
    }

    @Test
    void attributesAloneAreNotAFrame() {
        assertThat(scanner.scan(bytes("\\p1|+ttl|:3600|"))).isFalse();
        assertThat(scanner.missingBytes()).isEqualTo("_||".length());
    }

    @Test
    void anAttributeOfAnElementIsNoElement() {
        assertThat(scanner.scan(bytes("*2|:1|\\p1|+ttl|:3600|"))).isFalse();
        assertThat(new ReplyScanner(RespLimits.DEFAULT).scan(bytes("*2|:1|\\p1|+ttl|:3600|:2|")))
                .isTrue();
    }

    @Test
    void anUnfinishedAggregateSaysAtLeastHowManyBytesItLacks() {
        assertThat(scanner.scan(bytes("*2|$100|abc"))).isFalse();
        assertThat(scanner.missingBytes()).isEqualTo(97 + 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?| => unknown reply type '?'",
                "\r\n| => unknown reply type ' '",
                "\u0001| => unknown reply type '\\x01'",
                "+OK\rx => malformed line after '+'",
                "$a| => malformed line after '$'",
                "$+1| => malformed line after '$'",
                "$-2| => invalid bulk length",
                "!-1| => invalid bulk length",
                "=-1| => invalid bulk length",
                "$536870913| => invalid bulk length",
                "$2|abcd => expected CRLF after bulk",
                "*-2| => invalid multibulk length",
                "%-1| => invalid multibulk length",
                "~-1| => invalid multibulk length",
                "*134217729| => invalid multibulk length",
                ">?| => malformed line after '>'",
                "\\p?| => malformed line after '\\p'",
                "$?xx => expected CRLF",
                ".| => unexpected end of an aggregate",
                "*1|.| => unexpected end of an aggregate",
                "%?|+a|.| => unexpected end of an aggregate",
                "*?|.xx => expected CRLF",
                ";1| => unexpected chunk of a string",
                "$?|+a| => expected ';', got '+'",
                "$?|;-1| => invalid bulk length"
            })
    void whatIsNoReplyIsRefused(String inputAndMessage) {
        String reply = inputAndMessage.split(" => ", 2)[0];
        String message = inputAndMessage.split(" => ", 2)[1];
        assertThatThrownBy(() -> scanner.scan(bytes(reply)))
                .isInstanceOf(RespProtocolException.class)
                .hasMessage("Protocol error: " + message.replace("\\p", "|"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1|", "*?|", "%1|:1|", "%?|:1|", "~1|", ">1|", "\\p1|:1|:1|", "\\p1|:1|"})
    void nestingIsAsDeepAsTheLimitOrRefused(String level) {
        RespLimits limits = RespLimits.DEFAULT.withMaxDepth(20);
        assertThat(new ReplyScanner(limits).scan(bytes(level.repeat(20)))).isFalse();
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes(level.repeat(21))))
                .hasMessage("Protocol error: too deep nesting");
    }

    @Test
    void theChunksOfAStringTogetherAreNoLongerThanABulk() {
        RespLimits limits = RespLimits.DEFAULT.withMaxBulkBytes(6);
        assertThat(new ReplyScanner(limits).scan(bytes("*2|$?|;4|abcd|;2|ef|;0|$?|;6|abcdef|;0|")))
                .isTrue();
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes("$?|;4|abcd|;3|")))
                .hasMessage("Protocol error: invalid bulk length");
    }

    @Test
    void aMapMayHaveAsManyEntriesAsThereMayBeElements() {
        RespLimits limits = RespLimits.DEFAULT.withMaxElements(2);
        assertThat(new ReplyScanner(limits).scan(bytes("%2|:1|:2|:3|:4|"))).isTrue();
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes("%3|")))
                .hasMessage("Protocol error: invalid multibulk length");
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes("*3|")))
                .hasMessage("Protocol error: invalid multibulk length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$14|", "$14|12345678901234|", "*6|", "*2|$8|", "+12345678901234567|"})
    void aReplyThatMustGrowBeyondTheLimitIsRefused(String reply) {
        RespLimits limits = RespLimits.DEFAULT.withMaxFrameBytes(19);
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes(reply)))
                .hasMessage("Protocol error: too big reply");
        assertThat(new ReplyScanner(limits).scan(bytes("$12|123456789012|"))).isTrue();
    }

    @Test
    void aLineLongerThanTheLimitIsRefusedWhileItGrows() {
        RespLimits limits = RespLimits.DEFAULT.withMaxInlineBytes(20).withMaxBulkBytes(30);
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes(":" + "1".repeat(20))))
                .hasMessage("Protocol error: too big line");
        assertThat(new ReplyScanner(limits).scan(bytes("+" + "1".repeat(29)))).isFalse();
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes("+" + "1".repeat(30))))
                .hasMessage("Protocol error: too big line");
        assertThatThrownBy(() -> new ReplyScanner(limits).scan(bytes("$" + "1".repeat(20))))
                .hasMessage("Protocol error: too big length");
    }

    private static ByteBuf bytes(String reply) {
        return Unpooled.buffer().writeBytes(Corpus.bytes(reply));
    }
}
