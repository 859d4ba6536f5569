package dev.kawarau.resp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Decodes one frame, once. It goes down by recursion, no deeper than the limit on depth allows. */
final class RespValueParser {
    private static final int SMALLEST_VALUE = "_\r\n".length();

    private final FrameCursor cursor;
    private final RespLimits limits;
    private int at;
    private int depth;

    RespValueParser(FrameCursor cursor, RespLimits limits) {
        this.cursor = cursor;
        this.limits = limits;
    }

    RespValue frame() {
        if (cursor.length() > limits.maxFrameBytes()) {
            throw error("too big reply");
        }
        RespValue value = value();
        if (at != cursor.length()) {
            throw error("bytes after the end of a frame");
        }
        return value;
    }

    private byte next() {
        if (at >= cursor.length()) {
            throw unfinished();
        }
        return cursor.get(at);
    }

    private RespValue value() {
        byte type = next();
        at++;
        return switch (type) {
            case '+' -> new RespValue.SimpleString(Bytes.owning(line(limits.maxBulkBytes())));
            case '-' -> new RespValue.SimpleError(Bytes.owning(line(limits.maxBulkBytes())));
            case ':' -> new RespValue.Int64(int64(numberLine()));
            case ',' -> new RespValue.Float64(float64(numberLine()));
            case '(' -> bigNumber(numberLine());
            case '#' -> bool(numberLine());
            case '_' -> nothing(numberLine());
            case '$' -> bulk();
            case '!' -> new RespValue.BulkError(Bytes.owning(payload(number())));
            case '=' -> verbatim(payload(number()));
            case '*' -> array();
            case '~' -> new RespValue.Set(streamed() ? elementsUntilEnd() : elements(count()));
            case '>' -> new RespValue.Push(elements(count()));
            case '%' -> new RespValue.Map(streamed() ? entriesUntilEnd() : entries(count()));
            case '|' -> attributed();
            default -> throw error("unknown reply type '" + RespProtocolException.show(type) + "'");
        };
    }

    private RespValue bulk() {
        if (streamed()) {
            return new RespValue.Bulk(Bytes.owning(chunks()));
        }
        long length = number();
        return length == -1
                ? new RespValue.Null(RespValue.Null.Form.BULK)
                : new RespValue.Bulk(Bytes.owning(payload(length)));
    }

    private RespValue array() {
        if (streamed()) {
            return new RespValue.Array(elementsUntilEnd());
        }
        long count = number();
        return count == -1
                ? new RespValue.Null(RespValue.Null.Form.ARRAY)
                : new RespValue.Array(elements(checkCount(count)));
    }

    private RespValue attributed() {
        int count = count();
        enter();
        List<RespValue.Entry> attributes = entriesHere(count);
        RespValue value = value();
        leave();
        return new RespValue.Attributed(attributes, value);
    }

    private List<RespValue> elements(int count) {
        List<RespValue> elements = new ArrayList<>(capacity(count));
        if (count > 0) {
            enter();
            for (int i = 0; i < count; i++) {
                elements.add(value());
            }
            leave();
        }
        return elements;
    }

    private List<RespValue> elementsUntilEnd() {
        List<RespValue> elements = new ArrayList<>();
        enter();
        while (next() != '.') {
            elements.add(value());
        }
        endOfStream();
        return elements;
    }

    private List<RespValue.Entry> entries(int count) {
        if (count == 0) {
            return List.of();
        }
        enter();
        List<RespValue.Entry> entries = entriesHere(count);
        leave();
        return entries;
    }

    private List<RespValue.Entry> entriesHere(int count) {
        List<RespValue.Entry> entries = new ArrayList<>(capacity(2 * count) / 2);
        for (int i = 0; i < count; i++) {
            entries.add(entry());
        }
        return entries;
    }

    private List<RespValue.Entry> entriesUntilEnd() {
        List<RespValue.Entry> entries = new ArrayList<>();
        enter();
        while (next() != '.') {
            entries.add(entry());
        }
        endOfStream();
        return entries;
    }

    private RespValue.Entry entry() {
        RespValue key = value();
        return new RespValue.Entry(key, value());
    }

    private void endOfStream() {
        at++;
        crLf();
        leave();
    }

    /** As many as are said to come, but never more than the bytes at hand can hold. */
    private int capacity(int count) {
        return Math.min(count, (cursor.length() - at) / SMALLEST_VALUE);
    }

    private void enter() {
        if (depth == limits.maxDepth()) {
            throw error("too deep nesting");
        }
        depth++;
    }

    private void leave() {
        depth--;
    }

    /** Whether this is the header of a stream; if so it is skipped. */
    private boolean streamed() {
        if (next() != '?') {
            return false;
        }
        at++;
        crLf();
        return true;
    }

    private byte[] chunks() {
        enter();
        byte[] joined = new byte[0];
        int length = 0;
        while (true) {
            if (next() != ';') {
                throw error("expected ';', got '" + RespProtocolException.show(next()) + "'");
            }
            at++;
            long more = number();
            if (more == 0) {
                leave();
                return Arrays.copyOf(joined, length);
            }
            if (more > limits.maxBulkBytes() - length) {
                throw error("invalid bulk length");
            }
            byte[] chunk = payload(more);
            if (length + chunk.length > joined.length) {
                joined = Arrays.copyOf(joined, (int) Math.min(2L * (length + chunk.length), limits.maxBulkBytes()));
            }
            System.arraycopy(chunk, 0, joined, length, chunk.length);
            length += chunk.length;
        }
    }

    private byte[] payload(long length) {
        if (length < 0 || length > limits.maxBulkBytes()) {
            throw error("invalid bulk length");
        }
        if (at + length + 2 > cursor.length()) {
            throw unfinished();
        }
        byte[] payload = cursor.copy(at, (int) length);
        at += payload.length;
        crLf();
        return payload;
    }

    private void crLf() {
        if (at + 2 > cursor.length()) {
            throw unfinished();
        }
        if (!cursor.crLfAt(at)) {
            throw error("expected CRLF");
        }
        at += 2;
    }

    private int count() {
        return checkCount(number());
    }

    private int checkCount(long count) {
        if (count < 0 || count > limits.maxElements()) {
            throw error("invalid multibulk length");
        }
        return (int) count;
    }

    private long number() {
        at = ended(cursor.number(at, limits.maxInlineBytes()));
        return cursor.number;
    }

    private byte[] line(int longest) {
        int start = at;
        at = ended(cursor.line(start, longest));
        return cursor.copy(start, at - 2 - start);
    }

    private String numberLine() {
        return new String(line(limits.maxInlineBytes()), StandardCharsets.ISO_8859_1);
    }

    private static int ended(int next) {
        if (next >= 0) {
            return next;
        }
        throw switch (next) {
            case FrameCursor.INCOMPLETE -> unfinished();
            case FrameCursor.TOO_LONG -> error("too big line");
            default -> error("malformed line");
        };
    }

    private static long int64(String text) {
        // parseLong also takes digits of other scripts, but ISO 8859-1 has none.
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw error("invalid number");
        }
    }

    private static double float64(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "inf", "+inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan", "-nan" -> Double.NaN;
            default -> finite(text);
        };
    }

    private static double finite(String text) {
        for (int i = 0; i < text.length(); i++) {
            // parseDouble also takes hexadecimal, suffixes, names and white space.
            if ("+-.eE0123456789".indexOf(text.charAt(i)) < 0) {
                throw error("invalid double");
            }
        }
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw error("invalid double");
        }
    }

    private static RespValue bigNumber(String text) {
        if (!RespValue.BigNumber.isNumber(text)) {
            throw error("invalid big number");
        }
        return new RespValue.BigNumber(text);
    }

    private static RespValue bool(String text) {
        return switch (text) {
            case "t" -> new RespValue.Bool(true);
            case "f" -> new RespValue.Bool(false);
            default -> throw error("invalid boolean");
        };
    }

    private static RespValue nothing(String text) {
        if (!text.isEmpty()) {
            throw error("invalid null");
        }
        return new RespValue.Null(RespValue.Null.Form.PLAIN);
    }

    private static RespValue verbatim(byte[] payload) {
        for (int i = 0; i < 3; i++) {
            if (payload.length < 4 || payload[i] <= ' ' || payload[i] > '~' || payload[3] != ':') {
                throw error("invalid verbatim string");
            }
        }
        String format = new String(payload, 0, 3, StandardCharsets.US_ASCII);
        return new RespValue.Verbatim(format, Bytes.owning(Arrays.copyOfRange(payload, 4, payload.length)));
    }

    private static RespProtocolException unfinished() {
        return error("unexpected end of a frame");
    }

    private static RespProtocolException error(String what) {
        return new RespProtocolException("Protocol error: " + what);
    }
}
