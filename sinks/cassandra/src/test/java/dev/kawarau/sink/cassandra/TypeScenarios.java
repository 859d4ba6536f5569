package dev.kawarau.sink.cassandra;

import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Values of every type, as literals and bound, and the values that are none: null, unset, empty. */
final class TypeScenarios {
    private record Typed(String type, String literal) {}

    private static final List<Typed> TYPES = List.of(
            new Typed("ascii", "'a~'"),
            new Typed("bigint", "-9223372036854775808"),
            new Typed("blob", "0x00ff"),
            new Typed("boolean", "true"),
            new Typed("date", "'2026-02-28'"),
            new Typed("decimal", "-123456789012345678901234567890.0123456789"),
            new Typed("double", "-NaN"),
            new Typed("double", "1.7976931348623157E308"),
            new Typed("duration", "-1y2mo3d4h5m6s7ns"),
            new Typed("float", "Infinity"),
            new Typed("inet", "'2001:db8::1'"),
            new Typed("inet", "'192.0.2.1'"),
            new Typed("int", "-2147483648"),
            new Typed("smallint", "32767"),
            new Typed("text", "'It''s ünïcode 𝄞'"),
            new Typed("time", "'23:59:59.999999999'"),
            new Typed("timestamp", "'2026-11-20 20:30:00.123+0000'"),
            new Typed("timeuuid", "50554d6e-29bb-11e5-b345-feff819cdc9f"),
            new Typed("tinyint", "-128"),
            new Typed("uuid", "b3e84a5c-3a3c-4c3f-8f53-5a2d0a4b9d11"),
            new Typed("varchar", "''"),
            new Typed("varint", "123456789012345678901234567890"),
            new Typed("list<int>", "[3, 1, 3]"),
            new Typed("set<text>", "{'b', 'a'}"),
            new Typed("map<text, int>", "{'one': 1, 'two': 2}"),
            new Typed("list<int>", "[]"),
            new Typed("frozen<list<int>>", "[]"),
            new Typed("frozen<map<int, frozen<list<frozen<set<text>>>>>>", "{1: [{'x', 'y'}, {}], 2: []}"),
            new Typed("tuple<int, text, frozen<list<double>>>", "(1, null, [0.5])"),
            new Typed("inner_t", "{a: 1, b: 'x'}"),
            new Typed("frozen<inner_t>", "{b: 'only b'}"),
            new Typed("outer_t", "{i: {a: 1}, m: {'k': {b: 'v'}}, t: (7, {a: 8})}"),
            new Typed("list<frozen<outer_t>>", "[{i: {a: 1}}, {t: (1, null)}]"),
            new Typed("vector<float, 3>", "[0.1, -2.5, 3]"),
            new Typed("vector<text, 2>", "['a', '']"),
            new Typed("vector<frozen<list<int>>, 2>", "[[1], [2, 3]]"));

    private TypeScenarios() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario("literals", TypeScenarios::literals),
                new Scenario("bound", TypeScenarios::bound),
                new Scenario("none", TypeScenarios::none));
    }

    private static void createTable(Transcript transcript) {
        transcript.execute("CREATE TYPE inner_t (a int, b text)");
        transcript.execute("CREATE TYPE outer_t (i frozen<inner_t>, m frozen<map<text, frozen<inner_t>>>,"
                + " t frozen<tuple<int, frozen<inner_t>>>)");
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < TYPES.size(); i++) {
            columns.add(column(i) + " " + TYPES.get(i).type());
        }
        transcript.execute("CREATE TABLE types (k int PRIMARY KEY, " + String.join(", ", columns) + ")");
    }

    private static String column(int index) {
        return "\"C" + index + "\"";
    }

    private static void insertLiterals(Transcript transcript) {
        createTable(transcript);
        for (int i = 0; i < TYPES.size(); i++) {
            transcript.execute("INSERT INTO types (k, " + column(i) + ") VALUES (" + i + ", "
                    + TYPES.get(i).literal() + ")");
        }
    }

    private static void literals(Transcript transcript) {
        insertLiterals(transcript);
        for (int i = 0; i < TYPES.size(); i++) {
            transcript.execute("SELECT " + column(i) + " FROM types WHERE k = " + i);
        }
        transcript.execute("SELECT JSON * FROM types WHERE k IN (22, 31)");
        transcript.execute(
                "SELECT (text) k AS \"As Text\", ttl(\"C0\"), toJson(\"C31\"), \"C31\".i FROM types WHERE k = 31");
    }

    private static void bound(Transcript transcript) {
        insertLiterals(transcript);
        Map<Integer, Row> rows = new java.util.TreeMap<>();
        ResultSet all = transcript.session().execute("SELECT * FROM types");
        all.forEach(row -> rows.put(row.getInt("k"), row));
        for (int i = 0; i < TYPES.size(); i++) {
            int key = i;
            String insert = "INSERT INTO types (k, " + column(i) + ") VALUES (?, ?)";
            PreparedStatement prepared = transcript.prepare(insert);
            ByteBuffer bytes = rows.get(i).getBytesUnsafe(column(i));
            transcript.execute(prepared.bind().setInt(0, 100 + key).setBytesUnsafe(1, bytes));
            transcript.execute("SELECT " + column(i) + " FROM types WHERE k = ?", 100 + i);
            Object value = value(rows.get(i), i);
            if (value != null) {
                transcript.execute(insert, 200 + i, value);
                transcript.execute(SimpleStatement.newInstance(
                        "SELECT " + column(i) + " FROM types WHERE k = :key", Map.of("key", 200 + i)));
            }
        }
    }

    private static Object value(Row row, int index) {
        try {
            return row.getObject(column(index));
        } catch (RuntimeException noCodec) {
            return null;
        }
    }

    private static void none(Transcript transcript) {
        createTable(transcript);
        for (int i = 0; i < TYPES.size(); i++) {
            PreparedStatement prepared = transcript.prepare("UPDATE types SET " + column(i) + " = ? WHERE k = ?");
            transcript.execute(
                    prepared.bind().setBytesUnsafe(0, ByteBuffer.allocate(0)).setInt(1, i));
            transcript.execute("SELECT " + column(i) + " FROM types WHERE k = " + i);
            transcript.execute(prepared.bind().setToNull(0).setInt(1, i));
            transcript.execute("SELECT " + column(i) + " FROM types WHERE k = " + i);
        }
        PreparedStatement prepared = transcript.prepare("INSERT INTO types (k, \"C0\", \"C12\") VALUES (?, ?, ?)");
        transcript.execute(prepared.bind(900, "kept", 1));
        bindUnset(transcript, prepared);
        transcript.execute("SELECT k, \"C0\", \"C12\" FROM types WHERE k = 900");
        transcript.execute(SimpleStatement.newInstance("INSERT INTO types (k, \"C0\") VALUES (?, ?)", 901, null));
        transcript.execute(SimpleStatement.newInstance("INSERT INTO types (k, \"C0\") VALUES (?, ?)", null, "x"));
    }

    /** Which version 3 cannot. */
    private static void bindUnset(Transcript transcript, PreparedStatement prepared) {
        transcript.execute(
                prepared.boundStatementBuilder().setInt(0, 900).setInt(2, 2).build());
        transcript.execute(
                prepared.boundStatementBuilder().setString(1, "no key").build());
    }
}
