package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key that is told is the one by which a real Cassandra places what the request is about, or it is not told. */
class CqlKeysOracleTest {
    private static final CassandraServer SERVER = CassandraServer.shared();

    /** All are tried as all types: most are none of the type, which is the server's to say. */
    private static final List<String> LITERALS = List.of(
            "0",
            "-0",
            "007",
            "- 1",
            "-(1)",
            "1",
            "-1",
            "127",
            "-129",
            "40000",
            "2147483648",
            "9223372036854775808",
            "0.0",
            "-0.0",
            "1.",
            "1.50",
            "1e3",
            "-1E-3",
            "1e400",
            "NaN",
            "-NaN",
            "nan",
            "Infinity",
            "-INFINITY",
            "true",
            "FALSE",
            "'true'",
            "''",
            "'a'",
            "'it''s'",
            "$$a'b$$",
            "'1'",
            "'-1'",
            "' 1'",
            "'ü'",
            "'😀'",
            "0x",
            "0xCAFE",
            "0Xcafe",
            "0x00000001",
            "'0xCAFE'",
            "0x0",
            "123e4567-e89b-42d3-a456-426614174000",
            "123E4567-E89B-12D3-A456-426614174000",
            "'123e4567-e89b-42d3-a456-426614174000'",
            "'127.0.0.1'",
            "'127.1'",
            "'::1'",
            "'::ffff:1.2.3.4'",
            "'1::'",
            "'localhost'",
            "'0x7f000001'",
            "'2130706433'",
            "'2020-02-29'",
            "'2020-2-9'",
            "'1900-01-01'",
            "'+2020-01-01'",
            "'-0001-01-01'",
            "'10000-01-01'",
            "'2147483648'",
            "'08:12:54'",
            "'08:12:54.1'",
            "'08:12:54.123456789'",
            "'8:12:54'",
            "'08:12'",
            "'24:00:00'",
            "'86399999999999'",
            "'2020-01-01T10:00:00Z'",
            "'2020-01-01 10:00Z'",
            "'2020-01-01 10:00'",
            "'2020-01-01+0100'",
            "'2020-01-01T10:00:00.1+01:00'",
            "'2020-01-01 10:00:00.12-0130'",
            "'2020-01-01 10:00:00 UTC'",
            "'2020-01-01 10:00:00 +0100'",
            "'2020-01-01T10:00:00+01'",
            "'2020-01-01T10:00:00.123456Z'",
            "'now'",
            "'2020-01-01 10-10'",
            "'20200-01-01 10:00'",
            "'2020-01-01 10:00:00z'",
            "'2020-01-01 10:00:00 PST'",
            "[]",
            "[1]",
            "[1, 2]",
            "[1.5, 2]",
            "['a', 'b']",
            "[[1], [2]]",
            "[null]",
            "{1, 2}",
            "{}",
            "{1: 'a'}",
            "['2020-01-01T10:00:00Z']",
            "['2020-01-01 10:00']",
            "['127.0.0.1']",
            "['localhost']",
            "(1)",
            "(1, 'a')",
            "(1, null)",
            "(null, null)",
            "(1, 'a', 2)",
            "((1, 'a'))",
            "[(1, 'a')]",
            "[(1)]",
            "{x: 1}",
            "{x: 1, y: 'a'}",
            "{y: 'a', x: 1}",
            "{x: null, y: 'a'}",
            "{x: 1, x: 2, y: 'a'}",
            "{x: 1, z: 2}",
            "1mo",
            "P1Y",
            "uuid()",
            "now()",
            "(int) 1",
            "1 + 1",
            "(text) 'a'",
            "blob_as_int(0x00000001)");

    private static final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private static CqlSession direct;
    private static Listener knowing;
    private static Listener ignorant;
    private static CqlSession session;
    private static CqlSession without;

    private record Seen(List<String> keys, boolean known) {}

    @BeforeAll
    static void connect() {
        direct = CqlSession.builder()
                .addContactPoint(SERVER.address())
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(CqlDriverTest.config("V5", "none"))
                .build();
        direct.execute(
                "CREATE KEYSPACE keyed" + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        create("keyed.single", "(k int PRIMARY KEY, v int)");
        create("keyed.pair", "(a int, b int, c int, s int static, v int, PRIMARY KEY ((a, b), c))");
        direct.execute("CREATE TYPE keyed.point (x int, y text)");
        knowing = listener(CqlSchema.of(direct::getMetadata));
        ignorant = listener(CqlSchema.NONE);
        session = CqlDriverTest.connect(knowing, "V5", "none");
        without = CqlDriverTest.connect(ignorant, "V5", "none");
    }

    /** And waits until the driver has heard of it. */
    private static void create(String table, String columns) {
        direct.execute("CREATE TABLE " + table + " " + columns);
        String name = table.substring(table.indexOf('.') + 1);
        await().until(() -> CqlSchema.of(direct::getMetadata).table("keyed", name) != null);
    }

    @AfterAll
    static void disconnect() {
        session.close();
        without.close();
        knowing.close();
        ignorant.close();
        direct.close();
    }

    private static Listener listener(CqlSchema schema) {
        Chain chain = Chain.named("keys")
                .then((request, next) -> {
                    seen.add(new Seen(
                            request.query().keys().stream()
                                    .map(ByteBufUtil::hexDump)
                                    .toList(),
                            request.query().keysKnown()));
                    return next.send(request);
                })
                .to(new CassandraRelay(SERVER.address()));
        return CqlListener.on("127.0.0.1:0").schema(schema).serve(chain);
    }

    private static Seen execute(CqlSession through, Statement<?> statement) {
        seen.clear();
        through.execute(statement);
        return seen.stream().reduce((first, last) -> last).orElseThrow();
    }

    private static String hex(ByteBuffer bytes) {
        return Bytes.toHexString(bytes).substring(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ascii",
                "text",
                "tinyint",
                "smallint",
                "int",
                "bigint",
                "varint",
                "decimal",
                "float",
                "double",
                "boolean",
                "uuid",
                "timeuuid",
                "inet",
                "date",
                "time",
                "timestamp",
                "blob",
                "frozen<list<int>>",
                "frozen<list<text>>",
                "frozen<list<timestamp>>",
                "frozen<list<inet>>",
                "frozen<list<frozen<list<int>>>>",
                "frozen<list<frozen<tuple<int, text>>>>",
                "frozen<set<int>>",
                "frozen<map<int, text>>",
                "frozen<tuple<int, text>>",
                "frozen<tuple<int>>",
                "vector<float, 2>",
                "vector<int, 2>",
                "frozen<keyed.point>",
                "'org.apache.cassandra.db.marshal.IntegerType'",
                "'org.apache.cassandra.db.marshal.LexicalUUIDType'",
                "'org.apache.cassandra.db.marshal.BytesType'",
            })
    void aLiteralThatTheServerTakesIsStoredAsTheKeyThatWasTold(String type) {
        String table = "keyed.t" + Integer.toHexString(type.hashCode());
        create(table, "(k " + type + " PRIMARY KEY, number int)");
        List<String> differing = new ArrayList<>();
        int told = 0;
        for (int i = 0; i < LITERALS.size(); i++) {
            String literal = LITERALS.get(i);
            seen.clear();
            try {
                session.execute("INSERT INTO " + table + " (k, number) VALUES (" + literal + ", " + i + ")");
            } catch (DriverException refused) {
                continue;
            }
            Seen insert = seen.stream().reduce((first, last) -> last).orElseThrow();
            Row row = direct.execute("SELECT k FROM " + table + " WHERE number = " + i + " ALLOW FILTERING")
                    .one();
            String stored = hex(row.getBytesUnsafe(0));
            if (insert.known()) {
                told++;
                if (!insert.keys().equals(List.of(stored))) {
                    differing.add(literal + " is stored as " + stored + ", told was " + insert.keys());
                }
            }
        }
        direct.execute("DROP TABLE " + table);
        assertThat(differing).as("of %s that were told", told).isEmpty();
    }

    /**
     * Of some of these, servers tell markers by which drivers may route, and which are not the key.
     *
     * @param keys numbers, those of a composite key joined by a dot; none if it cannot be known
     */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "SELECT v FROM keyed.single WHERE k = ? | 1 | 1",
                "SELECT v FROM keyed.single WHERE k IN (?, ?) | 1 2 | 1 2",
                "SELECT v FROM keyed.single WHERE k > ? ALLOW FILTERING | 1 |",
                "SELECT v FROM keyed.single WHERE k = ? AND v = ? ALLOW FILTERING | 1 2 | 1",
                "SELECT v FROM keyed.pair WHERE b = ? AND a = ? | 1 2 | 2.1",
                "SELECT v FROM keyed.pair WHERE b IN (?, ?) AND a = ? | 1 2 3 | 3.1 3.2",
                "SELECT v FROM keyed.pair WHERE a = ? AND b > ? ALLOW FILTERING | 1 2 |",
                "SELECT v FROM keyed.pair WHERE a = 1 AND b = ? | 2 | 1.2",
                "SELECT v FROM keyed.pair WHERE a = ? AND b = ? AND (c) > (?) | 1 2 3 | 1.2",
                "INSERT INTO keyed.pair (a, s, b) VALUES (?, ?, ?) | 1 2 3 | 1.3",
                "UPDATE keyed.pair USING TTL ? SET s = ? WHERE a = ? AND b = ? IF s = ? | 100 2 3 4 5 | 3.4",
                "DELETE v FROM keyed.pair WHERE b = ? AND a = ? AND c IN (?, ?) | 1 2 3 4 | 2.1",
                "SELECT v FROM keyed.single WHERE k = :x AND v = :x ALLOW FILTERING | 1 1 | 1",
                "BEGIN BATCH INSERT INTO keyed.single (k, v) VALUES (?, 1); UPDATE keyed.single SET v = 1 WHERE k = ?;"
                        + " APPLY BATCH | 1 2 | 1 2",
                "BEGIN BATCH INSERT INTO keyed.single (k, v) VALUES (1, 1); UPDATE keyed.single SET v = 1 WHERE k = ?;"
                        + " APPLY BATCH | 2 | 1 2",
            })
    void aPreparedStatementTellsAllItsKeysOrThatItDoesNotKnowThem(String cql, String values, String keys) {
        Object[] bound =
                Arrays.stream(values.trim().split(" ")).map(Integer::valueOf).toArray();
        for (CqlSession through : List.of(session, without)) {
            Seen told = execute(through, through.prepare(cql).bind(bound));
            if (keys == null) {
                assertThat(told.known()).as(cql).isFalse();
            } else if (told.known() || through == session) {
                assertThat(told.keys())
                        .as(cql)
                        .containsExactlyElementsOf(Arrays.stream(keys.trim().split(" "))
                                .map(CqlKeysOracleTest::key)
                                .toList());
            }
        }
    }

    private static String key(String numbers) {
        String[] parts = numbers.split("\\.");
        if (parts.length == 1) {
            return String.format("%08x", Integer.valueOf(numbers));
        }
        return Arrays.stream(parts)
                .map(part -> "0004" + String.format("%08x", Integer.valueOf(part)) + "00")
                .reduce("", String::concat);
    }

    @Test
    void aStatementThatBindsItsKeyIsRoutedByWhatTheDriverRoutesIt() {
        for (String cql : List.of(
                "SELECT v FROM keyed.single WHERE k = ?",
                "INSERT INTO keyed.pair (c, b, a) VALUES (?, ?, ?)",
                "UPDATE keyed.pair SET v = ? WHERE c = ? AND b = ? AND a = ?")) {
            Object[] values = cql.contains("single") ? new Object[] {7} : new Object[] {7, 8, 9, 10};
            values = Arrays.copyOf(
                    values, (int) cql.chars().filter(c -> c == '?').count());
            for (CqlSession through : List.of(session, without)) {
                BoundStatement bound = through.prepare(cql).bind(values);
                assertThat(execute(through, bound).keys()).containsExactly(hex(bound.getRoutingKey()));
            }
        }
    }
}
