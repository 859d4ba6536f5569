package dev.kawarau.sink.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.util.List;

/** Errors of as many codes as one node gives. */
final class ErrorScenarios {
    private ErrorScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("mistakes", ErrorScenarios::mistakes),
                new Scenario("unavailable", ErrorScenarios::unavailable));
    }

    /** Those that need a node with users and functions, and little patience with tombstones. */
    static List<Scenario> ofAStrictNode() {
        return List.of(
                new Scenario("functions", ErrorScenarios::functions),
                new Scenario("rights", ErrorScenarios::rights),
                new Scenario("tombstones", ErrorScenarios::tombstones),
                new Scenario("schema", SchemaScenarios::schema));
    }

    private static void mistakes(Transcript transcript) {
        String keyspace = transcript.keyspace();
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text)");
        for (String wrong : List.of(
                "",
                ";",
                "SELEKT 1",
                "SELECT * FROM t WHERE",
                "SELECT * FROM t WHERE k = 'text'",
                "SELECT * FROM t WHERE v = 'x'",
                "SELECT nothing FROM t",
                "SELECT * FROM nowhere",
                "SELECT * FROM nowhere.t",
                "SELECT fn(k) FROM t",
                "INSERT INTO t (v) VALUES ('no key')",
                "INSERT INTO t (k) VALUES (?)",
                "USE nowhere",
                "use",
                "USE \"",
                "CREATE TABLE t (k int PRIMARY KEY)",
                "CREATE KEYSPACE " + keyspace + " WITH replication = {'class': 'SimpleStrategy'}",
                "CREATE KEYSPACE x WITH replication = {'class': 'NoSuchStrategy'}",
                "CREATE KEYSPACE x WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 'many'}",
                "CREATE KEYSPACE x WITH nothing = 1",
                "CREATE TABLE x (k int PRIMARY KEY) WITH compaction = {'class': 'None'}",
                "CREATE TABLE x (k int PRIMARY KEY) WITH gc_grace_seconds = -1",
                "CREATE TABLE x (k nothing PRIMARY KEY)",
                "CREATE TYPE x (a counter)",
                "ALTER TABLE t DROP k",
                "ALTER TABLE t ADD v text",
                "DROP TABLE nowhere",
                "DROP KEYSPACE nowhere",
                "DROP INDEX nowhere",
                "TRUNCATE nowhere",
                "CREATE TABLE system.x (k int PRIMARY KEY)",
                "CREATE ROLE r",
                "GRANT SELECT ON t TO nobody",
                "DESCRIBE TABLE nowhere",
                "LIST ROLES")) {
            transcript.execute(wrong);
            if (!wrong.startsWith("USE nowhere")) { // which cannot be prepared through the sink
                transcript.tryPrepare(wrong);
            }
        }
        transcript.execute("SELECT * FROM t WHERE k = ?", 1, 2);
        transcript.execute("SELECT * FROM t WHERE k = ?", "text");
        transcript.execute("INSERT INTO t (k, v) VALUES (1, ?)", "x".repeat(70_000));
        transcript.execute("SELECT * FROM t WHERE k = ?", 1);
        transcript.execute("DESCRIBE KEYSPACE " + keyspace);
    }

    private static void unavailable(Transcript transcript) {
        transcript.execute("ALTER KEYSPACE " + transcript.keyspace()
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}");
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text)");
        transcript.execute("CREATE TABLE n (k int PRIMARY KEY, c counter)");
        SimpleStatement insert = SimpleStatement.newInstance("INSERT INTO t (k, v) VALUES (1, 'x')");
        List<Statement<?>> statements = List.of(
                insert,
                SimpleStatement.newInstance("SELECT * FROM t WHERE k = 1"),
                SimpleStatement.newInstance("SELECT * FROM t"),
                SimpleStatement.newInstance("UPDATE n SET c = c + 1 WHERE k = 1"),
                SimpleStatement.newInstance("INSERT INTO t (k, v) VALUES (1, 'x') IF NOT EXISTS"),
                BatchStatement.newInstance(DefaultBatchType.LOGGED, insert),
                transcript.prepare("UPDATE t SET v = ? WHERE k = ?").bind("y", 1));
        for (ConsistencyLevel level : List.of(
                ConsistencyLevel.ALL,
                ConsistencyLevel.QUORUM,
                ConsistencyLevel.EACH_QUORUM,
                ConsistencyLevel.ANY,
                ConsistencyLevel.SERIAL,
                ConsistencyLevel.ONE)) {
            statements.forEach(statement -> transcript.execute(statement.setConsistencyLevel(level)));
        }
    }

    private static void functions(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v int)");
        transcript.execute("INSERT INTO t (k, v) VALUES (1, 0)");
        transcript.execute("CREATE FUNCTION divide(a int, b int) CALLED ON NULL INPUT RETURNS int LANGUAGE java"
                + " AS 'return a / b;'");
        transcript.execute("CREATE FUNCTION broken(a int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS 'nothing'");
        transcript.execute("SELECT divide(k, k) FROM t");
        transcript.execute("SELECT divide(k, v) FROM t");
        transcript.execute(
                transcript.prepare("SELECT divide(k, ?) FROM t WHERE k = 1").bind(0));
        transcript.execute("CREATE AGGREGATE quotient(int) SFUNC divide STYPE int INITCOND 1");
        transcript.execute("SELECT quotient(v) FROM t");
        transcript.execute("CREATE OR REPLACE FUNCTION divide(a int, b int) CALLED ON NULL INPUT RETURNS int"
                + " LANGUAGE java AS 'return b;'");
        transcript.execute("SELECT quotient(v), divide(k, 5) FROM t");
        transcript.execute("DROP FUNCTION divide");
    }

    private static void rights(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text)");
        transcript.execute("DROP ROLE IF EXISTS reader");
        transcript.execute("CREATE ROLE reader WITH PASSWORD = 'secret' AND LOGIN = true");
        transcript.execute("CREATE ROLE reader");
        transcript.execute("GRANT SELECT ON KEYSPACE " + transcript.keyspace() + " TO reader");
        transcript.execute("GRANT reader TO nobody");
        transcript.execute("LIST ALL PERMISSIONS OF reader");
        transcript.execute("ALTER ROLE cassandra WITH SUPERUSER = false");
        transcript.execute("DROP ROLE cassandra");
        transcript.execute("LIST ROLES");
    }

    /** What somebody may who was given the right to read. */
    static void read(Transcript transcript) {
        transcript.execute("SELECT * FROM t");
        transcript.execute("INSERT INTO t (k, v) VALUES (1, 'x')");
        transcript.tryPrepare("INSERT INTO t (k, v) VALUES (?, ?)");
        transcript.execute("ALTER TABLE t ADD x int");
        transcript.execute("CREATE ROLE other");
        transcript.execute("LIST ROLES");
        transcript.execute("SELECT * FROM system_auth.roles");
        transcript.execute("TRUNCATE t");
        transcript.execute(BatchStatement.newInstance(
                DefaultBatchType.LOGGED, SimpleStatement.newInstance("DELETE FROM t WHERE k = 1")));
    }

    private static void tombstones(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c))");
        for (int i = 0; i < 60; i++) {
            transcript.session().execute("DELETE FROM t WHERE k = 1 AND c = " + i);
            if (i == 30) {
                transcript.execute("SELECT * FROM t WHERE k = 1");
            }
        }
        transcript.execute("SELECT * FROM t WHERE k = 1");
        transcript.execute("SELECT v FROM t");
    }
}
