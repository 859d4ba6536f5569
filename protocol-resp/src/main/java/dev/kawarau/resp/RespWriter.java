package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes values and commands. Every method appends to the buffer, which it borrows and lets grow.
 *
 * <p>For a RESP2 connection what RESP2 lacks is written as Redis writes it there: maps and attributes aside, sets and
 * pushes as arrays, a map as an array of keys and values in turn, null as a null bulk, a boolean as 1 or 0, doubles, big
 * numbers and verbatim strings as bulks, a bulk error as a simple one. Attributes are left out.
 */
public final class RespWriter {
    private RespWriter() {}

    /** Writes a value for a connection of that version. */
    public static void write(ByteBuf out, RespValue value, RespVersion version) {
        boolean resp3 = version == RespVersion.RESP3;
        if (value instanceof RespValue.Bulk bulk) {
            payload(out, '$', bulk.bytes());
        } else if (value instanceof RespValue.SimpleString simple) {
            line(out, '+', simple.bytes());
        } else if (value instanceof RespValue.Int64 number) {
            header(out, ':', number.value());
        } else if (value instanceof RespValue.SimpleError error) {
            line(out, '-', error.bytes());
        } else if (value instanceof RespValue.Null nothing) {
            writeNull(out, nothing.form(), resp3);
        } else if (value instanceof RespValue.Array array) {
            elements(out, '*', array.elements(), version);
        } else if (value instanceof RespValue.Map map) {
            int size = map.entries().size();
            header(out, resp3 ? '%' : '*', resp3 ? size : 2L * size);
            entries(out, map.entries(), version);
        } else if (value instanceof RespValue.Set set) {
            elements(out, resp3 ? '~' : '*', set.elements(), version);
        } else if (value instanceof RespValue.Push push) {
            elements(out, resp3 ? '>' : '*', push.elements(), version);
        } else if (value instanceof RespValue.Attributed attributed) {
            if (resp3) {
                header(out, '|', attributed.attributes().size());
                entries(out, attributed.attributes(), version);
            }
            write(out, attributed.value(), version);
        } else {
            writeScalar(out, value, resp3);
        }
    }

    private static void writeScalar(ByteBuf out, RespValue value, boolean resp3) {
        if (value instanceof RespValue.Bool bool) {
            out.writeByte(resp3 ? '#' : ':');
            out.writeByte(bool.value() ? (resp3 ? 't' : '1') : (resp3 ? 'f' : '0'));
            crLf(out);
        } else if (value instanceof RespValue.Float64 number) {
            text(out, ',', decimal(number.value()), resp3);
        } else if (value instanceof RespValue.BigNumber number) {
            text(out, '(', number.digits(), resp3);
        } else if (value instanceof RespValue.BulkError error) {
            if (resp3) {
                payload(out, '!', error.bytes());
            } else {
                line(out, '-', error.bytes());
            }
        } else if (value instanceof RespValue.Verbatim verbatim) {
            if (resp3) {
                header(out, '=', 4L + verbatim.bytes().length());
                ascii(out, verbatim.format());
                out.writeByte(':');
                verbatim.bytes().writeTo(out);
                crLf(out);
            } else {
                payload(out, '$', verbatim.bytes());
            }
        }
    }

    private static void writeNull(ByteBuf out, RespValue.Null.Form form, boolean resp3) {
        if (resp3) {
            out.writeByte('_');
            crLf(out);
        } else {
            header(out, form == RespValue.Null.Form.ARRAY ? '*' : '$', -1);
        }
    }

    private static void elements(ByteBuf out, char type, List<RespValue> elements, RespVersion version) {
        header(out, type, elements.size());
        for (int i = 0; i < elements.size(); i++) {
            write(out, elements.get(i), version);
        }
    }

    private static void entries(ByteBuf out, List<RespValue.Entry> entries, RespVersion version) {
        for (int i = 0; i < entries.size(); i++) {
            write(out, entries.get(i).key(), version);
            write(out, entries.get(i).value(), version);
        }
    }

    /** Writes a simple error, code and message, in UTF-8. Line ends in it become spaces. */
    public static void writeError(ByteBuf out, String line) {
        line(out, '-', Bytes.of(line));
    }

    /** Writes a command: its name and its arguments, in UTF-8. */
    public static void writeCommand(ByteBuf out, String... arguments) {
        writeCommandHeader(out, arguments.length);
        for (String argument : arguments) {
            writeArgument(out, argument);
        }
    }

    /** Writes a command: its name and its arguments. */
    public static void writeCommand(ByteBuf out, List<byte[]> arguments) {
        writeCommandHeader(out, arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            writeArgument(out, arguments.get(i));
        }
    }

    /** Begins a command; as many calls of {@code writeArgument} must follow, the first of them for its name. */
    public static void writeCommandHeader(ByteBuf out, int arguments) {
        header(out, '*', arguments);
    }

    public static void writeArgument(ByteBuf out, byte[] argument) {
        header(out, '$', argument.length);
        out.writeBytes(argument);
        crLf(out);
    }

    /** Copies the readable bytes of the argument, which is borrowed and whose indexes stay as they are. */
    public static void writeArgument(ByteBuf out, ByteBuf argument) {
        header(out, '$', argument.readableBytes());
        out.writeBytes(argument, argument.readerIndex(), argument.readableBytes());
        crLf(out);
    }

    /** Writes the argument in UTF-8. */
    public static void writeArgument(ByteBuf out, String argument) {
        header(out, '$', ByteBufUtil.utf8Bytes(argument));
        ByteBufUtil.writeUtf8(out, argument);
        crLf(out);
    }

    private static void text(ByteBuf out, char type, String text, boolean resp3) {
        if (resp3) {
            out.writeByte(type);
        } else {
            header(out, '$', text.length());
        }
        ascii(out, text);
        crLf(out);
    }

    private static void payload(ByteBuf out, char type, Bytes bytes) {
        header(out, type, bytes.length());
        bytes.writeTo(out);
        crLf(out);
    }

    /** One line, of which nothing may look like the end but its end. */
    private static void line(ByteBuf out, char type, Bytes bytes) {
        out.ensureWritable(bytes.length() + 3);
        out.writeByte(type);
        int start = out.writerIndex();
        bytes.writeTo(out);
        for (int i = 0; i < bytes.length(); i++) {
            if (bytes.at(i) == '\r' || bytes.at(i) == '\n') {
                out.setByte(start + i, ' ');
            }
        }
        crLf(out);
    }

    private static void header(ByteBuf out, char type, long number) {
        out.writeByte(type);
        if (number >= 0 && number < 10) {
            out.writeByte('0' + (int) number);
        } else if (number >= 10 && number < 100) {
            out.writeShort(('0' + (int) number / 10) << 8 | ('0' + (int) number % 10));
        } else {
            ascii(out, Long.toString(number));
        }
        crLf(out);
    }

    private static void ascii(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    private static void crLf(ByteBuf out) {
        out.writeShort('\r' << 8 | '\n');
    }

    /** As Redis writes a double: whole numbers without a fraction, a small e, inf and nan. */
    private static String decimal(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e17;
        if (whole) {
            boolean minusZero = value == 0 && Double.doubleToRawLongBits(value) != 0;
            return minusZero ? "-0" : Long.toString((long) value);
        }
        return Double.toString(value).replace('E', 'e');
    }
}
