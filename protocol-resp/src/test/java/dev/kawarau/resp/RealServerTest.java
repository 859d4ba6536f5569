package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The codec and a real Redis say the same about the same bytes. */
class RealServerTest {
    private static final RespReader READER = new RespReader(RespLimits.DEFAULT);
    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start("--enable-debug-command", "yes");
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*1|:4|PING|",
                "*1||",
                "*1|\n|",
                "*1|\"|",
                "*1|$-1|",
                "*1|$|",
                "*1|$01|",
                "*1|$+4|",
                "*1|$4 |",
                "*1|$536870913|",
                "*1|$4\n|PING|",
                "*2|$4|PING|+OK|",
                "*|",
                "*+1|",
                "*01|",
                "*-0|",
                "*--1|",
                "*x|",
                "* 1|",
                "*1 |",
                "*2147483648|",
                "*9223372036854775808|",
                "*-9223372036854775809|",
                "\"abc|",
                "\"abc\"d|",
                "'ab\\'c|",
                "'a'b|",
                "PING \"|"
            })
    void aMalformedRequestIsRefusedInTheWordsOfTheServer(String request) throws IOException {
        byte[] bytes = Corpus.bytes(request);
        assertThat(answerOfServer(bytes)).startsWith("-ERR Protocol error").isEqualTo(answerOfCodec(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*1|$", "x"})
    void aLineThatDoesNotEndIsRefusedInTheWordsOfTheServer(String start) throws IOException {
        byte[] bytes = Corpus.bytes(start + "1".repeat(65_536));
        String server;
        try (RedisConversation conversation = new RedisConversation(redis.port())) {
            server = conversation.sayOnly(bytes);
        }
        assertThat(server).startsWith("-ERR Protocol error: too big").isEqualTo(answerOfCodec(bytes));
    }

    @Test
    void numbersAreReadAsTheServerReadsThem() throws IOException {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            String number = number(random);
            boolean bulk = random.nextBoolean();
            String rest = bulk ? "x".repeat(30) : "";
            byte[] bytes = Corpus.bytes((bulk ? "*1|$" : "*") + number + "|" + rest);
            String codec = answerOfCodec(bytes);
            if (codec.isEmpty() && !bytesAreWholeRequests(bytes)) {
                // Valid, so the server takes the following bytes for arguments, and never gets to answer.
                continue;
            }
            assertThat(answerOfServer(bytes))
                    .as("seed %d: %s", seed, Corpus.show(bytes))
                    .isEqualTo(codec);
        }
    }

    @Test
    void inlineRequestsAreSplitAsTheServerSplitsThem() throws IOException {
        RedisConversation conversation = new RedisConversation(redis.port());
        int split = 0;
        for (int seed = 0; seed < 3000; seed++) {
            byte[] line = Corpus.bytes("EVAL 'return ARGV' 0 " + line(new Random(seed)) + "|");
            String server = conversation.say(line);
            assertThat(splitByCodec(line))
                    .as("seed %d: %s", seed, Corpus.show(line))
                    .isEqualTo(server);
            if (server.startsWith("-")) {
                conversation.close();
                conversation = new RedisConversation(redis.port());
            } else {
                split++;
            }
        }
        conversation.close();
        assertThat(split).isBetween(500, 2900);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "string",
                "integer",
                "double",
                "null",
                "array",
                "set",
                "map",
                "attrib",
                "bignum",
                "true",
                "false",
                "verbatim"
            })
    void whatResp2LacksIsWrittenAsTheServerWritesIt(String type) throws IOException {
        byte[] ask = Corpus.bytes("DEBUG PROTOCOL " + type + "|");
        String resp3;
        String resp2;
        try (RedisConversation conversation = new RedisConversation(redis.port())) {
            resp2 = conversation.say(ask);
            conversation.say(Corpus.bytes("HELLO 3|"));
            resp3 = conversation.say(ask);
        }
        RespValue value = read(resp3);
        assertThat(Corpus.show(RandomValues.bytes(value, RespVersion.RESP3))).isEqualTo(resp3);
        assertThat(Corpus.show(RandomValues.bytes(value, RespVersion.RESP2))).isEqualTo(resp2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HELLO 3", "COMMAND", "CONFIG GET *", "CLIENT TRACKINGINFO", "ACL LIST"})
    void repliesOfTheServerAreFoundReadAndWrittenBackAsTheyWere(String command) throws IOException {
        String reply;
        try (RedisConversation conversation = new RedisConversation(redis.port())) {
            conversation.say(Corpus.bytes("HELLO 3|"));
            reply = conversation.say(Corpus.bytes(command + "|"));
        }
        byte[] bytes = reply.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(frameLength(bytes)).isEqualTo(bytes.length);
        assertThat(RandomValues.bytes(read(reply), RespVersion.RESP3)).isEqualTo(bytes);
    }

    @Test
    void aPushOfTheServerIsAFrameOfItsOwn() throws IOException {
        String pushAndReply;
        try (RedisConversation conversation = new RedisConversation(redis.port())) {
            conversation.say(Corpus.bytes("HELLO 3|"));
            pushAndReply = conversation.say(Corpus.bytes("DEBUG PROTOCOL push|"));
        }
        int end = frameLength(pushAndReply.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(read(pushAndReply.substring(0, end))).isInstanceOf(RespValue.Push.class);
    }

    private static int frameLength(byte[] bytes) {
        ReplyScanner scanner = new ReplyScanner(RespLimits.DEFAULT);
        assertThat(scanner.scan(Unpooled.wrappedBuffer(bytes))).isTrue();
        return scanner.frameLength();
    }

    private static String answerOfServer(byte[] bytes) throws IOException {
        try (RedisConversation conversation = new RedisConversation(redis.port())) {
            return conversation.say(bytes);
        }
    }

    /** The error that ends the connection, or nothing if every request in these bytes is well-formed. */
    private static String answerOfCodec(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        try {
            while (in.isReadable() && scanner.scan(in)) {
                int start = in.readerIndex();
                READER.arguments(in, start, start + scanner.frameLength());
                in.skipBytes(scanner.frameLength());
            }
            return "";
        } catch (RespProtocolException e) {
            return "-ERR " + e.getMessage() + "\r\n";
        }
    }

    private static boolean bytesAreWholeRequests(byte[] bytes) {
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        return scanner.scan(Unpooled.wrappedBuffer(bytes)) && scanner.frameLength() == bytes.length;
    }

    private static String splitByCodec(byte[] line) {
        try {
            List<byte[]> arguments = InlineParser.parse(Unpooled.wrappedBuffer(line), 0, line.length);
            List<RespValue> own = arguments.subList(3, arguments.size()).stream()
                    .map(RespValue::bulk)
                    .toList();
            return Corpus.show(RandomValues.bytes(RespValue.array(own), RespVersion.RESP2));
        } catch (RespProtocolException e) {
            return "-ERR " + e.getMessage() + "\r\n";
        }
    }

    private static String number(Random random) {
        StringBuilder number = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            number.append("0123456789-- +x".charAt(random.nextInt(15)));
        }
        return random.nextInt(10) == 0 ? number + "9".repeat(random.nextInt(20)) : number.toString();
    }

    private static String line(Random random) {
        String alphabet = "aab\"\"''\\\\xx4fnrt  \t\u000b\f\r\u00e9#";
        StringBuilder line = new StringBuilder();
        for (int i = random.nextInt(14); i > 0; i--) {
            line.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return line.toString();
    }

    private static RespValue read(String reply) {
        byte[] bytes = reply.getBytes(StandardCharsets.ISO_8859_1);
        return READER.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
    }
}
