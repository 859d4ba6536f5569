package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.Session;
import dev.kawarau.resp.RespMessage;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Walks the frames of a reply or push, which a scanner found whole, and cuts bytes out of some of its strings: what is
 * between is copied as it is, in one pass, and nothing is copied if nothing is cut. What does not look as expected is a
 * {@link Failure}, so that nobody reads what is not theirs.
 */
final class ReplyEdit implements AutoCloseable {
    private final Session session;
    private final RespMessage original;
    private final ByteBuf in;
    private final int end;
    private int at;
    private int copied;
    private @Nullable ByteBuf out;

    /** Of the last header read. */
    private byte type;

    private int number;
    private int headerAt;

    ReplyEdit(Session session, RespMessage original) {
        this.session = session;
        this.original = original;
        this.in = original.bytes();
        this.at = in.readerIndex();
        this.copied = at;
        this.end = in.writerIndex();
    }

    boolean atEnd() {
        return at >= end;
    }

    byte nextType() {
        if (at >= end) {
            throw odd();
        }
        return in.getByte(at);
    }

    /** Steps over the header of an aggregate. Returns its number of values, those of a map counted apart; -1 for null. */
    int enter() {
        header();
        return switch (type) {
            case '*', '>', '~' -> number;
            case '%' -> 2 * number;
            case '_' -> -1;
            case '$' -> {
                if (number >= 0) {
                    throw odd();
                }
                yield -1;
            }
            default -> throw odd();
        };
    }

    /** As {@link #enter}, of an aggregate of at least so many values, or null. */
    int enter(int least) {
        int count = enter();
        if (count >= 0 && count < least) {
            throw odd();
        }
        return count;
    }

    /** Steps over values, whatever is in them. */
    void skip(int values) {
        long left = values;
        while (left-- > 0) {
            header();
            switch (type) {
                case '$', '=', '!' -> at += number < 0 ? 0 : number + 2;
                case '*', '>', '~' -> left += Math.max(0, number);
                case '%' -> left += 2L * Math.max(0, number);
                case '|' -> left += 2L * Math.max(0, number) + 1;
                default -> {}
            }
            if (at > end) {
                throw odd();
            }
        }
    }

    /** Whether the next value is that string; does not step over it. */
    boolean nextIs(String word) {
        int from = at;
        header();
        boolean is = isString()
                && number == word.length()
                && in.toString(at, number, StandardCharsets.US_ASCII).equals(word);
        at = from;
        return is;
    }

    /** The next value, which is a string, and steps over it. */
    ByteBuf string() {
        header();
        if (!isString()) {
            throw odd();
        }
        ByteBuf string = in.slice(at, number);
        at += number + 2;
        return string;
    }

    /** The next value, which is a string; does not step over it. */
    ByteBuf peekString() {
        int from = at;
        ByteBuf string = string();
        at = from;
        return string;
    }

    boolean nextIsNull() {
        int from = at;
        header();
        at = from;
        return type == '_' || ((type == '$' || type == '*') && number < 0);
    }

    private boolean isString() {
        return type == '$' && number >= 0;
    }

    /** Cuts bytes out of the next value, which is a string that has them there; steps over null. */
    void cut(byte[] bytes, int skipped) {
        if (nextIsNull()) {
            skip(1);
            return;
        }
        int length = nextLength();
        int body = at;
        if (length - skipped < bytes.length || !Channels.beginsWith(in, body + skipped, length - skipped, bytes)) {
            throw odd();
        }
        copyTo(headerAt);
        ByteBuf changed = changed();
        changed.writeByte('$');
        changed.writeCharSequence(Integer.toString(length - bytes.length), StandardCharsets.US_ASCII);
        changed.writeShort('\r' << 8 | '\n');
        copied = body;
        copyTo(body + skipped);
        copied = body + skipped + bytes.length;
        at = body + length + 2;
    }

    private int nextLength() {
        header();
        if (!isString()) {
            throw odd();
        }
        return number;
    }

    void cutAll(byte[] bytes, int values) {
        for (int i = 0; i < values; i++) {
            cut(bytes, 0);
        }
    }

    /** Cuts bytes out of an error of one line, where it quotes a key: {@code No such key 'shop:a' or consumer group 'g'}. */
    void cutQuoted(byte[] bytes) {
        int lineEnd = in.indexOf(at, end, (byte) '\n');
        for (int quote = in.indexOf(at, lineEnd, (byte) '\'');
                quote >= 0;
                quote = in.indexOf(quote + 1, lineEnd, (byte) '\'')) {
            if (Channels.beginsWith(in, quote + 1, lineEnd - quote - 1, bytes) && quotesKey(quote)) {
                copyTo(quote + 1);
                changed();
                copied = quote + 1 + bytes.length;
            }
        }
        at = lineEnd + 1;
    }

    private boolean quotesKey(int quote) {
        String before = in.toString(Math.max(at, quote - 7), Math.min(7, quote - at), StandardCharsets.ISO_8859_1);
        return before.endsWith("key ") || before.endsWith("name ") || before.endsWith("refix ");
    }

    private void copyTo(int until) {
        changed().writeBytes(in, copied, until - copied);
        copied = until;
    }

    private ByteBuf changed() {
        ByteBuf buffer = out;
        if (buffer == null) {
            buffer = session.alloc().buffer(end - in.readerIndex());
            out = buffer;
        }
        return buffer;
    }

    /** Reads the type and number of the next value. */
    private void header() {
        if (at >= end) {
            throw odd();
        }
        headerAt = at;
        type = in.getByte(at++);
        number = 0;
        int lineEnd = in.indexOf(at, end, (byte) '\n');
        if (lineEnd < 0) {
            throw odd();
        }
        if ("$=!*>~%|".indexOf(type) >= 0) {
            number = number(at, lineEnd - 1);
        }
        at = lineEnd + 1;
    }

    private int number(int from, int until) {
        boolean absent = until - from == 2 && in.getByte(from) == '-' && in.getByte(from + 1) == '1';
        if (absent) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < until; i++) {
            int digit = in.getByte(i) - '0';
            if (digit < 0 || digit > 9 || value > Integer.MAX_VALUE / 20) {
                throw odd(); // streamed values, too: no server sends them
            }
            value = value * 10 + digit;
        }
        return (int) value;
    }

    /**
     * The message with what was cut missing; the original if that is nothing.
     *
     * @param origin a message of the exchange that it is to belong to
     */
    RespMessage result(RespMessage origin) {
        if (out == null) {
            return original;
        }
        copyTo(end);
        return RespMessage.response(origin, out, 0, out.readableBytes());
    }

    Failure odd() {
        return new Failure(
                Failure.Kind.UNSUPPORTED,
                "the server's reply is not one that the keys of a tenant can be told in",
                true,
                null);
    }

    @Override
    public void close() {
        if (out != null) {
            out.release();
        }
    }
}
