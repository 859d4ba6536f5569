package dev.kawarau.sink.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.List;

/** Changes of the schema, what the driver makes of them, and what becomes of statements that were prepared before. */
final class SchemaScenarios {
    private SchemaScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("schema", SchemaScenarios::schema),
                new Scenario("altered", SchemaScenarios::altered),
                new Scenario("altered_elsewhere", SchemaScenarios::alteredElsewhere),
                new Scenario("dropped", SchemaScenarios::dropped));
    }

    static void schema(Transcript transcript) {
        String keyspace = transcript.keyspace();
        for (String change : List.of(
                "ALTER KEYSPACE " + keyspace + " WITH durable_writes = false",
                "CREATE TYPE address (street text, number int)",
                "ALTER TYPE address ADD town text",
                "ALTER TYPE address RENAME number TO no",
                "CREATE TABLE t (k int, c text, v text, a frozen<address>, m map<text, int>, PRIMARY KEY (k, c))"
                        + " WITH CLUSTERING ORDER BY (c DESC) AND comment = 'it''s' AND default_time_to_live = 60",
                "CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY)",
                "ALTER TABLE t ADD (x int, y set<int>)",
                "ALTER TABLE t DROP x",
                "ALTER TABLE t RENAME c TO renamed",
                "ALTER TABLE t WITH gc_grace_seconds = 1000",
                "CREATE INDEX by_v ON t (v)",
                "CREATE INDEX by_m ON t (keys(m))",
                "CREATE CUSTOM INDEX by_y ON t (values(y)) USING 'StorageAttachedIndex'",
                "DROP INDEX by_m",
                "CREATE TABLE \"Quoted\" (\"K\" int PRIMARY KEY, \"V\" text)",
                "CREATE MATERIALIZED VIEW mv AS SELECT k, renamed, v FROM t WHERE k IS NOT NULL AND renamed IS NOT NULL"
                        + " AND v IS NOT NULL PRIMARY KEY (v, k, renamed)",
                "CREATE FUNCTION plus(a int, b int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'return a + b;'",
                "CREATE AGGREGATE total(int) SFUNC plus STYPE int INITCOND 0",
                "TRUNCATE t",
                "TRUNCATE \"Quoted\"")) {
            transcript.execute(change);
            describe(transcript);
        }
        for (String drop : List.of(
                "DROP AGGREGATE IF EXISTS total",
                "DROP FUNCTION IF EXISTS plus",
                "DROP MATERIALIZED VIEW IF EXISTS mv",
                "DROP TYPE address",
                "DROP TABLE t",
                "DROP TYPE address",
                "DROP TYPE IF EXISTS address",
                "DROP TABLE \"Quoted\"",
                "DROP KEYSPACE " + keyspace)) {
            transcript.execute(drop);
            describe(transcript);
        }
    }

    private static void describe(Transcript transcript) {
        transcript.note(transcript
                .session()
                .getMetadata()
                .getKeyspace(transcript.keyspace())
                .map(known -> known.describeWithChildren(true))
                .orElse("no keyspace"));
    }

    private static PreparedStatement prepareAll(Transcript transcript) {
        transcript.execute("CREATE TYPE u (a int)");
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text, u frozen<u>)");
        transcript.execute("INSERT INTO t (k, v, u) VALUES (1, 'v', {a: 1})");
        PreparedStatement all = transcript.prepare("SELECT * FROM t WHERE k = ?");
        transcript.execute(all.bind(1));
        return all;
    }

    private static void altered(Transcript transcript) {
        PreparedStatement all = prepareAll(transcript);
        alter(transcript, transcript, all);
        transcript.prepare("SELECT * FROM t WHERE key = ?");
    }

    private static void alteredElsewhere(Transcript transcript) {
        PreparedStatement all = prepareAll(transcript);
        Transcript other = transcript.another();
        alter(transcript, other, all);
        transcript.append(other);
    }

    private static void alter(Transcript transcript, Transcript by, PreparedStatement all) {
        for (String change : List.of(
                "ALTER TABLE t ADD w int",
                "INSERT INTO t (k, w) VALUES (1, 7)",
                "ALTER TYPE u ADD b text",
                "ALTER TABLE t DROP v",
                "ALTER TABLE t RENAME k TO key")) {
            by.execute(change);
            transcript.execute(all.bind(1));
            transcript.execute(all.bind(1));
            transcript.prepared(all);
        }
    }

    /** With the table the server forgets what was prepared for it. */
    private static void dropped(Transcript transcript) {
        PreparedStatement all = prepareAll(transcript);
        PreparedStatement named = transcript.prepare("SELECT v FROM " + transcript.keyspace() + ".t WHERE k = ?");
        PreparedStatement insert = transcript.prepare("INSERT INTO t (k, v) VALUES (?, ?)");
        transcript.execute("DROP TABLE t");
        transcript.execute(all.bind(1));
        transcript.execute(named.bind(1));
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text, x int)");
        transcript.execute(insert.bind(1, "again"));
        transcript.execute(all.bind(1));
        transcript.execute(named.bind(1));
        transcript.execute("DROP TABLE t");
        transcript.execute("CREATE TABLE t (k text PRIMARY KEY, v int)");
        transcript.execute(all.bind(1));
        transcript.execute(insert.bind(2, "x"));
        transcript.execute("DROP KEYSPACE " + transcript.keyspace());
        transcript.execute(named.bind(1));
        transcript.execute("SELECT * FROM t");
        transcript.execute("USE " + transcript.keyspace());
    }
}
