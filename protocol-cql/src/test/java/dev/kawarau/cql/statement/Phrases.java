package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes texts as tokens, by chance: what all generators of statements have in common. */
class Phrases {

    private static final List<String> NAMES = List.of("a", "b", "col_1", "Name", "users", "orders", "x9");
    private static final List<String> QUOTED =
            List.of("\"a\"", "\"Mixed Case\"", "\"select\"", "\"we\"\"ird\"", "\"ünï\"", "\"1\"", "\"text\"");
    private static final List<String> UNRESERVED =
            List.of(("keys as cluster clustering compact storage tables type types values map list filtering permission"
                            + " permissions keyspaces all user users role roles superuser nosuperuser login nologin options"
                            + " password exists custom trigger contains internals only static frozen function functions"
                            + " aggregate aggregates tuple sfunc stype finalfunc initcond returns language called input like"
                            + " per partition group datacenters cidrs access default mbean mbeans replace unset masked"
                            + " unmask select_masked vector ann identity hashed")
                    .split(" "));
    private static final List<String> FUNCTION_WORDS =
            List.of("ttl", "count", "writetime", "maxwritetime", "key", "cast", "json", "distinct");
    private static final List<String> NATIVE_TYPES =
            List.of(("ascii bigint blob boolean counter date decimal double duration"
                            + " float inet int smallint text time timestamp timeuuid tinyint uuid varchar varint")
                    .split(" "));

    protected final Random random;
    private final List<String> tokens;

    Phrases(Random random, List<String> tokens) {
        this.random = random;
        this.tokens = tokens;
    }

    /** @param words separated by blanks; none of them has one itself */
    final void say(String words) {
        tokens.addAll(List.of(words.split(" ")));
    }

    /** One token, whatever is in it. */
    final void token(String token) {
        tokens.add(token);
    }

    final void maybe(Runnable phrase) {
        if (random.nextInt(3) == 0) {
            phrase.run();
        }
    }

    final void maybe(String words) {
        maybe(() -> say(words));
    }

    final void oneOf(Runnable... phrases) {
        phrases[random.nextInt(phrases.length)].run();
    }

    final void oneOf(String... words) {
        say(words[random.nextInt(words.length)]);
    }

    /** Mostly few of them. */
    final void several(String separator, Runnable phrase) {
        phrase.run();
        for (int more = random.nextInt(2) * random.nextInt(4); more > 0; more--) {
            say(separator);
            phrase.run();
        }
    }

    final void enclosed(String open, Runnable phrase, String close) {
        say(open);
        phrase.run();
        say(close);
    }

    final String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** A name, as a column, keyspace, table or field may have. */
    final void name() {
        switch (random.nextInt(8)) {
            case 0 -> token(pick(QUOTED));
            case 1 -> token(pick(UNRESERVED));
            case 2 -> token(pick(random.nextBoolean() ? FUNCTION_WORDS : NATIVE_TYPES));
            default -> plainName();
        }
    }

    final void plainName() {
        token(pick(NAMES));
    }

    /** A name that is no native type, and no word that means something before a parenthesis. */
    final void typeName() {
        switch (random.nextInt(4)) {
            case 0 -> token(pick(QUOTED));
            case 1 -> token(pick(UNRESERVED));
            default -> plainName();
        }
    }

    final void qualified(Runnable name) {
        maybe(() -> {
            name();
            say(".");
        });
        name.run();
    }

    final void table() {
        qualified(this::name);
    }

    final void nativeType() {
        token(pick(NATIVE_TYPES));
    }

    final void type(int depth) {
        switch (depth == 0 ? 0 : random.nextInt(10)) {
            case 1 -> bracketed("list", () -> type(depth - 1));
            case 2 -> bracketed("set", () -> type(depth - 1));
            case 3 ->
                bracketed("map", () -> {
                    type(depth - 1);
                    say(",");
                    type(depth - 1);
                });
            case 4 -> bracketed("tuple", () -> several(",", () -> type(depth - 1)));
            case 5 -> bracketed("frozen", () -> bracketed("list", () -> type(depth - 1)));
            case 6 ->
                bracketed("vector", () -> {
                    type(depth - 1);
                    say(", " + (1 + random.nextInt(2000)));
                });
            case 7 -> qualified(this::plainName);
            case 8 ->
                oneOf(
                        () -> bracketed("frozen", this::plainName),
                        () -> say("'org.apache.cassandra.db.marshal.Int32Type'"));
            default -> nativeType();
        }
    }

    private void bracketed(String word, Runnable inside) {
        say(word);
        enclosed("<", inside, ">");
    }

    final void string() {
        token(pick(List.of(
                "''",
                "'x'",
                "'it''s'",
                "'a b'",
                "'-- no comment'",
                "'ü\u4e2d'",
                "'{\"a\": 1}'",
                "'\n'",
                "$$x$$",
                "$$it's$$")));
    }

    final void bool() {
        oneOf("true", "false", "TRUE", "False");
    }

    final void integer() {
        token(pick(List.of(
                "0", "1", "-1", "42", "007", "2147483648", "-9223372036854775808", "123456789012345678901234567890")));
    }

    final void constant() {
        switch (random.nextInt(10)) {
            case 0, 1 -> string();
            case 2, 3 -> integer();
            case 4 ->
                token(pick(List.of("1.5", "-0.0", "1.", "1e5", "1E+5", "-1.5e-10", "NaN", "Infinity", "-Infinity")));
            case 5 -> bool();
            case 6 ->
                token(pick(List.of(
                        "550e8400-e29b-41d4-a716-446655440000",
                        "ABCDEFAB-CDEF-abcd-efab-CDEFabcdefab",
                        "12345678-1234-1234-1234-123456789012")));
            case 7 -> token(pick(List.of("0x", "0xff", "0xCAFEbabe", "0X1")));
            case 8 ->
                token(pick(List.of(
                        "1d",
                        "1y2mo3w4d",
                        "-12h30m",
                        "5\u00b5s",
                        "10ns",
                        "P1Y2M3DT4H5M6S",
                        "PT5M",
                        "-P2W",
                        "P0001-02-03T04:05:06")));
            default -> integer();
        }
    }

    final void marker() {
        if (random.nextBoolean()) {
            say("?");
        } else {
            say(":");
            name();
        }
    }

    final void integerOrMarker() {
        oneOf(this::integer, this::marker);
    }

    /** {@code name = constant AND name = {...}}; each name once. */
    final void properties(List<String> names) {
        List<String> left = new ArrayList<>(names);
        several("AND", () -> {
            token(left.isEmpty() ? "p" + random.nextInt(1 << 30) : left.remove(random.nextInt(left.size())));
            say("=");
            oneOf(
                    this::constant,
                    this::constant,
                    () -> enclosed("{", this::propertyMap, "}"),
                    () -> token(pick(UNRESERVED)));
        });
    }

    final void propertyMap() {
        int entries = random.nextInt(4);
        for (int i = 0; i < entries; i++) {
            if (i > 0) {
                say(",");
            }
            token("'key" + i + "'");
            say(":");
            constant();
        }
    }
}
