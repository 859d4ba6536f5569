package dev.kawarau.benchmark.chaos;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** The little of RESP that a client writes. */
final class Resp {
    private Resp() {}

    /** As in {@code *3} or {@code $17}, with its line end. */
    static void header(ByteBuf out, char type, int number) {
        out.writeByte(type);
        int unit = 1;
        while (number / unit >= 10) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            out.writeByte('0' + number / unit % 10);
        }
        out.writeByte('\r').writeByte('\n');
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The bytes of a bulk string with its header. */
    static byte[] bulk(String text) {
        return ascii("$" + text.length() + "\r\n" + text + "\r\n");
    }

    /** The bytes of a whole command. */
    static byte[] command(String... words) {
        StringBuilder frame = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            frame.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return ascii(frame.toString());
    }
}
