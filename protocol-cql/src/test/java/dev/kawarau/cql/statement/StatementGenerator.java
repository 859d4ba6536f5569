package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Statements by chance, written from the reference of CQL and not from the parser. Nearly all of them are CQL; Cassandra says
 * which are. One seed is one statement.
 */
final class StatementGenerator {

    private static final Pattern LETTERS = Pattern.compile("[A-Za-z_]+");
    /** Next to one of these nothing needs to be between two tokens. */
    private static final Set<String> PUNCTUATION = Set.of("(", ")", "[", "]", "{", "}", ",", ";");

    private static final List<String> ODD =
            List.of("  ", "\n", "\t", "\r\n", " /* x */ ", " /**/", " -- y\n", "\n// z\n ");

    private final Random random;

    private StatementGenerator(Random random) {
        this.random = random;
    }

    static String statement(long seed) {
        Random random = new Random(seed);
        return new StatementGenerator(random).text(tokens(random));
    }

    /** A statement to which something has happened; whether it is still one is chance. */
    static String broken(long seed) {
        Random random = new Random(seed);
        List<String> tokens = tokens(random);
        StatementGenerator generator = new StatementGenerator(random);
        for (int damages = 1 + random.nextInt(2); damages > 0; damages--) {
            generator.damage(tokens);
        }
        String text = generator.text(tokens);
        return random.nextInt(4) == 0 ? generator.damaged(text) : text;
    }

    /** The same for a text that is given. */
    static String broken(String cql, long seed) {
        return new StatementGenerator(new Random(seed)).damaged(cql);
    }

    private static List<String> tokens(Random random) {
        List<String> tokens = new ArrayList<>();
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> new SchemaGenerator(random, tokens).statement();
            case 3 -> new AdministrationGenerator(random, tokens).statement();
            default -> new DataGenerator(random, tokens).statement();
        }
        return tokens;
    }

    private String text(List<String> tokens) {
        boolean odd = random.nextInt(3) == 0;
        StringBuilder text = new StringBuilder();
        String before = "";
        for (String token : tokens) {
            text.append(text.isEmpty() ? "" : between(before, token, odd));
            text.append(odd && LETTERS.matcher(token).matches() ? inOddCase(token) : token);
            before = token;
        }
        return switch (random.nextInt(odd ? 5 : 10)) {
            case 0 -> text + ";";
            case 1 -> text + " ; ";
            case 2 -> text + " /* end */";
            default -> text.toString();
        };
    }

    private String between(String before, String after, boolean odd) {
        boolean tight = PUNCTUATION.contains(before) || PUNCTUATION.contains(after);
        if (odd && random.nextInt(4) == 0) {
            return ODD.get(random.nextInt(ODD.size()));
        }
        return tight && random.nextBoolean() ? "" : " ";
    }

    private String inOddCase(String token) {
        return switch (random.nextInt(3)) {
            case 0 -> token.toLowerCase(Locale.ROOT);
            case 1 -> token.toUpperCase(Locale.ROOT);
            default -> token;
        };
    }

    private void damage(List<String> tokens) {
        int at = random.nextInt(tokens.size());
        switch (random.nextInt(7)) {
            case 0 -> tokens.remove(at);
            case 1 -> tokens.add(at, tokens.get(at));
            case 2 -> tokens.set(at, tokens.set(random.nextInt(tokens.size()), tokens.get(at)));
            case 3 -> tokens.add(at, tokens.get(random.nextInt(tokens.size())));
            case 4 -> tokens.subList(at, tokens.size()).clear();
            case 5 -> tokens.set(at, other());
            default -> tokens.add(at, other());
        }
        if (tokens.isEmpty()) {
            tokens.add(other());
        }
    }

    private String other() {
        List<String> others = List.of(
                "SELECT",
                "FROM",
                "WHERE",
                "AND",
                "IN",
                "NOT",
                "NULL",
                "IF",
                "EXISTS",
                "TOKEN",
                "SET",
                "WITH",
                "KEY",
                "AS",
                "a",
                "\"B\"",
                "\"\"",
                "'c'",
                "1",
                "-1",
                "1.5",
                "?",
                ":",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "<",
                ">",
                "=",
                "+=",
                "-",
                "+",
                "*",
                ",",
                ".",
                "..",
                ";",
                "!",
                "0xff",
                "1d",
                "true",
                "ttl",
                "count",
                "list",
                "json",
                "distinct",
                "expr(");
        return others.get(random.nextInt(others.size()));
    }

    private String damaged(String text) {
        if (text.isEmpty()) {
            return "?";
        }
        StringBuilder result = new StringBuilder(text);
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0 -> result.deleteCharAt(at);
            case 1 -> result.insert(at, character());
            case 2 -> result.setCharAt(at, character());
            default -> result.setLength(at);
        }
        return result.toString();
    }

    private char character() {
        String characters = "aEfSx019 .,;:?!'\"()[]{}<>=+-*/%$_\n\t\0\\@#&|~^`\u00b5\u00fc\ufeff";
        return characters.charAt(random.nextInt(characters.length()));
    }
}
