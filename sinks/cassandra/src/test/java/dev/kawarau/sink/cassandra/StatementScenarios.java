package dev.kawarau.sink.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.QueryTrace;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Statements alone and in batches, with conditions, in pages, traced, warned about. */
final class StatementScenarios {
    private StatementScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("options", StatementScenarios::options),
                new Scenario("batches", StatementScenarios::batches),
                new Scenario("counters", StatementScenarios::counters),
                new Scenario("conditions", StatementScenarios::conditions),
                new Scenario("pages", StatementScenarios::pages),
                new Scenario("traces", StatementScenarios::traces),
                new Scenario("warnings", StatementScenarios::warnings));
    }

    private static void options(Transcript transcript) {
        String keyspace = transcript.keyspace();
        transcript.execute("CREATE TABLE t (k int, c int, v text, s text static, PRIMARY KEY (k, c))");
        transcript.execute(SimpleStatement.newInstance("INSERT INTO t (k, c, v) VALUES (1, 1, 'timed')")
                .setQueryTimestamp(1_000_000L));
        transcript.execute("SELECT v, writetime(v) FROM t");
        transcript.execute(SimpleStatement.newInstance(
                "INSERT INTO t (k, c, v, s) VALUES (:k, :c, :v, :s)",
                Map.of("k", 1, "c", 2, "v", "named", "s", "static")));
        SimpleStatement select = SimpleStatement.newInstance("SELECT c, v, s FROM t WHERE k = 1 ORDER BY c DESC");
        for (ConsistencyLevel level : List.of(ConsistencyLevel.ALL, ConsistencyLevel.LOCAL_SERIAL)) {
            transcript.execute(select.setConsistencyLevel(level));
        }
        transcript.execute("USE system");
        transcript.execute(select);
        transcript.execute(select.setKeyspace(keyspace));
        transcript.execute(transcript
                .prepare("SELECT v FROM " + keyspace + ".t WHERE k = ?")
                .bind(1));
        transcript.execute("use /* a comment */ \"" + keyspace + "\" ;");
        transcript.execute(
                select.setCustomPayload(Map.of("key", ByteBuffer.wrap("payload".getBytes(StandardCharsets.US_ASCII)))));
        PreparedStatement named = transcript.prepare("SELECT * FROM t WHERE k = :k AND c IN :c");
        transcript.execute(named.bind().setInt("k", 1).setList("c", List.of(1, 2, 3), Integer.class));
        transcript.execute("SELECT key, bootstrapped FROM system.local");
        transcript.execute(transcript
                .prepare(SimpleStatement.newInstance("SELECT v FROM t WHERE k = 1")
                        .setKeyspace(keyspace))
                .bind());
    }

    private static void batches(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))");
        PreparedStatement insert = transcript.prepare("INSERT INTO t (k, c, v) VALUES (?, ?, ?)");
        PreparedStatement delete = transcript.prepare("DELETE FROM t WHERE k = ? AND c = ?");
        for (BatchType type : List.of(DefaultBatchType.LOGGED, DefaultBatchType.UNLOGGED)) {
            transcript.execute(BatchStatement.newInstance(
                            type,
                            insert.bind(1, 1, "a " + type),
                            SimpleStatement.newInstance("INSERT INTO t (k, c, v) VALUES (1, 2, ?)", "simple"),
                            SimpleStatement.newInstance("INSERT INTO t (k, c, v) VALUES (2, 1, 'text')"),
                            delete.bind(1, 7))
                    .setQueryTimestamp(1_000L));
            transcript.execute("SELECT k, c, v, writetime(v) FROM t");
        }
        transcript.execute(BatchStatement.newInstance(DefaultBatchType.LOGGED));
        transcript.execute(BatchStatement.newInstance(
                DefaultBatchType.LOGGED,
                insert.bind(3, 3, "not kept"),
                SimpleStatement.newInstance("INSERT INTO gone (k) VALUES (1)")));
        transcript.execute(BatchStatement.newInstance(DefaultBatchType.COUNTER, insert.bind(3, 3, "no counter")));
        transcript.execute(
                BatchStatement.newInstance(DefaultBatchType.LOGGED, SimpleStatement.newInstance("SELECT * FROM t")));
        transcript.execute(
                "BEGIN BATCH INSERT INTO t (k, c, v) VALUES (4, 1, 'x'); DELETE FROM t WHERE k = 1 APPLY BATCH");
        transcript.execute("SELECT * FROM t");
        transcript.execute(BatchStatement.newInstance(
                DefaultBatchType.LOGGED,
                SimpleStatement.newInstance("INSERT INTO t (k, c, v) VALUES (5, 1, 'once') IF NOT EXISTS"),
                SimpleStatement.newInstance("INSERT INTO t (k, c, v) VALUES (6, 2, 'elsewhere')")));
        for (int i = 0; i < 2; i++) {
            transcript.execute(BatchStatement.newInstance(
                    DefaultBatchType.UNLOGGED,
                    SimpleStatement.newInstance("INSERT INTO t (k, c, v) VALUES (5, 1, 'once') IF NOT EXISTS"),
                    insert.bind(5, 2, "with it")));
        }
    }

    private static void counters(Transcript transcript) {
        transcript.execute("CREATE TABLE n (k int PRIMARY KEY, c counter)");
        PreparedStatement add = transcript.prepare("UPDATE n SET c = c + ? WHERE k = ?");
        transcript.execute(add.bind(5L, 1));
        transcript.execute(BatchStatement.newInstance(
                DefaultBatchType.COUNTER,
                add.bind(2L, 1),
                SimpleStatement.newInstance("UPDATE n SET c = c - 1 WHERE k = 2")));
        transcript.execute("SELECT * FROM n");
        transcript.execute(BatchStatement.newInstance(DefaultBatchType.LOGGED, add.bind(2L, 1)));
        transcript.execute("INSERT INTO n (k, c) VALUES (1, 1)");
        transcript.execute("DELETE c FROM n WHERE k = 1");
        transcript.execute("SELECT sum(c), count(*) FROM n WHERE k = 2");
    }

    private static void conditions(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text, n int)");
        PreparedStatement create = transcript.prepare("INSERT INTO t (k, v) VALUES (?, ?) IF NOT EXISTS");
        PreparedStatement change = transcript.prepare("UPDATE t SET v = ?, n = 1 WHERE k = ? IF v = ? AND n = null");
        for (String value : List.of("first", "second")) {
            transcript.execute(create.bind(1, value).setSerialConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL));
        }
        for (String value : List.of("other", "first", "first")) {
            transcript.execute(change.bind("changed", 1, value));
        }
        transcript.execute("UPDATE t SET v = 'x' WHERE k = 9 IF EXISTS");
        transcript.execute("DELETE FROM t WHERE k = 1 IF v IN ('changed', 'y')");
        transcript.execute("DELETE FROM t WHERE k = 1 IF EXISTS");
        transcript.execute("INSERT INTO t (k, v) VALUES (2, 'a') IF NOT EXISTS USING TIMESTAMP 5");
        transcript.execute("UPDATE t SET v = 'x' WHERE k = 2 IF nothing = 1");
        transcript.execute(SimpleStatement.newInstance("SELECT * FROM t WHERE k = 2")
                .setConsistencyLevel(ConsistencyLevel.SERIAL));
    }

    private static void pages(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))");
        PreparedStatement insert = transcript.prepare("INSERT INTO t (k, c, v) VALUES (1, ?, ?)");
        BatchStatementBuilder rows = BatchStatement.builder(DefaultBatchType.UNLOGGED);
        for (int i = 0; i < 60; i++) {
            rows.addStatement(insert.bind(i, "v" + i));
        }
        transcript.execute(rows.build());
        PreparedStatement prepared = transcript.prepare("SELECT c, v FROM t WHERE k = ?");
        transcript.execute(prepared.bind(1).setPageSize(17));
        SimpleStatement simple = SimpleStatement.newInstance("SELECT c FROM t").setPageSize(25);
        transcript.execute(simple);
        carryOn(transcript, simple);
        carryOn(transcript, prepared.bind(1).setPageSize(40));
        transcript.execute(simple.setPagingState(ByteBuffer.wrap(new byte[] {1, 2, 3})));
    }

    /** Begins here, and goes on with the second page in another session. */
    private static void carryOn(Transcript transcript, Statement<?> select) {
        ResultSet first = transcript.session().execute(select);
        while (first.getAvailableWithoutFetching() > 0) {
            Row row = first.one();
            transcript.note(Transcript.row(row));
        }
        Transcript other = transcript.another();
        other.execute(select.setPagingState(first.getExecutionInfo().getPagingState()));
        transcript.append(other);
    }

    private static void traces(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text)");
        PreparedStatement insert = transcript.prepare("INSERT INTO t (k, v) VALUES (?, ?)");
        for (Statement<?> statement : List.of(
                insert.bind(1, "a").setTracing(true),
                SimpleStatement.newInstance("SELECT v FROM t WHERE k = 1").setTracing(true),
                BatchStatement.newInstance(DefaultBatchType.LOGGED, insert.bind(2, "b"))
                        .setTracing(true))) {
            ResultSet result = transcript.execute(statement);
            if (result != null) {
                QueryTrace trace = result.getExecutionInfo().getQueryTrace();
                transcript.note(trace.getRequestType() + " " + new TreeMap<>(trace.getParameters()) + " "
                        + trace.getEvents().isEmpty());
            }
        }
    }

    private static void warnings(Transcript transcript) {
        transcript.execute("CREATE TABLE t (k int PRIMARY KEY, v text)");
        PreparedStatement insert = transcript.prepare("INSERT INTO t (k, v) VALUES (?, ?)");
        for (int length : List.of(100, 6_000, 60_000)) {
            transcript.execute(BatchStatement.newInstance(
                    DefaultBatchType.UNLOGGED, insert.bind(1, "x".repeat(length)), insert.bind(2, "y")));
        }
        BatchStatementBuilder wide = BatchStatement.builder(DefaultBatchType.UNLOGGED);
        for (int i = 0; i < 20; i++) {
            wide.addStatement(insert.bind(i, "wide"));
        }
        transcript.execute(wide.build());
        transcript.execute("SELECT count(*) FROM t");
        transcript.execute(transcript.prepare("SELECT max(k) FROM t").bind().setPageSize(5));
        transcript.execute("SELECT count(*) FROM t WHERE k IN (1, 2, 3)");
    }
}
