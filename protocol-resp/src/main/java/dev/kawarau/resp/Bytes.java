package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Some bytes that never change: the payload of a {@link RespValue}. RESP is binary-safe, so it need not be text. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private static final int SHOWN = 64;

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** A copy of the array. */
    public static Bytes of(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array.clone());
    }

    /** The text in UTF-8. */
    public static Bytes of(String text) {
        return text.isEmpty() ? EMPTY : new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The array itself, which nobody else may hold. */
    static Bytes owning(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array);
    }

    /** How many there are. */
    public int length() {
        return array.length;
    }

    /**
     * The byte at a place.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public byte at(int index) {
        return array[index];
    }

    /** A copy. */
    public byte[] toArray() {
        return array.clone();
    }

    /** Read as UTF-8; what is not UTF-8 becomes U+FFFD. */
    public String text() {
        return new String(array, StandardCharsets.UTF_8);
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(array);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    /** Safe for logs: one line of printable ASCII, the beginning only if there are many. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        show(out);
        return out.toString();
    }

    void show(StringBuilder out) {
        out.append('"');
        for (int i = 0; i < Math.min(array.length, SHOWN); i++) {
            byte b = array[i];
            switch (b) {
                case '\r' -> out.append("\\r");
                case '\n' -> out.append("\\n");
                case '"', '\\' -> out.append('\\').append((char) b);
                default -> out.append(RespProtocolException.show(b));
            }
        }
        out.append('"');
        if (array.length > SHOWN) {
            out.append("... (").append(array.length).append(" bytes)");
        }
    }
}
