package dev.kawarau.cql.statement;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statements written by hand, by production, each with whether it is CQL. */
final class Corpus {

    private static final List<String> FILES =
            List.of("select.txt", "modification.txt", "lexical.txt", "schema.txt", "administration.txt");

    private static final Pattern UNICODE = Pattern.compile("\\\\u([0-9a-f]{4})");

    private Corpus() {}

    /** @param where file and production */
    record Entry(String where, boolean accepted, String cql) {}

    static List<Entry> read() {
        List<Entry> entries = new ArrayList<>();
        FILES.forEach(file -> read(file, entries));
        return entries;
    }

    static List<String> accepted() {
        return read().stream().filter(Entry::accepted).map(Entry::cql).toList();
    }

    private static void read(String file, List<Entry> entries) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Corpus.class.getResourceAsStream(file), file), StandardCharsets.UTF_8))) {
            String production = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("## ")) {
                    production = line.substring(3);
                } else if (line.startsWith("+ ") || line.startsWith("- ")) {
                    String cql = UNICODE.matcher(line.substring(2))
                            .replaceAll(match ->
                                    Matcher.quoteReplacement(Character.toString(Integer.parseInt(match.group(1), 16))))
                            .translateEscapes();
                    entries.add(new Entry(file + ", " + production, line.startsWith("+"), cql));
                } else if (!line.startsWith("# ") && !line.isEmpty()) {
                    throw new IllegalStateException(file + ": " + line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
