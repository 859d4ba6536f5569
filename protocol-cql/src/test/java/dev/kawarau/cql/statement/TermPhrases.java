package dev.kawarau.cql.statement;

import java.util.List;
import java.util.Random;

/** Terms, by chance: values, calls, arithmetic. */
class TermPhrases extends Phrases {

    TermPhrases(Random random, List<String> tokens) {
        super(random, tokens);
    }

    final void function() {
        oneOf(this::plainName, this::plainName, () -> oneOf("token", "count", "now", "int", "keys", "\"F\""), () -> {
            name();
            say(".");
            plainName();
        });
    }

    final void term(int depth) {
        switch (depth == 0 ? random.nextInt(5) : random.nextInt(17)) {
            case 0, 1, 2 -> constant();
            case 3 -> marker();
            case 4 -> say("null");
            case 5 -> enclosed("[", () -> maybe(() -> several(",", () -> term(depth - 1))), "]");
            case 6 -> enclosed("{", () -> maybe(() -> several(",", () -> term(depth - 1))), "}");
            case 7 -> enclosed("{", () -> several(",", () -> entry(() -> term(depth - 1))), "}");
            case 8 -> enclosed("(", () -> several(",", () -> term(depth - 1)), ")");
            case 9 ->
                enclosed(
                        "{",
                        () -> several(",", () -> {
                            name();
                            say(":");
                            term(depth - 1);
                        }),
                        "}");
            case 10, 11 -> {
                function();
                enclosed("(", () -> maybe(() -> several(",", () -> term(depth - 1))), ")");
            }
            case 12, 13 -> {
                term(depth - 1);
                oneOf("+", "-", "*", "/", "%");
                term(depth - 1);
            }
            case 14 -> {
                say("-");
                oneOf(this::marker, this::string, () -> enclosed("(", () -> term(depth - 1), ")"));
            }
            case 15 -> {
                enclosed("(", () -> type(2), ")");
                oneOf(
                        this::constant,
                        this::marker,
                        () -> enclosed("[", () -> several(",", () -> term(depth - 1)), "]"));
            }
            default -> {
                say("CAST (");
                oneOf(this::constant, this::marker);
                say("AS");
                nativeType();
                say(")");
            }
        }
    }

    final void element() {
        enclosed("[", () -> term(1), "]");
    }

    final void field() {
        say(".");
        name();
    }

    final void entry(Runnable part) {
        part.run();
        say(":");
        part.run();
    }
}
