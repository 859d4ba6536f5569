package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import dev.kawarau.Failure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests say that want to be misunderstood, or to be looked at for ever. */
class CqlHostileRequestTest {
    private static final CqlSchema TABLES = new MadeTables()
            .with("t", Map.of("k", DataTypes.INT), Map.of())
            .with("pair", pair(), Map.of())
            .with("addresses", Map.of("k", DataTypes.INET), Map.of())
            .with("times", Map.of("k", DataTypes.listOf(DataTypes.TIMESTAMP, true)), Map.of())
            .with("tuples", Map.of("k", DataTypes.tupleOf(DataTypes.INT, DataTypes.TEXT)), Map.of());

    private final CqlProtocol protocol =
            new CqlProtocol(16 << 20, TABLES, new KnownStatements(1 << 20, new SimpleMeterRegistry()));

    private static Map<String, com.datastax.oss.driver.api.core.type.DataType> pair() {
        Map<String, com.datastax.oss.driver.api.core.type.DataType> key = new LinkedHashMap<>();
        key.put("a", DataTypes.TEXT);
        key.put("b", DataTypes.TEXT);
        return key;
    }

    private CqlMessage request(int version, Message content) {
        return request(CqlCodec.encode(version, 1, content));
    }

    private CqlMessage request(ByteBuf frame) {
        CqlFrameHeader header = CqlFrameHeader.read(frame, frame.readerIndex(), CqlFrameHeader.MAX_BODY_BYTES);
        return new CqlMessage(null, frame, frame.readerIndex(), header, protocol);
    }

    private CqlMessage request(String cql) {
        return request(4, new Query(cql));
    }

    private static QueryOptions options(List<ByteBuffer> values, Map<String, ByteBuffer> named) {
        return new QueryOptions(1, values, named, false, -1, null, 8, Long.MIN_VALUE, null, Integer.MIN_VALUE);
    }

    private static Batch batch(Object... queriesOrIds) {
        List<List<ByteBuffer>> values = Collections.nCopies(queriesOrIds.length, List.of());
        return new Batch((byte) 0, List.of(queriesOrIds), values, 1, 8, Long.MIN_VALUE, null, Integer.MIN_VALUE);
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(ByteBufUtil.decodeHexDump(hex));
    }

    private static List<String> keys(CqlMessage request) {
        return request.query().keys().stream().map(ByteBufUtil::hexDump).toList();
    }

    // --- what is not certain is not known

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT v FROM ks.t WHERE k = 1 AND k = 2",
                "SELECT v FROM ks.t WHERE k IN (1) AND k IN (2)",
                "SELECT v FROM ks.t WHERE k IN (1, 2) AND k = 1",
                "SELECT v FROM ks.t WHERE k = 1 AND (k) = (2)",
                "INSERT INTO ks.t (k, v, k) VALUES (1, 2, 3)",
                "INSERT INTO ks.t (k, K) VALUES (1, 1)",
                "INSERT INTO ks.t (k, v) VALUES (1)",
                "SELECT v FROM ks.t WHERE k = NULL",
                "SELECT v FROM ks.t WHERE k IN (1, NULL)",
                "SELECT v FROM ks.t WHERE k = (int) 1",
                "SELECT v FROM ks.t WHERE k = 1 + 1",
                "SELECT v FROM ks.t WHERE k = ?",
                "SELECT v FROM ks.t WHERE \"K\" = 1",
                "INSERT INTO ks.times (k) VALUES (['2020-01-01 10:00'])",
                "INSERT INTO ks.tuples (k) VALUES ((1))",
                "INSERT INTO ks.tuples (k) VALUES ((1, ?))",
            })
    void aKeyThatIsNotCertainIsNotKnown(String cql) {
        assertThat(request(cql).query().keysKnown()).isFalse();
        assertThat(request(cql).query().keys()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 7f000001",
        "::1, 00000000000000000000000000000001",
        "example.org,",
        "localhost,",
        "127.1,",
        "::1%lo,",
        "[::1],",
    })
    void anAddressIsReadAndNeverLookedUp(String address, String key) {
        CqlMessage insert = request("INSERT INTO ks.addresses (k) VALUES ('" + address + "')");
        assertThat(keys(insert)).isEqualTo(key == null ? List.of() : List.of(key));
        assertThat(insert.query().keysKnown()).isEqualTo(key != null);
    }

    @Test
    void aKeyThatIsTooLongForAServerIsNotKnown() {
        Query insert = new Query(
                "INSERT INTO ks.pair (a, b) VALUES (?, ?)",
                options(List.of(ByteBuffer.allocate(0x10000), ByteBuffer.allocate(1)), Map.of()));
        assertThat(request(4, insert).query().keysKnown()).isFalse();
    }

    @Test
    void nullAndUnsetValuesAreNoKeys() {
        for (String length : List.of("ffffffff", "fffffffe")) {
            String cql = ByteBufUtil.hexDump("INSERT INTO ks.t (k) VALUES (?)".getBytes());
            byte[] bytes = ByteBufUtil.decodeHexDump("0000001f" + cql + "0001" + "01" + "0001" + length);
            ByteBuf frame = Unpooled.buffer();
            new CqlFrameHeader(4, 0, 1, CqlOpcode.QUERY, bytes.length).writeTo(frame);
            assertThat(request(frame.writeBytes(bytes)).query().keysKnown())
                    .as(length)
                    .isFalse();
        }
    }

    /** As for Cassandra itself, which knows values that are not set from version 4 on. */
    @ParameterizedTest
    @CsvSource({"3, fffffffe, true, false", "3, fffffff0, true, false", "4, fffffffe, false, true"})
    void aNegativeLengthIsNullInVersionThree(int version, String length, boolean isNull, boolean isUnset) {
        byte[] bytes = ByteBufUtil.decodeHexDump("0000000155" + "0001" + "01" + "0001" + length);
        ByteBuf frame = Unpooled.buffer();
        new CqlFrameHeader(version, 0, 1, CqlOpcode.QUERY, bytes.length).writeTo(frame);

        CqlValues values = request(frame.writeBytes(bytes)).operations().get(0).values();

        assertThat(values.isNull(0)).isEqualTo(isNull);
        assertThat(values.isUnset(0)).isEqualTo(isUnset);
        assertThat(values.get(0)).isNull();
    }

    @Test
    void aBatchIsAboutNoTableIfOneOfItsStatementsIsNotKnown() {
        byte[] unknown = {1, 2, 3};
        assertThat(request(4, batch("DELETE FROM ks.t WHERE k = 1", unknown))
                        .query()
                        .namespace())
                .isEmpty();
        assertThat(request(4, batch(unknown, "DELETE FROM ks.t WHERE k = 1"))
                        .query()
                        .namespace())
                .isEmpty();
        assertThat(request(4, batch(unknown, "DELETE FROM ks.t WHERE k = 1"))
                        .query()
                        .keysKnown())
                .isFalse();
        assertThat(request(4, batch("DELETE FROM ks.t WHERE k = 1", "DELETE FROM ks.t WHERE k = 2"))
                        .query()
                        .namespace())
                .isEqualTo("ks.t");
    }

    /** Servers of version 5 read it from any. */
    @Test
    void aKeyspaceBesideTheTextBeforeVersion5IsMalformed() {
        ByteBuf frame = CqlCodec.encode(4, 1, new Query("SELECT v FROM t WHERE k = 1"));
        frame.setByte(frame.writerIndex() - 1, 0x80);
        ByteBuf longer = Unpooled.copiedBuffer(frame, Unpooled.wrappedBuffer(new byte[] {0, 2, 'k', 's'}));
        longer.setInt(CqlFrameHeader.LENGTH, longer.readableBytes() - CqlFrameHeader.BYTES);

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> request(longer).query().namespace())
                .withMessageContaining("a keyspace in version 4");
    }

    @Test
    void theKeyspaceOfABatchStandsBehindValuesThatItsFlagsTellOf() {
        ByteBuf frame = Unpooled.buffer();
        frame.writeZero(CqlFrameHeader.BYTES);
        frame.writeByte(0).writeShort(1).writeByte(0);
        byte[] cql = "DELETE FROM t WHERE k = 1".getBytes();
        frame.writeInt(cql.length).writeBytes(cql).writeShort(0);
        frame.writeShort(1).writeInt(0x81);
        frame.writeShort(1).writeInt(4).writeBytes(new byte[] {0, 1, 'x', 0}); // a value that looks like a name
        frame.writeShort(2).writeBytes(new byte[] {'k', 's'});
        new CqlFrameHeader(5, 0, 1, CqlOpcode.BATCH, frame.writerIndex() - CqlFrameHeader.BYTES)
                .writeTo(frame.slice(0, CqlFrameHeader.BYTES).writerIndex(0));

        assertThat(request(frame).query().namespace()).isEqualTo("ks.t");
    }

    /** The session may use another one by now, and whoever else has the id would be sent there. */
    @Test
    void theKeyspaceOfAPreparedIdIsTheServersWord() {
        byte[] id = {4};
        ColumnSpec variable = new ColumnSpec("ks", "t", "k", 0, RawType.PRIMITIVES.get(9));
        RowsMetadata variables = new RowsMetadata(List.of(variable), null, new int[] {0}, null);
        RowsMetadata none = new RowsMetadata(List.of(), null, null, null);
        CqlMessage prepare = request(4, new Prepare("DELETE FROM t WHERE k = ?"));
        protocol.statements().learn(prepare, CqlMessage.of(4, new Prepared(id, null, variables, none)));

        CqlMessage execute = request(4, new Execute(id, null, options(List.of(bytes("00000007")), Map.of())));

        assertThat(execute.query().namespace()).isEqualTo("ks.t");
        assertThat(keys(execute)).containsExactly("00000007");
    }

    // --- what is dear to look at: each of these would take hours, or more memory than there is

    @Test
    void aListThatIsNamedTimeAndAgainIsListedSoOften() {
        ByteBuf list = Unpooled.buffer();
        list.writeInt(50_000);
        for (int i = 0; i < 50_000; i++) {
            list.writeInt(4).writeInt(i);
        }
        String part = "DELETE FROM ks.t WHERE k IN :x;";
        Query batch = new Query(
                "BEGIN BATCH " + part.repeat(100_000) + " APPLY BATCH",
                options(List.of(), Map.of("x", ByteBuffer.wrap(ByteBufUtil.getBytes(list)))));
        CqlMessage request = request(5, batch);

        assertThat(request.query().keysKnown()).isFalse();
        assertThat(request.query().keys()).hasSizeLessThanOrEqualTo(KeyBudget.MOST);
        assertThat(request.query().primaryKey()).isEmpty();
    }

    @Test
    void asManyNamedValuesAsThereCanBeAreFound() {
        Map<String, ByteBuffer> named = new LinkedHashMap<>();
        List<String> columns = new ArrayList<>();
        List<String> markers = new ArrayList<>();
        for (int i = 0; i < 0xffff; i++) {
            named.put("n" + i, bytes("00000001"));
            columns.add(i == 0 ? "k" : "c" + i);
            markers.add(0, ":n" + i);
        }
        CqlMessage request = request(
                5,
                new Query(
                        "INSERT INTO ks.t (" + String.join(",", columns) + ") VALUES (" + String.join(",", markers)
                                + ")",
                        options(List.of(), named)));

        assertThat(request.query().columns()).hasSize(0xffff).allMatch(column -> column.value() != null);
        assertThat(keys(request)).containsExactly("00000001");
    }

    @Test
    void aBatchOfManyStatementsWithManyValuesIsLookedAtOnce() {
        int count = 0xffff / 2;
        QueryOptions options = new QueryOptions(
                1, Collections.nCopies(2 * count, bytes("61")), Map.of(), false, -1, null, 8, 1L, "ks", 1);
        Query batch = new Query(
                "BEGIN BATCH " + "INSERT INTO pair (b, a) VALUES (?, ?);".repeat(count) + " APPLY BATCH", options);
        CqlMessage request = request(5, batch);

        assertThat(keys(request)).containsExactly("0001610000016100");
        assertThat(request.query().keysKnown()).isTrue();
        assertThat(request.query().primaryKey()).hasSize(2 * count);
    }

    /** Those that netty's buffers would have one hash for. */
    @Test
    void keysOfOneHashAreToldApart() {
        List<Object> statements = new ArrayList<>();
        List<List<ByteBuffer>> values = new ArrayList<>();
        int hash = Unpooled.buffer().writeLong(0).hashCode();
        for (int i = 0; i < 60_000; i++) {
            ByteBuffer key = ByteBuffer.allocate(8).putInt(0, i).putInt(4, -31 * i);
            assertThat(Unpooled.wrappedBuffer(key.duplicate()).hashCode()).isEqualTo(hash);
            statements.add("DELETE FROM ks.t WHERE k=?");
            values.add(List.of(key));
        }
        CqlMessage request =
                request(5, new Batch((byte) 0, statements, values, 1, 8, Long.MIN_VALUE, null, Integer.MIN_VALUE));

        assertThat(request.query().keys()).hasSize(60_000);
    }

    @Test
    void aBatchOfNothingIsAboutNothing() {
        CqlMessage empty = request(4, batch());
        assertThat(empty.query().namespace()).isEmpty();
        assertThat(empty.query().keys()).isEmpty();
        CqlMessage emptyTexts = request(4, batch(Collections.nCopies(0xffff, "").toArray()));
        assertThat(emptyTexts.query().keysKnown()).isFalse();
        assertThat(emptyTexts.query().namespace()).isEmpty();
    }

    @Test
    void valuesAreReadInAnyOrder() {
        List<ByteBuffer> values = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            values.add(i % 7 == 0 ? null : ByteBuffer.allocate(4).putInt(0, i));
        }
        CqlValues bound = request(5, new Query("SELECT 1 FROM t", options(values, Map.of())))
                .operations()
                .get(0)
                .values();
        int at = 0;
        for (int i = 0; i < 1000; i++) {
            at = (at * 31 + 17) % 100;
            assertThat(bound.isNull(at)).isEqualTo(at % 7 == 0);
            ByteBuf value = bound.get(at);
            assertThat(value == null ? at / 7 * 7 : value.getInt(value.readerIndex()))
                    .isEqualTo(at);
        }
    }

    // --- responses

    private static CqlMessage rows(RowsMetadata metadata) {
        return CqlMessage.of(null, new DefaultRows(metadata, new ArrayDeque<>()));
    }

    @Test
    void metadataThatIsNoneIsAFailure() {
        CqlMessage message = rows(new RowsMetadata(
                List.of(new ColumnSpec("ks", "t", "c", 0, RawType.PRIMITIVES.get(9))), null, null, null));
        ByteBuf flagsOnly = Unpooled.copiedBuffer(message.buffer());
        flagsOnly.setInt(CqlFrameHeader.BYTES + 8, 0x7fffffff);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> message.edited(flagsOnly).rows());
        ByteBuf negative = Unpooled.copiedBuffer(message.buffer());
        negative.setInt(CqlFrameHeader.BYTES + 4, 4).setInt(CqlFrameHeader.BYTES + 8, -1);
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> message.edited(negative).rows());
    }

    @Test
    void rowsWithoutColumnsAreNotCountedFor() {
        ByteBuf body = Unpooled.buffer();
        body.writeZero(CqlFrameHeader.BYTES);
        body.writeInt(2).writeInt(4).writeInt(0).writeInt(Integer.MAX_VALUE);
        new CqlFrameHeader(4, 0, 1, CqlOpcode.RESULT, 16)
                .writeTo(body.slice(0, CqlFrameHeader.BYTES).writerIndex(0));
        assertThatExceptionOfType(Failure.class).isThrownBy(() -> request(body).rows());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"VectorType(", "VectorType(Int32Type,x)", "VectorType(Int32Type , 99999999999)", "UserType("})
    void aTypeOfAColumnThatTheDriverCannotReadIsAFailure(String type) {
        CqlMessage message = rows(new RowsMetadata(
                List.of(new ColumnSpec(
                        "ks", "t", "c", 0, new RawType.RawCustom("org.apache.cassandra.db.marshal." + type))),
                null,
                null,
                null));
        try {
            assertThat(message.rows()).isEmpty();
        } catch (Failure malformed) {
            assertThat(malformed).hasMessageContaining("malformed body of RESULT");
        }
    }

    @Test
    void rowsOfARequestThatCarriesOutNothingAreNotKnown() {
        RowsMetadata untold = new RowsMetadata(4, List.of(), 1, null, null, null);
        assertThat(rows(untold).rows(request(4, new Register(List.of("STATUS_CHANGE")))))
                .isNull();
        assertThat(rows(untold).rows(request(4, batch()))).isNull();
    }

    @Test
    void aRequestMadeByHandHasNoSessionAndCanBeLookedAt() {
        CqlMessage made = CqlMessage.of(5, new Query("SELECT a FROM t WHERE k = 1"));
        assertThat(made.query().namespace()).isEqualTo("t");
        assertThat(made.query().keysKnown()).isFalse();
        assertThat(made.query().primaryKey()).isEmpty();
    }
}
