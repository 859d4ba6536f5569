package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where two parsers differ, by how. */
final class Differences {

    private static final int SHOWN = Integer.getInteger("kawarau.differences.shown", 15);

    private final Map<String, List<String>> byKind = new TreeMap<>();

    void add(String kind, String where, String cql, Object detail) {
        byKind.computeIfAbsent(kind, key -> new ArrayList<>()).add(where + "\n    " + oneLine(cql) + "\n    " + detail);
    }

    boolean isEmpty() {
        return byKind.isEmpty();
    }

    /** As it may be written in a resource. */
    private static String oneLine(String cql) {
        StringBuilder line = new StringBuilder();
        cql.chars().forEach(c -> {
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                case '\\' -> line.append("\\\\");
                default -> line.append(c < ' ' || c > '~' ? String.format("\\u%04x", c) : Character.toString(c));
            }
        });
        return line.toString();
    }

    @Override
    public String toString() {
        StringBuilder report = new StringBuilder();
        byKind.forEach((kind, all) -> {
            report.append("\n\n").append(all.size()).append(" x ").append(kind);
            all.stream().limit(SHOWN).forEach(one -> report.append("\n  ").append(one));
        });
        return report.toString();
    }
}
