package dev.kawarau.sink.cassandra.simulation;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Statements as clients write them and as the node understands them, apart from the proxy's own parser. */
final class Texts {
    private static final Pattern USE = Pattern.compile(
            "\\s*(?:/\\*.*?\\*/\\s*|--[^\n]*\n\\s*)*use\\s+(\\w+|\"\\w+\")\\s*;?\\s*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAMED = Pattern.compile("(?:FROM|UPDATE) (\\w+|\"\\w+\")\\.t");

    private Texts() {}

    /** A USE in one of the ways to write it. */
    static String use(String keyspace, SplittableRandom random) {
        boolean plain = keyspace.equals(keyspace.toLowerCase(Locale.ROOT));
        String name = plain && random.nextInt(3) > 0 ? anyCase(keyspace, random.nextBoolean()) : "\"" + keyspace + "\"";
        return switch (random.nextInt(6)) {
            case 0 -> "use " + name + ";";
            case 1 -> " \n USE\t" + name;
            case 2 -> "/* now */ USE " + name;
            case 3 -> "-- now\nUSE " + name;
            default -> "USE " + name;
        };
    }

    private static String anyCase(String name, boolean upper) {
        return upper ? name.toUpperCase(Locale.ROOT) : name;
    }

    /** A SELECT; of a keyspace's own table if that is named. */
    static String select(@Nullable String keyspace, SplittableRandom random, String key) {
        String table = "t" + random.nextInt(4);
        return "SELECT v FROM " + (keyspace == null ? table : quoted(keyspace) + "." + table) + " WHERE k = " + key;
    }

    private static String quoted(String keyspace) {
        return List.of("ks0", "ks1").contains(keyspace) ? keyspace : "\"" + keyspace + "\"";
    }

    /** The keyspace that a USE is about; null if the text is no USE. */
    static @Nullable String used(String text) {
        Matcher use = USE.matcher(text);
        return use.matches() ? name(use.group(1)) : null;
    }

    /** The keyspace that a statement names; null if it names none. */
    static @Nullable String named(String text) {
        Matcher named = NAMED.matcher(text);
        return named.find() ? name(named.group(1)) : null;
    }

    private static String name(String word) {
        return word.startsWith("\"") ? word.substring(1, word.length() - 1) : word.toLowerCase(Locale.ROOT);
    }
}
