package dev.kawarau.cql.statement;

import dev.kawarau.testkit.cassandra.CassandraGrammar.Verdict.Refused;
import java.util.Map;
import java.util.regex.Pattern;

/** How what we say goes with what Cassandra says. */
final class Kinds {

    private static final Map<String, String> CASSANDRAS = Map.of(
            "CREATE MATERIALIZED VIEW", "CREATE VIEW",
            "ALTER MATERIALIZED VIEW", "ALTER VIEW",
            "DROP MATERIALIZED VIEW", "DROP VIEW",
            "CREATE USER", "CREATE ROLE",
            "ALTER USER", "ALTER ROLE",
            "DROP USER", "DROP ROLE",
            "GRANT", "GRANT PERMISSIONS",
            "REVOKE", "REVOKE PERMISSIONS");

    private static final Pattern GROUP_BY = Pattern.compile("(?i)\\bGROUP\\b");

    private static final Pattern NUMBER =
            Pattern.compile("^NumberFormatException: (Too many nonzero exponent|Character I is)");

    /** A JVM that has thrown many of them leaves the message out. */
    private static final Pattern FREEZES =
            Pattern.compile("^NullPointerException: (null$|.*CQL3Type.Raw.(freeze|supportsFreezing))");

    private Kinds() {}

    static String cassandras(String operation) {
        return CASSANDRAS.getOrDefault(operation, operation);
    }

    /**
     * What it refuses by mistake: {@code GROUP BY a.b} and {@code GROUP BY a[1]} are fine at the end of a text, but not before
     * a semicolon; {@code 1e309} breaks it, as it wants to know early which type a number may have; and so does a class of a
     * type that is not there, within another type.
     */
    static boolean isCassandrasMistake(String cql, Refused verdict) {
        boolean fieldBeforeSemicolon = GROUP_BY.matcher(cql).find()
                && cql.contains(";")
                && verdict.message().matches("(?s).*mismatched input '[.\\[]' expecting EOF.*");
        boolean classWithin =
                cql.contains("'") && FREEZES.matcher(verdict.message()).find();
        return fieldBeforeSemicolon
                || classWithin
                || NUMBER.matcher(verdict.message()).find();
    }

    static String firstDifference(String one, String other) {
        int at = 0;
        while (at < Math.min(one.length(), other.length()) && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        return "..." + part(one, at) + "... and ..." + part(other, at) + "...";
    }

    private static String part(String text, int at) {
        return text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 60));
    }
}
