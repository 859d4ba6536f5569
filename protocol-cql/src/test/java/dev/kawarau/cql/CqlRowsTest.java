package dev.kawarau.cql;

import static com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.type.codec.CodecNotFoundException;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Listener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CqlRowsTest {
    private static final Instant THEN = Instant.parse("2026-11-20T10:00:00Z");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void createTable() {
        Chain relay = Chain.named("rows")
                .to(new CassandraRelay(CassandraServer.shared().address()));
        try (Listener listener = CqlListener.on("127.0.0.1:0").serve(relay);
                CqlSession session = CqlDriverTest.connect(listener, "V5", "none")) {
            session.execute("CREATE KEYSPACE IF NOT EXISTS rows_test WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            session.execute("CREATE TABLE rows_test.people (country text, id int, email text, born timestamp,"
                    + " tags set<text>, PRIMARY KEY (country, id))");
            PreparedStatement insert = session.prepare(
                    "INSERT INTO rows_test.people (country, id, email, born, tags) VALUES (?, ?, ?, ?, ?)");
            for (int i = 0; i < 10; i++) {
                session.execute(insert.bind("nz", i, i + "@example.org", THEN, Set.of("a", "b")));
            }
        }
    }

    /** What the driver gets when a chain edits the rows of each response about people. */
    private List<Row> read(String version, CqlRows.Edit edit, Statement<?> statement) {
        return read(version, edit, session -> statement);
    }

    private List<Row> read(String version, CqlRows.Edit edit, Function<CqlSession, Statement<?>> from) {
        Chain chain = Chain.named("rows")
                .then((request, next) -> next.send(request).map(response -> {
                    CqlMessage asked = (CqlMessage) request;
                    CqlRows rows = ((CqlMessage) response).rows(asked);
                    boolean isAboutPeople = asked.query().namespace().equals("rows_test.people");
                    return rows == null || !isAboutPeople ? response : rows.edit(edit);
                }))
                .to(new CassandraRelay(CassandraServer.shared().address()));
        try (Listener listener = CqlListener.on("127.0.0.1:0").metrics(meters).serve(chain);
                CqlSession session = CqlDriverTest.connect(listener, version, "none")) {
            return session.execute(from.apply(session)).all();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3", "V4", "V5"})
    void valuesAreReplacedAndTheOthersStay(String version) {
        List<Row> rows = read(
                version,
                (row, change) -> {
                    if (row.getInt("id") == 3) {
                        change.set("email", "***");
                        change.set("born", null);
                        change.set("tags", Set.of("c"));
                    }
                },
                newInstance("SELECT * FROM rows_test.people WHERE country = 'nz'"));

        assertThat(rows).hasSize(10);
        assertThat(rows.get(3).getString("email")).isEqualTo("***");
        assertThat(rows.get(3).isNull("born")).isTrue();
        assertThat(rows.get(3).getSet("tags", String.class)).containsExactly("c");
        assertThat(rows.get(4).getString("email")).isEqualTo("4@example.org");
        assertThat(rows.get(4).getInstant("born")).isEqualTo(THEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"V4", "V5"})
    void rowsOfAPreparedStatementComeWithoutTheirColumnsWhichAreKnownAllTheSame(String version) {
        List<Row> rows = read(
                version,
                (row, change) -> change.set("email", row.getInt("id") + "?"),
                session -> session.prepare("SELECT id, email FROM rows_test.people WHERE country = ?")
                        .bind("nz"));

        assertThat(rows)
                .hasSize(10)
                .allSatisfy(row -> assertThat(row.getString("email")).isEqualTo(row.getInt("id") + "?"));
    }

    @Test
    void rowsAreLeftOutOfEachPage() {
        List<Row> rows = read(
                "V5",
                (row, change) -> {
                    if (row.getInt("id") % 2 == 1) {
                        change.drop();
                    }
                },
                newInstance("SELECT id FROM rows_test.people WHERE country = 'nz'")
                        .setPageSize(3));

        assertThat(rows).extracting(row -> row.getInt(0)).containsExactly(0, 2, 4, 6, 8);
    }

    // --- without a server

    private static CqlMessage people(int rows) {
        ColumnSpec id = new ColumnSpec("ks", "people", "id", 0, RawType.PRIMITIVES.get(DataType.INT));
        ArrayDeque<List<ByteBuffer>> data = new ArrayDeque<>();
        for (int i = 0; i < rows; i++) {
            data.add(List.of(ByteBuffer.allocate(4).putInt(0, i)));
        }
        return CqlMessage.of(null, new DefaultRows(new RowsMetadata(List.of(id), null, null, null), data));
    }

    @Test
    void aResponseWithNothingChangedIsTheSameResponse() {
        CqlMessage message = people(3);
        assertThat(message.rows().edit((row, change) -> {})).isSameAs(message);
        assertThat(message.rows().count()).isEqualTo(3);
        assertThat(message.rows()).extracting(row -> row.getInt("id")).containsExactly(0, 1, 2);
    }

    @Test
    void otherResponsesHaveNoRows() {
        assertThat(CqlMessage.of(null, Void.INSTANCE).rows()).isNull();
    }

    @Test
    void aColumnThatIsNotThereOrCannotHoldTheValueIsAnError() {
        CqlRows rows = people(1).rows();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rows.edit((row, change) -> change.set("name", "x")))
                .withMessage("there is no column name");
        assertThatExceptionOfType(CodecNotFoundException.class)
                .isThrownBy(() -> rows.edit((row, change) -> change.set("id", "x")));
    }

    @Test
    void moreRowsThanFitInAreMalformed() {
        CqlMessage message = people(3);
        int count = message.start() + message.size() - 3 * 8 - 4;
        for (int claimed : new int[] {4, 1_000_000_000, Integer.MAX_VALUE, -1}) {
            CqlMessage damaged = message.edited(message.buffer().copy().setInt(count, claimed));
            assertThatExceptionOfType(Failure.class)
                    .isThrownBy(() -> damaged.rows().forEach(Row::getFormattedContents))
                    .withMessageContaining("malformed body of RESULT");
        }
    }
}
