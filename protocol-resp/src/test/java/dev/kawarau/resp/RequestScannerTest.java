package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestScannerTest {
    private final RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);

    @Test
    void aRequestTellsWhereItEndsAndWhereItsFirstTwoArgumentsAre() {
        ByteBuf in = bytes("*3|$6|CLIENT|$7|SETNAME|$2|me|*1|");

        assertThat(scanner.scan(in)).isTrue();
        assertThat(scanner.frameLength()).isEqualTo("*3||$6||CLIENT||$7||SETNAME||$2||me||".length());
        assertThat(scanner.inline()).isFalse();
        assertThat(scanner.argumentCount()).isEqualTo(3);
        assertThat(text(in, scanner.nameOffset(), scanner.nameLength())).isEqualTo("CLIENT");
        assertThat(text(in, scanner.secondOffset(), scanner.secondLength())).isEqualTo("SETNAME");
        assertThat(scanner.missingBytes()).isZero();
        assertThat(in.readerIndex()).isZero();
    }

    @Test
    void aRequestOfOneArgumentHasNoSecond() {
        assertThat(scanner.scan(bytes("*1|$4|PING|"))).isTrue();
        assertThat(scanner.secondOffset()).isEqualTo(-1);
        assertThat(scanner.secondLength()).isEqualTo(-1);
    }

    @Test
    void factsOfOneRequestDoNotLeakIntoTheNext() {
        ByteBuf in = bytes("*2|$3|GET|$1|k|PING|*0|");
        scanner.scan(in);
        in.skipBytes(scanner.frameLength());

        assertThat(scanner.scan(in)).isTrue();
        assertThat(scanner.inline()).isTrue();
        assertThat(scanner.argumentCount()).isEqualTo(-1);
        assertThat(scanner.nameOffset()).isEqualTo(-1);
        assertThat(scanner.secondOffset()).isEqualTo(-1);
        in.skipBytes(scanner.frameLength());

        assertThat(scanner.scan(in)).isTrue();
        assertThat(scanner.inline()).isFalse();
        assertThat(scanner.argumentCount()).isZero();
        assertThat(scanner.nameOffset()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*0|", "*-1|", "*-7|", "|", "\n"})
    void anEmptyRequestIsAFrameWithoutArguments(String request) {
        assertThat(scanner.scan(bytes(request))).isTrue();
        assertThat(scanner.frameLength()).isEqualTo(Corpus.bytes(request).length);
        assertThat(scanner.argumentCount()).isZero();
    }

    @Test
    void nothingIsNoRequestYet() {
        assertThat(scanner.scan(Unpooled.EMPTY_BUFFER)).isFalse();
        assertThat(scanner.missingBytes()).isEqualTo(1);
    }

    @Test
    void anUnfinishedBulkSaysHowManyBytesItLacks() {
        assertThat(scanner.scan(bytes("*2|$3|GET|$1000|abc"))).isFalse();
        assertThat(scanner.missingBytes()).isEqualTo(997 + 2);
    }

    @Test
    void anEmptyArgumentIsAnArgument() {
        assertThat(scanner.scan(bytes("*2|$0||$0||"))).isTrue();
        assertThat(scanner.nameLength()).isZero();
        assertThat(scanner.secondLength()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*1|:4|PING| => expected '$', got ':'",
                "*1|| => expected '$', got ' '",
                "*1|\u00e9 => expected '$', got '\\xe9'",
                "*| => invalid multibulk length",
                "*+1| => invalid multibulk length",
                "*01| => invalid multibulk length",
                "*-0| => invalid multibulk length",
                "* 1| => invalid multibulk length",
                "*1 | => invalid multibulk length",
                "*1\r1 => invalid multibulk length",
                "*9223372036854775808| => invalid multibulk length",
                "*-9223372036854775809| => invalid multibulk length",
                "*18446744073709551617| => invalid multibulk length",
                "*1048577| => invalid multibulk length",
                "*1|$-1| => invalid bulk length",
                "*1|$| => invalid bulk length",
                "*1|$?| => invalid bulk length",
                "*1|$4294967297| => invalid bulk length",
                "*1|$536870913| => invalid bulk length",
                "*1|$4|PINGxx => expected CRLF after bulk",
                "*1|$4|PING\r\r => expected CRLF after bulk"
            })
    void whatIsNoRequestIsRefused(String inputAndMessage) {
        String request = inputAndMessage.split(" => ", 2)[0];
        String message = inputAndMessage.split(" => ", 2)[1];
        assertThatThrownBy(() -> scanner.scan(bytes(request)))
                .isInstanceOf(RespProtocolException.class)
                .hasMessage("Protocol error: " + message);
    }

    @Test
    void aRefusedRequestStaysRefused() {
        ByteBuf in = bytes("*1|$-5|");
        assertThatThrownBy(() -> scanner.scan(in)).isInstanceOf(RespProtocolException.class);
        assertThatThrownBy(() -> scanner.scan(in)).isInstanceOf(RespProtocolException.class);
    }

    @ParameterizedTest
    @CsvSource({"*, mbulk count string", "*1|$, bulk count string", "x, inline request"})
    void aLineThatDoesNotEndIsRefusedOnceItIsTooLong(String start, String what) {
        ByteBuf in = bytes(start);
        int before = in.writerIndex() - 1;
        in.writeBytes(new byte[65_535]);
        assertThat(scanner.scan(in)).isFalse();
        assertThat(in.writerIndex() - before).isEqualTo(65_536);

        in.writeByte('1');
        assertThatThrownBy(() -> scanner.scan(in)).hasMessage("Protocol error: too big " + what);
    }

    @Test
    void anInlineRequestIsAsLongAsTheLimitOrRefused() {
        RespLimits limits = RespLimits.DEFAULT.withMaxInlineBytes(10);
        assertThat(new RequestScanner(limits).scan(bytes("123456789|"))).isTrue();
        assertThatThrownBy(() -> new RequestScanner(limits).scan(bytes("1234567890|")))
                .hasMessage("Protocol error: too big inline request");
    }

    @Test
    void moreArgumentsThanTheLimitAreRefused() {
        RespLimits limits = RespLimits.DEFAULT.withMaxArguments(2);
        assertThat(new RequestScanner(limits).scan(bytes("*2|$1|a|$1|b|"))).isTrue();
        assertThatThrownBy(() -> new RequestScanner(limits).scan(bytes("*3|")))
                .hasMessage("Protocol error: invalid multibulk length");
    }

    @Test
    void aBulkLongerThanTheLimitIsRefusedByItsHeader() {
        RespLimits limits = RespLimits.DEFAULT.withMaxBulkBytes(4);
        assertThat(new RequestScanner(limits).scan(bytes("*1|$4|PING|"))).isTrue();
        assertThatThrownBy(() -> new RequestScanner(limits).scan(bytes("*1|$5|")))
                .hasMessage("Protocol error: invalid bulk length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1|$12|123456789012|", "*1|$12|", "*4|", "*4|$1|a|$", "123456789012345678|"})
    void aRequestThatMustGrowBeyondTheLimitIsRefusedAtOnce(String request) {
        RespLimits limits = RespLimits.DEFAULT.withMaxFrameBytes(19);
        assertThatThrownBy(() -> new RequestScanner(limits).scan(bytes(request)))
                .hasMessage("Protocol error: too big request");
        assertThat(new RequestScanner(limits).scan(bytes("*1|$8|12345678|"))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void aSliceThatWaitsToBeSentIsNotDisturbed(ByteBuf in) {
        in.writeBytes(Corpus.bytes("*1|$4|PING|*2|$3|GET|$1|k|"));
        scanner.scan(in);
        ByteBuf slice = in.readRetainedSlice(scanner.frameLength());
        // This is how Netty's outbound queue holds what it is about to send.
        ByteBuffer waiting = slice.internalNioBuffer(slice.readerIndex(), slice.readableBytes());
        ByteBuffer before = waiting.duplicate();

        scanner.scan(in);

        assertThat(waiting).isEqualTo(before);
        assertThat(waiting.position()).isEqualTo(before.position());
        slice.release();
        in.release();
    }

    static Stream<ByteBuf> buffers() {
        return Stream.of(
                        new AdaptiveByteBufAllocator(),
                        PooledByteBufAllocator.DEFAULT,
                        UnpooledByteBufAllocator.DEFAULT)
                .flatMap(allocator -> Stream.of(allocator.heapBuffer(), allocator.directBuffer()));
    }

    @Test
    void theReaderIndexNeedNotBeZero() {
        ByteBuf in = bytes("xyz*1|$4|PING|").skipBytes(3);
        assertThat(scanner.scan(in)).isTrue();
        assertThat(scanner.nameOffset()).isEqualTo("*1||$4||".length());
        assertThat(in.readerIndex()).isEqualTo(3);
    }

    private static ByteBuf bytes(String request) {
        return Unpooled.buffer().writeBytes(Corpus.bytes(request));
    }

    private static String text(ByteBuf in, int offset, int length) {
        return in.toString(in.readerIndex() + offset, length, StandardCharsets.US_ASCII);
    }
}
