package dev.kawarau.resp;

import java.util.List;

/** How a value looks in a log: escaped, and cut when it grows long, so that no reply can flood or forge a line. */
final class RespValueText {
    static final RespValue OK = RespValue.simple("OK");

    private static final int LONGEST = 1000;

    private final StringBuilder out = new StringBuilder();

    private RespValueText() {}

    static String of(RespValue value) {
        RespValueText text = new RespValueText();
        text.append(value);
        return text.out.toString();
    }

    private void append(RespValue value) {
        if (value instanceof RespValue.SimpleString simple) {
            bytes("+", simple.bytes());
        } else if (value instanceof RespValue.SimpleError error) {
            bytes("-", error.bytes());
        } else if (value instanceof RespValue.BulkError error) {
            bytes("!", error.bytes());
        } else if (value instanceof RespValue.Bulk bulk) {
            bytes("", bulk.bytes());
        } else if (value instanceof RespValue.Verbatim verbatim) {
            bytes(verbatim.format() + ":", verbatim.bytes());
        } else if (value instanceof RespValue.Int64 number) {
            out.append(number.value());
        } else if (value instanceof RespValue.Float64 number) {
            out.append(number.value());
        } else if (value instanceof RespValue.BigNumber number) {
            bytes("(", Bytes.of(number.digits()));
        } else if (value instanceof RespValue.Bool bool) {
            out.append(bool.value());
        } else if (value instanceof RespValue.Null nothing) {
            out.append(nothing.form() == RespValue.Null.Form.ARRAY ? "null[]" : "null");
        } else {
            aggregate(value);
        }
    }

    private void aggregate(RespValue value) {
        if (value instanceof RespValue.Array array) {
            elements("[", array.elements(), "]");
        } else if (value instanceof RespValue.Set set) {
            elements("~[", set.elements(), "]");
        } else if (value instanceof RespValue.Push push) {
            elements(">[", push.elements(), "]");
        } else if (value instanceof RespValue.Map map) {
            elements("{", map.entries(), "}");
        } else if (value instanceof RespValue.Attributed attributed) {
            elements("|{", attributed.attributes(), "} ");
            append(attributed.value());
        }
    }

    private void bytes(String before, Bytes bytes) {
        out.append(before);
        bytes.show(out);
    }

    private void elements(String before, List<?> elements, String after) {
        out.append(before);
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                out.append(", ");
            }
            // Every level adds a bracket, so this also bounds how deep we go.
            if (out.length() > LONGEST) {
                out.append("... (").append(elements.size()).append(')');
                break;
            }
            if (elements.get(i) instanceof RespValue.Entry entry) {
                append(entry.key());
                out.append(": ");
                append(entry.value());
            } else {
                append((RespValue) elements.get(i));
            }
        }
        out.append(after);
    }
}
