package dev.kawarau.cql.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Roles, permissions and DESCRIBE, by chance. */
final class AdministrationGenerator extends Phrases {

    AdministrationGenerator(Random random, List<String> tokens) {
        super(random, tokens);
    }

    void statement() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> role();
            case 3 -> user();
            case 4 -> identity();
            case 5, 6, 7 -> permissions();
            case 8 -> list();
            default -> describe();
        }
    }

    private void role() {
        switch (random.nextInt(5)) {
            case 0 -> {
                say("DROP ROLE");
                maybe("IF EXISTS");
                roleName();
                return;
            }
            case 1 -> {
                oneOf(this::grantRole, this::revokeRole);
                return;
            }
            case 2 -> {
                say("ALTER ROLE");
                maybe("IF EXISTS");
            }
            default -> {
                say("CREATE ROLE");
                maybe("IF NOT EXISTS");
            }
        }
        roleName();
        maybe(() -> {
            say("WITH");
            roleOptions();
        });
    }

    private void roleOptions() {
        List<Runnable> left = new ArrayList<>(List.of(
                () -> {
                    say("PASSWORD =");
                    string();
                },
                () -> {
                    say("LOGIN =");
                    bool();
                },
                () -> {
                    say("SUPERUSER =");
                    bool();
                },
                () -> {
                    say("OPTIONS =");
                    enclosed("{", this::propertyMap, "}");
                },
                () -> oneOf(() -> say("ACCESS TO ALL DATACENTERS"), () -> {
                    say("ACCESS TO DATACENTERS");
                    enclosed("{", () -> several(",", this::string), "}");
                }),
                () -> oneOf(() -> say("ACCESS FROM ALL CIDRS"), () -> {
                    say("ACCESS FROM CIDRS");
                    enclosed("{", () -> several(",", this::string), "}");
                })));
        int options = 1 + random.nextInt(3);
        for (int i = 0; i < options; i++) {
            if (i > 0) {
                say("AND");
            }
            left.remove(random.nextInt(left.size())).run();
        }
    }

    private void roleName() {
        oneOf(this::name, this::string);
    }

    private void grantRole() {
        say("GRANT");
        oneOf(this::plainName, this::string);
        say("TO");
        roleName();
    }

    private void revokeRole() {
        say("REVOKE");
        oneOf(this::plainName, this::string);
        say("FROM");
        roleName();
    }

    private void user() {
        switch (random.nextInt(3)) {
            case 0 -> {
                say("DROP USER");
                maybe("IF EXISTS");
                userName();
                return;
            }
            case 1 -> {
                say("ALTER USER");
                maybe("IF EXISTS");
            }
            default -> {
                say("CREATE USER");
                maybe("IF NOT EXISTS");
            }
        }
        userName();
        maybe(() -> {
            say("WITH PASSWORD");
            string();
        });
        maybe(() -> oneOf("SUPERUSER", "NOSUPERUSER"));
    }

    private void userName() {
        oneOf(this::plainName, this::string);
    }

    private void identity() {
        if (random.nextBoolean()) {
            say("ADD IDENTITY");
            maybe("IF NOT EXISTS");
            userName();
            say("TO ROLE");
            userName();
        } else {
            say("DROP IDENTITY");
            maybe("IF EXISTS");
            userName();
        }
    }

    private void permissions() {
        boolean grant = random.nextBoolean();
        say(grant ? "GRANT" : "REVOKE");
        oneOf(
                () -> {
                    oneOf("ALL", "ALL PERMISSIONS");
                    say("ON");
                    resource();
                },
                () -> {
                    several(",", () -> {
                        oneOf("CREATE", "ALTER", "DROP", "SELECT", "MODIFY", "AUTHORIZE", "UNMASK", "SELECT_MASKED");
                        maybe("PERMISSION");
                    });
                    say("ON");
                    dataResource();
                },
                () -> {
                    say("AUTHORIZE ON");
                    resource();
                });
        say(grant ? "TO" : "FROM");
        roleName();
    }

    private void dataResource() {
        oneOf(
                () -> say("ALL KEYSPACES"),
                () -> {
                    say("KEYSPACE");
                    name();
                },
                () -> {
                    maybe("TABLE");
                    qualified(this::plainName);
                },
                () -> {
                    say("ALL TABLES IN KEYSPACE");
                    name();
                });
    }

    private void resource() {
        oneOf(
                this::dataResource,
                () -> say("ALL ROLES"),
                () -> {
                    say("ROLE");
                    roleName();
                },
                () -> say("ALL FUNCTIONS"),
                () -> {
                    say("ALL FUNCTIONS IN KEYSPACE");
                    name();
                },
                () -> say("ALL MBEANS"),
                () -> say("MBEAN 'org.x:type=Tables'"),
                () -> say("MBEANS 'org.x:type=*'"));
    }

    private void list() {
        say("LIST");
        oneOf(
                () -> say("USERS"),
                () -> {
                    say("ROLES");
                    of();
                },
                () -> {
                    oneOf("ALL", "ALL PERMISSIONS", "SELECT", "SELECT PERMISSION , MODIFY", "EXECUTE");
                    maybe(() -> {
                        say("ON");
                        resource();
                    });
                    of();
                });
    }

    private void of() {
        maybe(() -> {
            say("OF");
            roleName();
        });
        maybe("NORECURSIVE");
    }

    private void describe() {
        oneOf("DESCRIBE", "DESC");
        switch (random.nextInt(6)) {
            case 0 ->
                oneOf("CLUSTER", "SCHEMA", "FULL SCHEMA", "KEYSPACES", "TABLES", "TYPES", "FUNCTIONS", "AGGREGATES");
            case 1 -> {
                maybe("ONLY");
                say("KEYSPACE");
                maybe(this::name);
            }
            case 2 -> {
                oneOf("TABLE", "INDEX", "MATERIALIZED VIEW");
                table();
            }
            case 3 -> {
                say("TYPE");
                qualified(this::typeName);
            }
            case 4 -> {
                oneOf("FUNCTION", "AGGREGATE");
                qualified(this::plainName);
            }
            default -> qualified(this::plainName);
        }
        maybe("WITH INTERNALS");
    }
}
