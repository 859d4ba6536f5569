package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An application that uses all of what a driver can say to a server, of a protocol version. */
final class DriverScenario {
    private static final String ALL_TYPES =
            "CREATE TABLE all_types (k int PRIMARY KEY, c01 ascii, c02 bigint, c03 blob, "
                    + "c04 boolean, c05 date, c06 decimal, c07 double, c08 duration, c09 float, c10 inet, c11 inet, c12 smallint, "
                    + "c13 text, c14 time, c15 timestamp, c16 timeuuid, c17 tinyint, c18 uuid, c19 varchar, c20 varint, "
                    + "c21 list<int>, c22 set<text>, c23 map<text, frozen<list<int>>>, c24 tuple<int, text, frozen<tuple<>>>, "
                    + "c25 frozen<address>, c26 vector<float, 3>, c27 map<int, frozen<address>>, "
                    + "c28 'org.apache.cassandra.db.marshal.LexicalUUIDType')";

    private static final String ALL_VALUES =
            "INSERT INTO all_types JSON '{\"k\": 1, \"c01\": \"abc\", \"c02\": 9000000000, "
                    + "\"c03\": \"0xcafe\", \"c04\": true, \"c05\": \"2026-11-20\", \"c06\": 1.5, \"c07\": 2.5, "
                    + "\"c08\": \"1mo2d3ns\", \"c09\": 3.5, \"c10\": \"127.0.0.1\", \"c11\": \"2001:db8::1\", \"c12\": 12, "
                    + "\"c13\": \"ü€😀\", \"c14\": \"12:34:56.789\", \"c15\": \"2026-11-20T19:00:00Z\", "
                    + "\"c16\": \"50554d6e-29bb-11e5-b345-feff819cdc9f\", \"c17\": 17, "
                    + "\"c18\": \"50554d6e-29bb-41e5-b345-feff819cdc9f\", \"c19\": \"\", \"c20\": 12345678901234567890, "
                    + "\"c21\": [1, 2, 3], \"c22\": [\"a\", \"b\"], \"c23\": {\"x\": [1], \"y\": []}, "
                    + "\"c25\": {\"street\": \"Quai\", \"lines\": [\"a\", \"b\"]}, \"c26\": [1.0, 2.0, 3.0], "
                    + "\"c27\": {\"1\": {\"street\": \"Quai\"}}}'";

    private final CqlSession session;
    private final int version;
    private final String keyspace;

    DriverScenario(CqlSession session, int version, String keyspace) {
        this.session = session;
        this.version = version;
        this.keyspace = keyspace;
    }

    void run() {
        schema();
        types();
        values();
        paging();
        batches();
        whatComesBeforeAMessage();
        large();
        statementsThatAreForgotten();
        errors();
        drops();
    }

    private ResultSet execute(String query, Object... values) {
        return session.execute(SimpleStatement.newInstance(query, values));
    }

    private void schema() {
        execute("CREATE KEYSPACE " + keyspace
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        execute("ALTER KEYSPACE " + keyspace + " WITH durable_writes = false");
        execute("USE " + keyspace);
        execute("CREATE TYPE address (street text, lines list<text>)");
        execute("ALTER TYPE address ADD city text");
        execute("CREATE TABLE t (k int, c int, v text, s text static, PRIMARY KEY (k, c))");
        execute("ALTER TABLE t ADD w blob");
        execute("CREATE TABLE counters (k int PRIMARY KEY, n counter)");
        execute(
                "CREATE FUNCTION twice (n int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return 2 * n;'");
        execute("CREATE FUNCTION plus (a int, b int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java "
                + "AS 'return a + b;'");
        execute("CREATE AGGREGATE total (int) SFUNC plus STYPE int INITCOND 0");
        execute("CREATE INDEX by_v ON t (v)");
        session.refreshSchema();
    }

    private void types() {
        execute(ALL_TYPES.replace("frozen<tuple<>>", "frozen<tuple<int>>"));
        execute(ALL_VALUES);
        execute("INSERT INTO all_types (k) VALUES (2)");
        assertThat(execute("SELECT * FROM all_types").all()).hasSize(2);
        assertThat(execute("SELECT JSON * FROM all_types").all()).hasSize(2);
        execute("SELECT k AS key, writetime(c01), ttl(c01), twice(k), c23['x'], c25.street FROM all_types");
        execute("SELECT total(k), count(*), max(c02) FROM all_types");
        execute("SELECT * FROM all_types WHERE k = 99");
    }

    private void values() {
        execute("INSERT INTO t (k, c, v) VALUES (?, ?, ?)", 1, 1, "one");
        execute("INSERT INTO t (k, c, v) VALUES (?, ?, ?)", 1, 2, null);
        session.execute(SimpleStatement.newInstance(
                "INSERT INTO t (k, c, v) VALUES (:k, :c, :v)", Map.of("k", 2, "c", 1, "v", "named")));
        PreparedStatement insert = session.prepare("INSERT INTO t (k, c, v, w, s) VALUES (?, ?, ?, ?, ?)");
        session.execute(insert.bind(3, 1, "grün", ByteBuffer.wrap(new byte[] {1, 2, 3}), "static"));
        session.execute(insert.bind(3, 2, "", ByteBuffer.allocate(0), null));
        if (version >= 4) {
            session.execute(insert.bind().setInt(0, 3).setInt(1, 3));
        }
        PreparedStatement select = session.prepare("SELECT * FROM t WHERE k = :key AND c IN :cs");
        assertThat(session.execute(select.bind(3, List.of(1, 2))).all()).hasSize(2);
        PreparedStatement all = session.prepare("SELECT k, c FROM t");
        assertThat(session.execute(all.bind()).all()).isNotEmpty();
        assertThat(execute("INSERT INTO t (k, c) VALUES (1, 1) IF NOT EXISTS").wasApplied())
                .isFalse();
        session.execute(SimpleStatement.newInstance("UPDATE t SET v = 'x' WHERE k = 1 AND c = 1 IF v = 'one'")
                .setSerialConsistencyLevel(DefaultConsistencyLevel.LOCAL_SERIAL)
                .setConsistencyLevel(DefaultConsistencyLevel.QUORUM)
                .setQueryTimestamp(Long.MIN_VALUE));
        if (version >= 5) {
            session.execute(SimpleStatement.newInstance("SELECT * FROM t")
                    .setKeyspace(CqlIdentifier.fromInternal(keyspace))
                    .setNowInSeconds(1_800_000_000));
            session.prepare(
                    SimpleStatement.newInstance("SELECT c FROM t").setKeyspace(CqlIdentifier.fromInternal(keyspace)));
        }
    }

    private void paging() {
        PreparedStatement insert = session.prepare("INSERT INTO t (k, c) VALUES (100, ?)");
        for (int i = 0; i < 25; i++) {
            session.execute(insert.bind(i));
        }
        assertThat(session.execute(SimpleStatement.newInstance("SELECT * FROM t WHERE k = 100")
                                .setPageSize(10))
                        .all())
                .hasSize(25);
        PreparedStatement select = session.prepare("SELECT c FROM t WHERE k = 100");
        assertThat(session.execute(select.bind().setPageSize(7)).all()).hasSize(25);
    }

    private void batches() {
        PreparedStatement insert = session.prepare("INSERT INTO t (k, c, v) VALUES (?, ?, ?)");
        BatchStatement batch = BatchStatement.newInstance(BatchType.LOGGED)
                .add(insert.bind(4, 1, "a"))
                .add(SimpleStatement.newInstance("DELETE FROM t WHERE k = 4 AND c = 2"))
                .add(SimpleStatement.newInstance("UPDATE t SET v = ? WHERE k = 4 AND c = 3", "b"));
        session.execute(batch);
        session.execute(batch.setBatchType(BatchType.UNLOGGED)
                .setQueryTimestamp(17)
                .setSerialConsistencyLevel(DefaultConsistencyLevel.LOCAL_SERIAL));
        if (version >= 5) {
            session.execute(
                    batch.setKeyspace(CqlIdentifier.fromInternal(keyspace)).setNowInSeconds(1_800_000_000));
        }
        session.execute(BatchStatement.newInstance(BatchType.COUNTER)
                .add(SimpleStatement.newInstance("UPDATE counters SET n = n + 1 WHERE k = 1")));
        execute("BEGIN BATCH INSERT INTO t (k, c) VALUES (5, 5); APPLY BATCH");
        execute("SELECT * FROM counters");
    }

    private void whatComesBeforeAMessage() {
        ResultSet traced = session.execute(
                SimpleStatement.newInstance("SELECT * FROM t WHERE k = 1").setTracing(true));
        assertThat(traced.getExecutionInfo().getTracingId()).isNotNull();
        if (version >= 4) {
            session.execute(SimpleStatement.newInstance("SELECT * FROM t WHERE k = 1")
                    .setCustomPayload(Map.of("a", ByteBuffer.wrap(new byte[] {1}), "b", ByteBuffer.allocate(0))));
            ResultSet warned = execute("SELECT count(*) FROM t");
            assertThat(warned.getExecutionInfo().getWarnings()).isNotEmpty();
            session.execute(
                    SimpleStatement.newInstance("SELECT count(*) FROM t").setTracing(true));
        }
    }

    /** Frames of several segments, and some that are made smaller by compression. */
    private void large() {
        byte[] noise = new byte[300_000];
        new Random(1).nextBytes(noise);
        execute("INSERT INTO t (k, c, w) VALUES (200, 1, ?)", ByteBuffer.wrap(noise));
        execute("INSERT INTO t (k, c, w) VALUES (200, 2, ?)", ByteBuffer.allocate(300_000));
        execute(
                "INSERT INTO t (k, c, v) VALUES (200, 3, ?)",
                new String(new char[20_000]).replace("\0", "text ").substring(0, 60_000));
        assertThat(execute("SELECT * FROM t WHERE k = 200").all()).hasSize(3);
        assertThat(execute("SELECT c FROM t WHERE k = 200 AND c = 1").all()).hasSize(1);
        assertThat(noise).hasSize(300_000);
    }

    /** The server forgets them as their table changes, and tells of other columns. */
    private void statementsThatAreForgotten() {
        execute("CREATE TABLE u (k int PRIMARY KEY, a int)");
        PreparedStatement all = session.prepare("SELECT * FROM u");
        session.execute(all.bind());
        execute("ALTER TABLE u ADD b text");
        session.execute(all.bind());
        execute("INSERT INTO u (k, a, b) VALUES (1, 2, 'three')");
        session.execute(all.bind());
        session.execute(all.bind());
    }

    private void errors() {
        fails("SELEC * FROM t");
        fails("SELECT * FROM no_such_table");
        fails("CREATE TABLE t (k int PRIMARY KEY)");
        fails("CREATE KEYSPACE " + keyspace
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        fails("CREATE KEYSPACE other WITH replication = {'class': 'NoSuchStrategy'}");
        execute("CREATE KEYSPACE " + keyspace
                + "3 WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}");
        execute("CREATE TABLE " + keyspace + "3.t (k int PRIMARY KEY)");
        fails("SELECT * FROM " + keyspace + "3.t", DefaultConsistencyLevel.ALL);
        fails("INSERT INTO " + keyspace + "3.t (k) VALUES (1)", DefaultConsistencyLevel.ALL);
        execute("CREATE FUNCTION bad (n int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java "
                + "AS 'throw new RuntimeException(\"bad\");'");
        fails("SELECT bad(k) FROM t LIMIT 1");
        tombstones();
        execute("CREATE TABLE too_large (k int PRIMARY KEY, v blob)");
        Throwable tooLarge = catchThrowable(
                () -> execute("INSERT INTO too_large (k, v) VALUES (1, ?)", ByteBuffer.allocate(2_000_000)));
        assertThat(tooLarge).isNotNull();
    }

    /** More of them than the server is set to read. */
    private void tombstones() {
        PreparedStatement delete = session.prepare("DELETE FROM t WHERE k = 300 AND c = ?");
        for (int i = 0; i < 60; i++) {
            session.execute(delete.bind(i));
        }
        fails("SELECT * FROM t WHERE k = 300");
    }

    private void fails(String query) {
        fails(query, DefaultConsistencyLevel.LOCAL_ONE);
    }

    private void fails(String query, DefaultConsistencyLevel level) {
        Throwable failure = catchThrowable(
                () -> session.execute(SimpleStatement.newInstance(query).setConsistencyLevel(level)));
        assertThat(failure).as(query).isNotNull();
    }

    private void drops() {
        execute("TRUNCATE t");
        execute("DROP INDEX by_v");
        execute("DROP AGGREGATE total");
        execute("DROP FUNCTION twice");
        execute("DROP TABLE all_types");
        execute("DROP TYPE address");
        execute("DROP KEYSPACE " + keyspace);
    }
}
