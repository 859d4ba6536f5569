package dev.kawarau.cql.statement;

import java.util.List;
import java.util.Random;

/** SELECT, INSERT, UPDATE, DELETE, BATCH, USE and TRUNCATE, by chance. */
final class DataGenerator extends TermPhrases {

    private static final int DEPTH = 3;

    DataGenerator(Random random, List<String> tokens) {
        super(random, tokens);
    }

    void statement() {
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3, 4 -> select();
            case 5, 6 -> insert();
            case 7, 8 -> update();
            case 9, 10 -> delete();
            case 11, 12 -> batch();
            default ->
                oneOf(
                        () -> {
                            say("USE");
                            name();
                        },
                        () -> {
                            oneOf("TRUNCATE", "TRUNCATE TABLE", "TRUNCATE COLUMNFAMILY");
                            table();
                        });
        }
    }

    private void select() {
        say("SELECT");
        maybe("JSON");
        oneOf(
                () -> say("*"),
                () -> {
                    maybe("DISTINCT");
                    selectors();
                },
                this::selectors);
        say("FROM");
        table();
        maybe(this::where);
        maybe(() -> {
            say("GROUP BY");
            several(",", () -> selector(1));
        });
        maybe(() -> {
            say("ORDER BY");
            several(",", () -> {
                name();
                maybe(() -> {
                    say("ANN OF");
                    term(2);
                });
                maybe(() -> oneOf("ASC", "DESC"));
            });
        });
        maybe(() -> {
            say("PER PARTITION LIMIT");
            integerOrMarker();
        });
        maybe(() -> {
            say("LIMIT");
            integerOrMarker();
        });
        maybe("ALLOW FILTERING");
    }

    void selectors() {
        several(",", () -> {
            selector(DEPTH);
            maybe(() -> {
                say("AS");
                name();
            });
        });
    }

    private void selector(int depth) {
        switch (depth == 0 ? random.nextInt(2) : random.nextInt(18)) {
            case 0, 1, 2, 3, 4 -> name();
            case 5 -> oneOf(this::constant, this::marker, () -> say("null"));
            case 6 -> say("count ( * )");
            case 7 -> {
                oneOf("writetime (", "ttl (", "maxwritetime (");
                name();
                maybe(this::element);
                say(")");
            }
            case 8 -> {
                say("CAST (");
                selector(depth - 1);
                say("AS");
                nativeType();
                say(")");
            }
            case 9, 10 -> {
                function();
                enclosed("(", () -> maybe(() -> several(",", () -> selector(depth - 1))), ")");
            }
            case 11 -> {
                name();
                oneOf(this::element, this::slice, this::field);
            }
            case 12, 13 -> {
                selector(depth - 1);
                oneOf("+", "-", "*", "/", "%");
                selector(depth - 1);
            }
            case 14 -> {
                say("-");
                name();
            }
            case 15 -> enclosed("(", () -> several(",", () -> selector(depth - 1)), ")");
            case 16 -> enclosed("[", () -> maybe(() -> several(",", () -> selector(depth - 1))), "]");
            default ->
                oneOf(
                        () -> enclosed("{", () -> several(",", () -> selector(depth - 1)), "}"),
                        () -> enclosed("{", () -> several(",", () -> entry(() -> selector(depth - 1))), "}"),
                        () -> {
                            enclosed("(", () -> type(2), ")");
                            name();
                        });
        }
    }

    private void slice() {
        oneOf(
                () -> enclosed(
                        "[",
                        () -> {
                            term(0);
                            say("..");
                            maybe(() -> term(0));
                        },
                        "]"),
                () -> enclosed("[ ..", () -> term(0), "]"));
    }

    void where() {
        say("WHERE");
        several("AND", () -> relation(1));
    }

    private void relation(int depth) {
        switch (random.nextInt(depth > 0 ? 13 : 11)) {
            case 0 -> {
                name();
                say("IN");
                values();
            }
            case 1 -> {
                name();
                oneOf("CONTAINS", "CONTAINS KEY", "LIKE");
                term(1);
            }
            case 2 -> {
                name();
                say("IS NOT NULL");
            }
            case 3 -> {
                say("TOKEN");
                names();
                compare();
                term(1);
            }
            case 4 -> {
                name();
                element();
                compare();
                term(1);
            }
            case 5 -> {
                names();
                compare();
                oneOf(this::marker, this::tuple);
            }
            case 6 -> {
                names();
                say("IN");
                oneOf(
                        () -> say("( )"),
                        this::marker,
                        () -> enclosed("(", () -> several(",", this::tuple), ")"),
                        () -> enclosed("(", () -> several(",", this::marker), ")"));
            }
            case 11 -> enclosed("(", () -> relation(0), ")");
            case 12 -> {
                token("expr(");
                name();
                say(",");
                term(1);
                say(")");
            }
            default -> {
                name();
                compare();
                term(DEPTH);
            }
        }
    }

    private void values() {
        oneOf(() -> enclosed("(", () -> maybe(() -> several(",", () -> term(1))), ")"), this::marker);
    }

    private void names() {
        enclosed("(", () -> several(",", this::name), ")");
    }

    private void tuple() {
        enclosed("(", () -> several(",", () -> term(1)), ")");
    }

    private void compare() {
        oneOf("=", "=", "<", "<=", ">", ">=", "!=");
    }

    private void insert() {
        say("INSERT INTO");
        table();
        oneOf(this::columnsAndValues, this::columnsAndValues, () -> {
            say("JSON");
            oneOf(this::string, this::marker);
            maybe(() -> oneOf("DEFAULT NULL", "DEFAULT UNSET"));
        });
        maybe("IF NOT EXISTS");
        maybe(this::using);
    }

    private void columnsAndValues() {
        names();
        say("VALUES");
        enclosed("(", () -> several(",", () -> term(DEPTH)), ")");
    }

    private void using() {
        say("USING");
        several("AND", () -> {
            oneOf("TTL", "TIMESTAMP");
            integerOrMarker();
        });
    }

    private void update() {
        say("UPDATE");
        table();
        maybe(this::using);
        say("SET");
        int[] column = {0};
        several(",", () -> assignment("c" + column[0]++));
        where();
        maybe(this::condition);
    }

    /** @param column one of its own for each: two assignments to the same may not go together */
    private void assignment(String column) {
        say(column);
        switch (random.nextInt(8)) {
            case 0 -> {
                say("= " + column);
                oneOf("+", "-");
                term(2);
            }
            case 1 -> {
                say("=");
                term(2);
                say("+ " + column);
            }
            case 2 -> {
                oneOf("+=", "-=");
                term(2);
            }
            case 3 -> {
                element();
                say("=");
                term(2);
            }
            case 4 -> {
                field();
                say("=");
                term(2);
            }
            default -> {
                say("=");
                term(DEPTH);
            }
        }
    }

    private void condition() {
        oneOf(() -> say("IF EXISTS"), () -> {
            say("IF");
            several("AND", () -> {
                name();
                switch (random.nextInt(6)) {
                    case 0 -> {
                        oneOf("CONTAINS", "CONTAINS KEY");
                        term(1);
                    }
                    case 1 -> compared();
                    default -> {
                        maybe(() -> oneOf(this::element, this::field));
                        compared();
                    }
                }
            });
        });
    }

    private void compared() {
        oneOf(
                () -> {
                    compare();
                    term(1);
                },
                () -> {
                    say("IN");
                    values();
                });
    }

    private void delete() {
        say("DELETE");
        maybe(() -> several(",", () -> {
            name();
            maybe(() -> oneOf(this::element, this::field));
        }));
        say("FROM");
        table();
        maybe(() -> {
            say("USING TIMESTAMP");
            integerOrMarker();
        });
        where();
        maybe(this::condition);
    }

    private void batch() {
        oneOf("BEGIN BATCH", "BEGIN UNLOGGED BATCH", "BEGIN COUNTER BATCH");
        maybe(this::using);
        int statements = random.nextInt(4);
        for (int i = 0; i < statements; i++) {
            oneOf(this::insert, this::update, this::delete);
            oneOf(() -> say(";"), () -> say(";"), () -> {});
        }
        say("APPLY BATCH");
    }
}
