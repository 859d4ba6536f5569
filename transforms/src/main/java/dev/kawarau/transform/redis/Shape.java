package dev.kawarau.transform.redis;

import dev.kawarau.resp.RespValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values without what RESP2 and RESP3 say in different ways: texts, numbers and truths as text, any null as one, and
 * collections as lists. Two that mean the same are equal.
 */
final class Shape {
    private static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private Shape() {}

    /**
     * The value in order. Where one version nests what the other one does not, as in {@code ZRANGE WITHSCORES}, only the
     * leaves are the same.
     */
    static Object of(RespValue value) {
        List<Object> leaves = leaves(value);
        return isCollection(value) ? leaves : leaves.get(0);
    }

    /** A collection without order: how often it has what. */
    static Object bag(RespValue value) {
        if (!isCollection(value)) {
            return of(value);
        }
        List<Object> elements = new ArrayList<>();
        for (RespValue element : elements(value)) {
            elements.add(value instanceof RespValue.Array && isCollection(element) ? bag(element) : of(element));
        }
        return counted(elements);
    }

    /** Keys and values, in a map or one behind the other, without order. */
    static Object bagOfPairs(RespValue value) {
        if (!isCollection(value)) {
            return of(value);
        }
        List<Object> leaves = leaves(value);
        List<Object> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < leaves.size(); i += 2) {
            pairs.add(List.of(leaves.get(i), leaves.get(i + 1)));
        }
        return counted(pairs);
    }

    private static Map<Object, Integer> counted(List<Object> elements) {
        Map<Object, Integer> counts = new HashMap<>();
        elements.forEach(element -> counts.merge(element, 1, Integer::sum));
        return counts;
    }

    /** All that is no collection, in order. */
    static List<Object> leaves(RespValue value) {
        List<Object> leaves = new ArrayList<>();
        collect(value, leaves);
        return leaves;
    }

    private static void collect(RespValue value, List<Object> leaves) {
        if (value instanceof RespValue.Attributed attributed) {
            collect(attributed.value(), leaves);
        } else if (isCollection(value)) {
            elements(value).forEach(element -> collect(element, leaves));
        } else {
            leaves.add(leaf(value));
        }
    }

    private static boolean isCollection(RespValue value) {
        return value instanceof RespValue.Attributed attributed
                ? isCollection(attributed.value())
                : value instanceof RespValue.Array
                        || value instanceof RespValue.Set
                        || value instanceof RespValue.Push
                        || value instanceof RespValue.Map;
    }

    private static List<RespValue> elements(RespValue value) {
        if (value instanceof RespValue.Attributed attributed) {
            return elements(attributed.value());
        }
        if (value instanceof RespValue.Map map) {
            List<RespValue> elements = new ArrayList<>(2 * map.entries().size());
            map.entries().forEach(entry -> {
                elements.add(entry.key());
                elements.add(entry.value());
            });
            return elements;
        }
        if (value instanceof RespValue.Set set) {
            return set.elements();
        }
        if (value instanceof RespValue.Push push) {
            return push.elements();
        }
        return value instanceof RespValue.Array array ? array.elements() : List.of();
    }

    /** Bytes stay bytes, unless they are the digits of a number that RESP3 may give as such. */
    private static Object leaf(RespValue value) {
        if (value instanceof RespValue.Bulk bulk) {
            return text(bulk.bytes().toArray());
        } else if (value instanceof RespValue.SimpleString simple) {
            return text(simple.bytes().toArray());
        } else if (value instanceof RespValue.Verbatim verbatim) {
            return text(verbatim.bytes().toArray());
        } else if (value instanceof RespValue.SimpleError error) {
            return "-" + error.code();
        } else if (value instanceof RespValue.BulkError error) {
            return "-" + error.code();
        } else if (value instanceof RespValue.Int64 number) {
            return Long.toString(number.value());
        } else if (value instanceof RespValue.Float64 number) {
            return number(number.value());
        } else if (value instanceof RespValue.BigNumber number) {
            return number.digits();
        } else if (value instanceof RespValue.Bool truth) {
            return truth.value() ? "1" : "0";
        }
        return NULL;
    }

    /** One character for each byte. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** As RESP2 has it, without a fraction that is none. */
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e17
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** What a value is, without its data. */
    static String words(RespValue value) {
        if (isCollection(value)) {
            return "a collection of " + elements(value).size();
        }
        if (value instanceof RespValue.Null) {
            return "null";
        }
        return leaf(value) == NULL
                ? "nothing"
                : "a value of " + leaf(value).toString().length() + " characters";
    }
}
