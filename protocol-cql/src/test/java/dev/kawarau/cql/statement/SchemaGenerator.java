package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** CREATE, ALTER and DROP of all but roles, by chance. */
final class SchemaGenerator extends Phrases {

    private static final List<String> TABLE_PROPERTIES = List.of(
            "comment",
            "compaction",
            "compression",
            "caching",
            "gc_grace_seconds",
            "cdc",
            "id",
            "\"Quoted\"",
            "key",
            "memtable");
    private static final List<String> KEYSPACE_PROPERTIES =
            List.of("replication", "durable_writes", "REPLICATION_", "x");

    private final DataGenerator data;

    SchemaGenerator(Random random, List<String> tokens) {
        super(random, tokens);
        data = new DataGenerator(random, tokens);
    }

    void statement() {
        switch (random.nextInt(16)) {
            case 0 -> keyspace();
            case 1, 2, 3, 4 -> createTable();
            case 5, 6, 7 -> alterTable();
            case 8 -> type();
            case 9, 10 -> createIndex();
            case 11 -> view();
            case 12 -> createFunction();
            case 13 -> createAggregate();
            case 14 -> trigger();
            default -> drop();
        }
    }

    private void ifNotExists() {
        maybe("IF NOT EXISTS");
    }

    private void ifExists() {
        maybe("IF EXISTS");
    }

    private void keyspace() {
        oneOf(
                () -> {
                    say("CREATE KEYSPACE");
                    ifNotExists();
                },
                () -> {
                    say("ALTER KEYSPACE");
                    ifExists();
                });
        name();
        say("WITH");
        properties(KEYSPACE_PROPERTIES);
    }

    private void createTable() {
        oneOf("CREATE TABLE", "CREATE COLUMNFAMILY");
        ifNotExists();
        table();
        boolean inline = random.nextBoolean();
        say("(");
        name();
        type(3);
        if (inline) {
            maybe("STATIC");
            maybe(this::mask);
            say("PRIMARY KEY");
        }
        int columns = random.nextInt(4);
        for (int i = 0; i < columns; i++) {
            say(", c" + i);
            type(3);
            maybe("STATIC");
            maybe(this::mask);
        }
        if (!inline) {
            say(",");
            primaryKey();
        }
        maybe(",");
        say(")");
        maybe(() -> {
            say("WITH");
            oneOf(() -> properties(TABLE_PROPERTIES), () -> say("COMPACT STORAGE"), this::clusteringOrder, () -> {
                clusteringOrder();
                say("AND");
                properties(TABLE_PROPERTIES);
            });
        });
    }

    private void mask() {
        say("MASKED WITH");
        oneOf(() -> say("DEFAULT"), () -> {
            qualified(this::plainName);
            enclosed("(", () -> maybe(() -> several(",", () -> data.term(1))), ")");
        });
    }

    private void primaryKey() {
        say("PRIMARY KEY (");
        oneOf(this::name, () -> enclosed("(", () -> several(",", this::name), ")"));
        int clustering = random.nextInt(3);
        for (int i = 0; i < clustering; i++) {
            say(",");
            name();
        }
        say(")");
    }

    private void clusteringOrder() {
        say("CLUSTERING ORDER BY (");
        List<Integer> columns = new ArrayList<>();
        several(",", () -> {
            columns.add(0);
            say("c" + columns.size());
            oneOf("ASC", "DESC");
        });
        say(")");
    }

    private void alterTable() {
        oneOf("ALTER TABLE", "ALTER COLUMNFAMILY");
        ifExists();
        table();
        switch (random.nextInt(8)) {
            case 0 -> {
                say("ADD");
                ifNotExists();
                oneOf(this::addedColumn, () -> enclosed("(", () -> several(",", this::addedColumn), ")"));
            }
            case 1 -> {
                say("DROP");
                ifExists();
                oneOf(this::plainName, () -> enclosed("(", () -> several(",", this::name), ")"));
                maybe("USING TIMESTAMP " + random.nextInt(Integer.MAX_VALUE));
            }
            case 2 -> {
                say("RENAME");
                ifExists();
                renames();
            }
            case 3 -> say("DROP COMPACT STORAGE");
            case 4 -> {
                say("ALTER");
                plainName();
                say("TYPE");
                type(2);
            }
            case 5 -> {
                say("ALTER");
                ifExists();
                plainName();
                oneOf(this::mask, () -> say("DROP MASKED"));
            }
            default -> {
                say("WITH");
                properties(TABLE_PROPERTIES);
            }
        }
    }

    private void addedColumn() {
        name();
        type(3);
        maybe("STATIC");
        maybe(this::mask);
    }

    private void renames() {
        several("AND", () -> {
            name();
            say("TO");
            name();
        });
    }

    private void type() {
        if (random.nextBoolean()) {
            say("CREATE TYPE");
            ifNotExists();
            qualified(this::typeName);
            enclosed(
                    "(",
                    () -> {
                        several(",", this::typedName);
                        maybe(",");
                    },
                    ")");
            return;
        }
        say("ALTER TYPE");
        ifExists();
        qualified(this::typeName);
        oneOf(
                () -> {
                    say("ADD");
                    ifNotExists();
                    typedName();
                },
                () -> {
                    say("RENAME");
                    ifExists();
                    renames();
                },
                () -> {
                    say("ALTER");
                    name();
                    say("TYPE");
                    type(3);
                });
    }

    private void typedName() {
        name();
        type(3);
    }

    private void createIndex() {
        say("CREATE");
        maybe("CUSTOM");
        say("INDEX");
        ifNotExists();
        maybe(this::name);
        say("ON");
        table();
        enclosed(
                "(",
                () -> several(
                        ",",
                        () -> oneOf(this::name, () -> {
                            oneOf("keys", "values", "entries", "full");
                            enclosed("(", this::name, ")");
                        })),
                ")");
        maybe(() -> {
            say("USING");
            string();
        });
        maybe(() -> {
            say("WITH OPTIONS =");
            enclosed("{", this::propertyMap, "}");
        });
    }

    private void view() {
        if (random.nextInt(4) == 0) {
            say("ALTER MATERIALIZED VIEW");
            ifExists();
            table();
            say("WITH");
            properties(TABLE_PROPERTIES);
            return;
        }
        say("CREATE MATERIALIZED VIEW");
        ifNotExists();
        table();
        say("AS SELECT");
        oneOf(() -> say("*"), () -> several(",", this::plainName), data::selectors);
        say("FROM");
        table();
        maybe(data::where);
        primaryKey();
        maybe(() -> {
            say("WITH");
            oneOf(() -> properties(TABLE_PROPERTIES), this::clusteringOrder);
        });
    }

    private void createFunction() {
        say("CREATE");
        maybe("OR REPLACE");
        say("FUNCTION");
        ifNotExists();
        qualified(this::plainName);
        enclosed("(", () -> maybe(() -> several(",", this::typedName)), ")");
        oneOf("CALLED ON NULL INPUT", "RETURNS NULL ON NULL INPUT");
        say("RETURNS");
        type(3);
        say("LANGUAGE java AS");
        string();
    }

    private void createAggregate() {
        say("CREATE");
        maybe("OR REPLACE");
        say("AGGREGATE");
        ifNotExists();
        qualified(this::plainName);
        enclosed("(", () -> maybe(() -> several(",", () -> type(2))), ")");
        say("SFUNC");
        plainName();
        say("STYPE");
        type(2);
        maybe(() -> {
            say("FINALFUNC");
            plainName();
        });
        maybe(() -> {
            say("INITCOND");
            data.term(2);
        });
    }

    private void trigger() {
        if (random.nextBoolean()) {
            say("CREATE TRIGGER");
            ifNotExists();
            name();
            say("ON");
            table();
            say("USING");
            string();
        } else {
            say("DROP TRIGGER");
            ifExists();
            name();
            say("ON");
            table();
        }
    }

    private void drop() {
        say("DROP");
        switch (random.nextInt(6)) {
            case 0 -> {
                say("KEYSPACE");
                ifExists();
                name();
            }
            case 1 -> {
                oneOf("TABLE", "COLUMNFAMILY", "MATERIALIZED VIEW");
                ifExists();
                table();
            }
            case 2 -> {
                say("INDEX");
                ifExists();
                table();
            }
            case 3 -> {
                say("TYPE");
                ifExists();
                qualified(this::typeName);
            }
            default -> {
                oneOf("FUNCTION", "AGGREGATE");
                ifExists();
                qualified(this::plainName);
                maybe(() -> enclosed("(", () -> maybe(() -> several(",", () -> type(2))), ")"));
            }
        }
    }
}
