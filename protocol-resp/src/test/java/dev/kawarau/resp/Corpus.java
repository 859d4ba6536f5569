package dev.kawarau.resp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames to test with, written as one writes them in a specification: {@code |} stands for CR LF. */
final class Corpus {
    static final List<byte[]> REQUESTS = frames(
            "*1|$4|PING|",
            "*3|$3|SET|$3|key|$0||",
            "*2|$3|GET|$13|*3|$1|+OK||",
            "*0|",
            "*-1|",
            "*-9223372036854775808|",
            "PING|",
            "PING\n",
            "SET \"a b\" 'c'|",
            "|",
            "\n",
            "   |",
            "*2|$4|ECHO|$26|abcdefghijklmnopqrstuvwxyz|",
            "*11|$4|MSET|$1|a|$1|1|$1|b|$1|2|$1|c|$1|3|$1|d|$1|4|$1|e|$1|5|",
            "*2|$4|ECHO|$300|" + "x\r\n".repeat(100) + "|",
            "ECHO " + "y".repeat(300) + "|");

    static final List<byte[]> REPLIES = frames(
            "+OK|",
            "+|",
            "-ERR no such key|",
            ":0|",
            ":-9223372036854775808|",
            "$-1|",
            "$0||",
            "$5|hello|",
            "$9|a||b\r\n\n|",
            "$120|" + "z".repeat(120) + "|",
            "*-1|",
            "*0|",
            "*2|$3|foo|:42|",
            "*3|*1|:1|*0|*2|*1|+a|-ERR b|",
            "_|",
            "#t|",
            "#f|",
            ",1.25|",
            ",-inf|",
            "(3492890328409238509324850943850943825024385|",
            "!21|SYNTAX invalid syntax|",
            "=15|txt:Some string|",
            "%2|+first|:1|+second|*1|:2|",
            "%0|",
            "~3|+orange|+apple|#t|",
            "~0|",
            ">3|+message|+channel|$2|hi|",
            "\\p1|+ttl|:3600|$5|value|",
            "\\p1|+a|*1|:1|\\p2|+b|%1|+c|+d|+e|#t|*2|:1|:2|",
            "*2|:1|\\p1|+ttl|:2|:3|",
            "\\p0|+OK|",
            "$?|;4|Hell|;6|o worl|;1|d|;0|",
            "$?|;0|",
            "*?|:1|*?|:2|.|$?|;1|a|;0|.|",
            "*?|.|",
            "%?|+a|:1|+b|%?|+c|+d|.|.|",
            "~?|:1|:2|.|",
            "+" + "long ".repeat(60) + "|");

    private Corpus() {}

    private static List<byte[]> frames(String... frames) {
        List<byte[]> all = new ArrayList<>();
        for (String frame : frames) {
            all.add(bytes(frame));
        }
        return List.copyOf(all);
    }

    /** Latin 1, with CR LF for {@code |} and {@code |} for {@code \p}. */
    static byte[] bytes(String frame) {
        return frame.replace("|", "\r\n").replace("\\p", "|").getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] join(List<byte[]> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        parts.forEach(out::writeBytes);
        return out.toByteArray();
    }

    static String show(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
