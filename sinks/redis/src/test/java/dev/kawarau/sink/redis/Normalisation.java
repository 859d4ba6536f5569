package dev.kawarau.sink.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a corpus line declares about its reply: which of its parts depend on the connection, the clock or chance, and
 * are left out of the comparison. Declares nothing: the bytes must be equal.
 */
final class Normalisation {

    static final Normalisation EXACT = new Normalisation(List.of());

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(e[+-]?\\d+)?");
    private static final Pattern TEXT_VALUE = Pattern.compile("([:=])[^ ,\r\n]*");
    private static final Set<String> SIMPLE = Set.of(
            "%unordered", "%unordered-deep", "%unordered-pairs", "%mask", "%mask-numbers", "%mask-text", "%type");

    private final List<String> flags;

    private Normalisation(List<String> flags) {
        this.flags = flags;
    }

    static boolean declares(String flag) {
        return SIMPLE.contains(flag) || flag.startsWith("%mask-after=") || flag.startsWith("%mask-fields=");
    }

    static Normalisation of(List<String> flags) {
        return flags.isEmpty() ? EXACT : new Normalisation(List.copyOf(flags));
    }

    /** Two replies are taken as equal if these are. */
    String apply(Frame frame) {
        if (flags.isEmpty()) {
            return frame.raw();
        }
        return flags.contains("%type") ? frame.type() + (frame.nil() ? "nil" : "") : render(frame, true);
    }

    private String render(Frame frame, boolean top) {
        if (frame.nil()) {
            return frame.type() + "nil";
        }
        if (!frame.isAggregate()) {
            return frame.type() + scalar(frame.text()) + "\n";
        }
        Set<String> masked = named("%mask-after=");
        List<String> parts = new ArrayList<>();
        String before = "";
        for (Frame item : frame.items()) {
            parts.add(masked.contains(before) ? item.type() + "...\n" : render(item, false));
            before = item.text();
        }
        return "" + frame.type() + parts.size() + "[" + String.join("", sorted(frame, parts, top)) + "]\n";
    }

    private List<String> sorted(Frame frame, List<String> parts, boolean top) {
        boolean deep = flags.contains("%unordered-deep");
        boolean pairs = frame.type() == '%' || (top && flags.contains("%unordered-pairs"));
        if (!deep && !(top && (flags.contains("%unordered") || flags.contains("%unordered-pairs")))) {
            return parts;
        }
        if (!pairs || parts.size() % 2 != 0) {
            return parts.stream().sorted().toList();
        }
        List<String> joined = new ArrayList<>();
        for (int i = 0; i < parts.size(); i += 2) {
            joined.add(parts.get(i) + parts.get(i + 1));
        }
        return joined.stream().sorted().toList();
    }

    private String scalar(String text) {
        if (flags.contains("%mask")) {
            return "...";
        }
        String result = text;
        for (String field : named("%mask-fields=")) {
            result = result.replaceAll("(?<![\\w-])" + Pattern.quote(field) + "([:=])[^ \r\n]*", field + "$1...");
        }
        if (flags.contains("%mask-text")) {
            result = TEXT_VALUE.matcher(result).replaceAll("$1...");
        }
        return flags.contains("%mask-numbers") ? NUMBER.matcher(result).replaceAll("N") : result;
    }

    /** The names that a flag such as {@code %mask-after=id,age} gives. */
    private Set<String> named(String flag) {
        for (String declared : flags) {
            if (declared.startsWith(flag)) {
                return Set.of(declared.substring(flag.length()).split(","));
            }
        }
        return Set.of();
    }
}
