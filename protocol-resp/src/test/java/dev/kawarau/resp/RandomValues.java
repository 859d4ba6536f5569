package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Values of every kind, from a seed. */
final class RandomValues {
    private static final double[] ODD_DOUBLES = {
        0.0,
        -0.0,
        1.0,
        -1.5,
        1e17,
        -1e16,
        1e300,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        1.0 / 3,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        9007199254740992.0
    };
    private static final long[] ODD_LONGS = {0, 1, -1, 9, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31};

    private final Random random;

    RandomValues(Random random) {
        this.random = random;
    }

    static byte[] bytes(RespValue value, RespVersion version) {
        ByteBuf out = Unpooled.buffer();
        RespWriter.write(out, value, version);
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    /** Any value that RESP3 can say. */
    RespValue any() {
        return any(random.nextInt(5));
    }

    private RespValue any(int depth) {
        return switch (random.nextInt(depth > 0 ? 15 : 10)) {
            case 0 -> new RespValue.SimpleString(line());
            case 1 -> new RespValue.SimpleError(line());
            case 2 -> new RespValue.Int64(number());
            case 3 -> new RespValue.Bulk(payload());
            case 4 -> new RespValue.Null(RespValue.Null.Form.PLAIN);
            case 5 -> new RespValue.Bool(random.nextBoolean());
            case 6 -> new RespValue.Float64(decimal());
            case 7 ->
                new RespValue.BigNumber(
                        new BigInteger(random.nextInt(300), random).negate().toString());
            case 8 -> new RespValue.BulkError(payload());
            case 9 -> new RespValue.Verbatim(random.nextBoolean() ? "txt" : "mkd", payload());
            case 10 -> new RespValue.Array(elements(depth));
            case 11 -> new RespValue.Set(elements(depth));
            case 12 -> new RespValue.Push(elements(depth));
            case 13 -> new RespValue.Map(entries(depth));
            default -> new RespValue.Attributed(entries(depth), any(depth - 1));
        };
    }

    /** Any value that RESP2 can say. */
    RespValue resp2() {
        return resp2(random.nextInt(5));
    }

    private RespValue resp2(int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 6)) {
            case 0 -> new RespValue.SimpleString(line());
            case 1 -> new RespValue.SimpleError(line());
            case 2 -> new RespValue.Int64(number());
            case 3 -> new RespValue.Bulk(payload());
            case 4 -> RespValue.nil();
            case 5 -> RespValue.nilArray();
            default -> {
                List<RespValue> elements = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    elements.add(resp2(depth - 1));
                }
                yield new RespValue.Array(elements);
            }
        };
    }

    private List<RespValue> elements(int depth) {
        List<RespValue> elements = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            elements.add(any(depth - 1));
        }
        return elements;
    }

    private List<RespValue.Entry> entries(int depth) {
        List<RespValue.Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            entries.add(RespValue.entry(any(depth - 1), any(depth - 1)));
        }
        return entries;
    }

    private long number() {
        return random.nextBoolean() ? ODD_LONGS[random.nextInt(ODD_LONGS.length)] : random.nextLong();
    }

    private double decimal() {
        return random.nextBoolean()
                ? ODD_DOUBLES[random.nextInt(ODD_DOUBLES.length)]
                : Double.longBitsToDouble(random.nextLong());
    }

    private Bytes payload() {
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 2000 : 20)];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    /** ASCII, because the oracle reads lines as text. */
    private Bytes line() {
        byte[] bytes = new byte[random.nextInt(40)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (' ' + random.nextInt('~' - ' ' + 1));
        }
        return Bytes.of(bytes);
    }
}
