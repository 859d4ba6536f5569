package dev.kawarau.resp;

import java.math.BigInteger;
import java.util.List;
import java.util.Objects;

/**
 * One decoded RESP value, of RESP2 or RESP3. Immutable, holds no buffer, and may be kept and handed to other threads.
 * {@link RespReader} makes one from bytes, {@link RespWriter} writes one for either version.
 *
 * <p>{@code toString} is safe for logs: one line of printable ASCII of bounded length.
 */
public sealed interface RespValue {
    /** {@code +OK}: a short text without line ends. */
    record SimpleString(Bytes bytes) implements RespValue {
        /** Read as UTF-8. */
        public String text() {
            return bytes.text();
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code -ERR ...}: an error of one line. */
    record SimpleError(Bytes bytes) implements RespValue {
        /** The whole line, read as UTF-8. */
        public String text() {
            return bytes.text();
        }

        /** The first word, which tells errors apart: {@code ERR}, {@code MOVED}, {@code WRONGTYPE}. */
        public String code() {
            return errorCode(text());
        }

        /** What comes after the first word; empty if there is only one. */
        public String message() {
            return errorMessage(text());
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code !21}: RESP3's error of any bytes. */
    record BulkError(Bytes bytes) implements RespValue {
        /** All of it, read as UTF-8. */
        public String text() {
            return bytes.text();
        }

        /** The first word, which tells errors apart. */
        public String code() {
            return errorCode(text());
        }

        /** What comes after the first word; empty if there is only one. */
        public String message() {
            return errorMessage(text());
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code :42}. */
    record Int64(long value) implements RespValue {
        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code $5}: any bytes. A streamed string is decoded to one of these. */
    record Bulk(Bytes bytes) implements RespValue {
        /** Read as UTF-8. */
        public String text() {
            return bytes.text();
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** Nothing. RESP2 has a null bulk and a null array, RESP3 has one null for both. */
    record Null(Form form) implements RespValue {
        /** How it is written, on a connection that knows the form. */
        public enum Form {
            /** {@code $-1}, RESP2. */
            BULK,
            /** {@code *-1}, RESP2. */
            ARRAY,
            /** {@code _}, RESP3. */
            PLAIN
        }

        public Null {
            Objects.requireNonNull(form);
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code #t}. */
    record Bool(boolean value) implements RespValue {
        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code ,1.5}, also infinite or not a number. */
    record Float64(double value) implements RespValue {
        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /**
     * {@code (123}: a whole number of any size, kept as it was written.
     *
     * @param digits decimal digits, perhaps after a sign
     */
    record BigNumber(String digits) implements RespValue {
        /** @throws IllegalArgumentException if this is no number */
        public BigNumber {
            if (!isNumber(digits)) {
                throw new IllegalArgumentException("not a whole number: " + Bytes.of(digits));
            }
        }

        /** Takes time that grows faster than the digits do. */
        public BigInteger value() {
            return new BigInteger(digits);
        }

        static boolean isNumber(String digits) {
            boolean signed = digits.startsWith("-") || digits.startsWith("+");
            int first = signed ? 1 : 0;
            for (int i = first; i < digits.length(); i++) {
                if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                    return false;
                }
            }
            return digits.length() > first;
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /**
     * {@code =15}: text with the format that it is in.
     *
     * @param format three bytes of ASCII, such as {@code txt} or {@code mkd}
     */
    record Verbatim(String format, Bytes bytes) implements RespValue {
        /** @throws IllegalArgumentException if the format is not three printable ASCII characters */
        public Verbatim {
            if (format.length() != 3 || !format.chars().allMatch(c -> c > ' ' && c <= '~')) {
                throw new IllegalArgumentException("a format has three characters: " + Bytes.of(format));
            }
            Objects.requireNonNull(bytes);
        }

        /** Read as UTF-8. */
        public String text() {
            return bytes.text();
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code *2}. */
    record Array(List<RespValue> elements) implements RespValue {
        public Array {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code ~2}, in the order of the wire, which does not promise that its elements differ. */
    record Set(List<RespValue> elements) implements RespValue {
        public Set {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code >2}: what a server says unasked. Its first element names the kind. */
    record Push(List<RespValue> elements) implements RespValue {
        public Push {
            elements = List.copyOf(elements);
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code %1}, in the order of the wire; a key may be any value, and may come twice. */
    record Map(List<Entry> entries) implements RespValue {
        public Map {
            entries = List.copyOf(entries);
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** {@code |1}: a value, and what else the server has to say about it. */
    record Attributed(List<Entry> attributes, RespValue value) implements RespValue {
        public Attributed {
            attributes = List.copyOf(attributes);
            Objects.requireNonNull(value);
        }

        @Override
        public String toString() {
            return RespValueText.of(this);
        }
    }

    /** One entry of a map or of attributes. */
    record Entry(RespValue key, RespValue value) {
        public Entry {
            Objects.requireNonNull(key);
            Objects.requireNonNull(value);
        }
    }

    /** {@code +OK}. */
    static RespValue ok() {
        return RespValueText.OK;
    }

    static RespValue simple(String text) {
        return new SimpleString(Bytes.of(text));
    }

    /** {@code -ERR no such key}, of one line: the code and the message. */
    static RespValue error(String line) {
        return new SimpleError(Bytes.of(line));
    }

    static RespValue integer(long value) {
        return new Int64(value);
    }

    static RespValue bulk(String text) {
        return new Bulk(Bytes.of(text));
    }

    /** A bulk of a copy of the bytes. */
    static RespValue bulk(byte[] bytes) {
        return new Bulk(Bytes.of(bytes));
    }

    /** {@code $-1} in RESP2, {@code _} in RESP3. */
    static RespValue nil() {
        return new Null(Null.Form.BULK);
    }

    /** {@code *-1} in RESP2, {@code _} in RESP3. */
    static RespValue nilArray() {
        return new Null(Null.Form.ARRAY);
    }

    static RespValue bool(boolean value) {
        return new Bool(value);
    }

    static RespValue number(double value) {
        return new Float64(value);
    }

    static RespValue number(BigInteger value) {
        return new BigNumber(value.toString());
    }

    static RespValue array(RespValue... elements) {
        return new Array(List.of(elements));
    }

    static RespValue array(List<? extends RespValue> elements) {
        return new Array(List.copyOf(elements));
    }

    static RespValue set(RespValue... elements) {
        return new Set(List.of(elements));
    }

    static RespValue push(RespValue... elements) {
        return new Push(List.of(elements));
    }

    static RespValue map(Entry... entries) {
        return new Map(List.of(entries));
    }

    static Entry entry(RespValue key, RespValue value) {
        return new Entry(key, value);
    }

    private static String errorCode(String text) {
        int space = text.indexOf(' ');
        return space < 0 ? text : text.substring(0, space);
    }

    private static String errorMessage(String text) {
        int space = text.indexOf(' ');
        return space < 0 ? "" : text.substring(space + 1);
    }
}
