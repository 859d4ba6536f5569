package dev.kawarau.cql;

import static com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Query;
import dev.kawarau.Query.Kind;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a transform sees of what the driver asks a real Cassandra for. */
class CqlQueryTest {
    private static final CassandraServer SERVER = CassandraServer.shared();
    private static CqlSession direct;

    private static final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private static final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private static Listener listener;
    private static CqlSession session;

    /** What a query said, kept beyond the life of its message. */
    private record Seen(
            Kind kind,
            String operation,
            String namespace,
            List<String> keys,
            boolean keysKnown,
            List<String> primaryKey,
            List<String> columns,
            List<String> projection,
            int statements) {

        static Seen of(Query query) {
            return new Seen(
                    query.kind(),
                    query.operation(),
                    query.namespace(),
                    query.keys().stream().map(ByteBufUtil::hexDump).toList(),
                    query.keysKnown(),
                    query.primaryKey().stream().map(Seen::text).toList(),
                    query.columns().stream().map(Seen::text).toList(),
                    query.projection(),
                    query.statements());
        }

        private static String text(Query.Column column) {
            ByteBuf value = column.value();
            return column.name() + "=" + (value == null ? null : ByteBufUtil.hexDump(value));
        }
    }

    @BeforeAll
    static void createTables() {
        direct = CqlSession.builder()
                .addContactPoint(SERVER.address())
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(CqlDriverTest.config("V5", "none"))
                .build();
        direct.execute("CREATE KEYSPACE IF NOT EXISTS seen WITH replication = {'class': 'SimpleStrategy',"
                + " 'replication_factor': 1}");
        create("seen.single", "(k int PRIMARY KEY, v text, m map<int, text>)");
        create("seen.pair", "(a text, \"B\" uuid, c timestamp, d int, v text," + " PRIMARY KEY ((a, \"B\"), c, d))");
        listener = listener(CqlSchema.of(direct::getMetadata));
        session = CqlDriverTest.connect(listener, "V5", "lz4");
    }

    /** And waits until the driver has heard of it. */
    private static void create(String table, String columns) {
        direct.execute("CREATE TABLE " + table + " " + columns);
        String name = table.substring(table.indexOf('.') + 1);
        await().until(() -> CqlSchema.of(direct::getMetadata).table("seen", name) != null);
    }

    @AfterAll
    static void disconnect() {
        session.close();
        listener.close();
        direct.close();
    }

    private static Listener listener(CqlSchema schema) {
        Chain chain = Chain.named("view")
                .then((request, next) -> {
                    seen.add(Seen.of(request.query()));
                    return next.send(request);
                })
                .to(new CassandraRelay(SERVER.address()));
        return CqlListener.on("127.0.0.1:0").metrics(meters).schema(schema).serve(chain);
    }

    /** What is seen of one request, of which the driver may have prepared the statement before. */
    private static Seen execute(Statement<?> statement) {
        return execute(session, statement);
    }

    private static Seen execute(CqlSession session, Statement<?> statement) {
        seen.clear();
        session.execute(statement);
        return seen.stream().reduce((first, last) -> last).orElseThrow();
    }

    private static Seen execute(String cql) {
        return execute(newInstance(cql));
    }

    private static String hex(ByteBuffer bytes) {
        return Bytes.toHexString(bytes).substring(2);
    }

    @Test
    void aReadByLiteralsTellsItsTableKeyAndProjection() {
        Seen read = execute("SELECT v, writetime(v) AS w, M FROM seen.single WHERE k = 42");

        assertThat(read)
                .isEqualTo(new Seen(
                        Kind.READ,
                        "SELECT",
                        "seen.single",
                        List.of("0000002a"),
                        true,
                        List.of("k=0000002a"),
                        List.of(),
                        List.of("v", "WRITETIME(v)", "m"),
                        1));
    }

    @Test
    void theKeyOfAPreparedStatementIsWhatTheDriverRoutesBy() {
        PreparedStatement insert = session.prepare(
                "INSERT INTO seen.pair (v, \"B\", a, d, c) VALUES (?, ?, ?, ?, '2020-01-01T00:00:00Z')");
        BoundStatement bound = insert.bind("x", new UUID(1, 2), "tea", 7);

        Seen write = execute(bound);

        String instant = hex(ByteBuffer.allocate(8)
                .putLong(0, Instant.parse("2020-01-01T00:00:00Z").toEpochMilli()));
        assertThat(write.kind()).isEqualTo(Kind.WRITE);
        assertThat(write.namespace()).isEqualTo("seen.pair");
        assertThat(write.keys()).containsExactly(hex(bound.getRoutingKey()));
        assertThat(write.primaryKey())
                .containsExactly("a=746561", "B=00000000000000010000000000000002", "c=" + instant, "d=00000007");
        assertThat(write.columns())
                .containsExactly(
                        "v=78", "B=00000000000000010000000000000002", "a=746561", "d=00000007", "c=" + instant);
    }

    @Test
    void valuesOfASimpleStatementMayBeInOrderOrHaveNames() {
        assertThat(execute(newInstance("SELECT v FROM seen.single WHERE k = ?", 42))
                        .keys())
                .containsExactly("0000002a");
        Seen named = execute(SimpleStatement.builder("SELECT v FROM seen.single WHERE k = :key LIMIT :most")
                .addNamedValue("most", 1)
                .addNamedValue("key", 42)
                .build());
        assertThat(named.keys()).containsExactly("0000002a");
    }

    @Test
    void severalKeysAreAllTold() {
        assertThat(execute("SELECT v FROM seen.single WHERE k IN (1, 2)").keys())
                .containsExactly("00000001", "00000002");
        PreparedStatement in = session.prepare("SELECT v FROM seen.single WHERE k IN ?");
        assertThat(execute(in.bind(List.of(3, 4))).keys()).containsExactly("00000003", "00000004");
        Seen pairs = execute("SELECT v FROM seen.pair WHERE a IN ('x', 'y') AND \"B\" = " + new UUID(0, 1));
        assertThat(pairs.keys())
                .containsExactly(
                        "00017800" + "001000000000000000000000000000000001" + "00",
                        "00017900" + "001000000000000000000000000000000001" + "00");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "SELECT v FROM seen.single",
                "SELECT v FROM seen.single WHERE token(k) > 5",
                "SELECT v FROM seen.single WHERE k > 5 ALLOW FILTERING",
                "SELECT v FROM seen.pair WHERE a = 'x' ALLOW FILTERING",
                "TRUNCATE seen.single",
                "INSERT INTO seen.single JSON '{\"k\": 1}'",
            })
    void aKeyThatIsNotGivenIsNotKnown(String cql) {
        assertThat(execute(cql).keysKnown()).isFalse();
    }

    @Test
    void updatesAndDeletesTellWhatTheyChange() {
        Seen update = execute("UPDATE seen.single SET v = 'x', m[1] = 'y' WHERE k = 1");
        assertThat(update.columns()).containsExactly("v=78", "m=null");
        Seen delete = execute("DELETE v, m[1] FROM seen.single WHERE k = 1");
        assertThat(delete.columns()).containsExactly("v=null", "m=null");
        assertThat(delete.keys()).containsExactly("00000001");
        Seen conditional = execute("UPDATE seen.single SET v = 'x' WHERE k = 1 IF EXISTS");
        assertThat(conditional.kind()).isEqualTo(Kind.READ_WRITE);
    }

    @Test
    void aBatchTellsTheKeysOfAllItsStatements() {
        PreparedStatement insert = session.prepare("INSERT INTO seen.single (k, v) VALUES (?, ?)");
        Seen batch = execute(BatchStatement.newInstance(
                DefaultBatchType.LOGGED,
                insert.bind(1, "a"),
                newInstance("DELETE FROM seen.single WHERE k = ?", 2),
                insert.bind(1, "b")));
        assertThat(batch.operation()).isEqualTo("BATCH");
        assertThat(batch.kind()).isEqualTo(Kind.WRITE);
        assertThat(batch.namespace()).isEqualTo("seen.single");
        assertThat(batch.keys()).containsExactly("00000001", "00000002");
        assertThat(batch.statements()).isEqualTo(3);

        Seen text = execute("BEGIN BATCH DELETE FROM seen.single WHERE k = 1; DELETE FROM seen.single WHERE k = 2;"
                + " APPLY BATCH");
        assertThat(text.keys()).containsExactly("00000001", "00000002");
        assertThat(text.statements()).isEqualTo(2);
        assertThat(execute("SELECT v FROM seen.single WHERE k = 1").statements())
                .isEqualTo(1);
    }

    @Test
    void theKeyspaceMayBeInUseOrBesideTheText() {
        assertThat(execute(newInstance("SELECT v FROM single WHERE k = 1").setKeyspace("seen"))
                        .namespace())
                .isEqualTo("seen.single");
        session.execute("USE seen");
        assertThat(execute("SELECT v FROM single WHERE k = 1").keys()).containsExactly("00000001");
        assertThat(execute(session.prepare("SELECT v FROM single WHERE k = ?").bind(2)))
                .returns("seen.single", Seen::namespace)
                .returns(List.of("00000002"), Seen::keys);
        assertThat(execute("USE seen")).returns(Kind.SESSION, Seen::kind).returns("seen", Seen::namespace);
    }

    @Test
    void withoutASchemaTheServerTellsTheKeysOfPreparedStatementsAlone() {
        try (Listener knowsNoSchema = listener(CqlSchema.NONE);
                CqlSession client = CqlDriverTest.connect(knowsNoSchema, "V4", "none")) {
            BoundStatement bound = client.prepare("SELECT v FROM seen.pair WHERE \"B\" = ? AND a = ?")
                    .bind(new UUID(1, 2), "tea");

            assertThat(execute(client, bound).keys()).containsExactly(hex(bound.getRoutingKey()));
            assertThat(execute(client, newInstance("SELECT v FROM seen.single WHERE k = 1"))
                            .keysKnown())
                    .isFalse();
        }
    }

    @Test
    void theHandshakeIsOfTheSession() {
        seen.clear();
        try (CqlSession another = CqlDriverTest.connect(listener, "V4", "snappy")) {
            assertThat(another.getContext().getProtocolVersion().getCode()).isEqualTo(4);
            assertThat(seen)
                    .filteredOn(request -> request.kind() == Kind.SESSION)
                    .extracting(Seen::operation)
                    .contains("OPTIONS", "STARTUP");
        }
    }

    @Test
    void whatIsNotUnderstoodPassesUntouchedAndIsCounted() {
        double before = meters.get("kawarau.cql.unparsed").counter().count();
        seen.clear();
        assertThatThrownBy(() -> session.execute("SELEKT v FROM seen.single")).isInstanceOf(SyntaxError.class);

        assertThat(seen.element())
                .isEqualTo(new Seen(Kind.OTHER, "QUERY", "", List.of(), false, List.of(), List.of(), List.of(), 1));
        assertThat(meters.get("kawarau.cql.unparsed").counter().count()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "ascii | 'abc'",
                "text | 'it''s ü'",
                "tinyint | -1",
                "smallint | 300",
                "int | 2147483647",
                "bigint | -9223372036854775808",
                "varint | 12345678901234567890123",
                "decimal | 1.10",
                "decimal | 1E5",
                "float | 1.5",
                "double | 1e-3",
                "double | 2",
                "boolean | TRUE",
                "uuid | 123e4567-e89b-42d3-a456-426614174000",
                "timeuuid | 50554d6e-29bb-11e5-b345-feff819cdc9f",
                "inet | '::1'",
                "inet | '127.0.0.1'",
                "date | '2020-02-29'",
                "date | 2147483648",
                "time | '08:12:54.123456789'",
                "timestamp | '2020-02-29T01:02:03.004+0200'",
                "timestamp | '2020-02-29 01:02:03Z'",
                "timestamp | 1582938123004",
                "blob | 0xCAFEbabe",
                "frozen<list<int>> | [1, 2]",
                "frozen<tuple<int, text>> | (1, 'a')",
                "vector<float, 2> | [1.5, 2]",
            })
    void aLiteralKeyHasTheBytesThatTheServerStores(String type, String literal) {
        String table = "seen.t" + Integer.toHexString((type + literal).hashCode());
        create(table, "(k " + type + " PRIMARY KEY)");

        Seen insert = execute("INSERT INTO " + table + " (k) VALUES (" + literal + ")");

        assertThat(insert.keys())
                .containsExactly(
                        hex(direct.execute("SELECT k FROM " + table).one().getBytesUnsafe(0)));
    }

    /** Servers sort them, by rules of their own for each type. */
    @Test
    void aLiteralSetOrMapIsNotKnown() {
        create("seen.sets", "(k frozen<list<frozen<set<text>>>> PRIMARY KEY)");

        assertThat(execute("INSERT INTO seen.sets (k) VALUES ([{'b', 'a'}])").keysKnown())
                .isFalse();
        assertThat(execute(newInstance("INSERT INTO seen.sets (k) VALUES (?)", List.of(Set.of("a"))))
                        .keysKnown())
                .isTrue();
    }

    @Test
    void aTimeWithoutAZoneIsInThatOfTheServerAndNotKnown() {
        assertThat(execute("SELECT v FROM seen.pair WHERE a = 'x' AND \"B\" = " + new UUID(0, 1)
                                + " AND c = '2020-01-01 10:00'")
                        .primaryKey())
                .noneMatch(column -> column.startsWith("c="));
    }

    @Test
    void preparingIsOfTheSession() {
        seen.clear();
        session.prepare("SELECT m FROM seen.single WHERE k = ?");
        assertThat(seen.element())
                .returns(Kind.SESSION, Seen::kind)
                .returns("seen.single", Seen::namespace)
                .returns(List.of(), Seen::keys);
    }
}
