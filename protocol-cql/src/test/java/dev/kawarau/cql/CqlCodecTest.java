package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.error.WriteTimeout;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.SchemaChange;
import com.datastax.oss.protocol.internal.response.result.Void;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CqlCodecTest {
    private static final Map<String, ByteBuffer> PAYLOAD = new LinkedHashMap<>();

    static {
        PAYLOAD.put("z", Messages.value("1"));
        PAYLOAD.put("a", Messages.value(""));
        PAYLOAD.put("m", null);
    }

    private static String hex(ByteBuf buffer) {
        return ByteBufUtil.hexDump(buffer);
    }

    private static void isReadAndWrittenTheSame(ByteBuf wire) {
        String expected = hex(wire);
        Frame frame = CqlCodec.decode(wire);
        assertThat(hex(wire)).as("the frame after it was read").isEqualTo(expected);
        assertThat(hex(CqlCodec.encode(frame))).as("%s", frame.message).isEqualTo(expected);
        assertThat(hex(CqlCodec.encode(frame))).as("%s again", frame.message).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void whatTheDriverWritesIsReadAndWrittenTheSame(int version) {
        for (Message message : Messages.requests(version)) {
            isReadAndWrittenTheSame(Oracle.request(version, 77, message));
        }
        for (Message message : Messages.responses(version)) {
            isReadAndWrittenTheSame(Oracle.response(version, -1, message));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void theDriverReadsTheSame(int version) {
        for (Message message : Messages.requests(version)) {
            ByteBuf wire = Oracle.request(version, 77, message);
            Frame ours = CqlCodec.decode(wire);
            Frame theirs = Oracle.SERVER.decode(wire);
            assertThat(ours.message).usingRecursiveComparison().isEqualTo(theirs.message);
            assertThat(ours.streamId).isEqualTo(theirs.streamId);
        }
        for (Message message : Messages.responses(version)) {
            ByteBuf wire = Oracle.response(version, 77, message);
            assertThat(CqlCodec.decode(wire).message)
                    .usingRecursiveComparison()
                    .withEqualsForType((one, other) -> one.equals(other), ByteBuffer.class)
                    .isEqualTo(Oracle.CLIENT.decode(wire).message);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void whatComesBeforeAMessageIsKept(int version) {
        UUID trace = new UUID(1, 2);
        Frame response = Frame.forResponse(version, 3, trace, PAYLOAD, List.of("slow", "large"), Void.INSTANCE);
        isReadAndWrittenTheSame(Oracle.SERVER.encode(response));
        isReadAndWrittenTheSame(
                Oracle.CLIENT.encode(Frame.forRequest(version, 3, true, PAYLOAD, new Query("SELECT 1"))));
    }

    @Test
    void theFlagOfABetaIsKept() {
        isReadAndWrittenTheSame(Oracle.request(5, 1, Options.INSTANCE).setByte(1, CqlFrameHeader.USE_BETA));
    }

    @Test
    void aMessageAloneIsAFrameWithoutFlags() {
        Message query = new Query("SELECT * FROM t");
        assertThat(hex(CqlCodec.encode(4, 9, query))).isEqualTo(hex(Oracle.request(4, 9, query)));
        assertThat(hex(CqlCodec.encode(5, -1, Void.INSTANCE))).isEqualTo(hex(Oracle.response(5, -1, Void.INSTANCE)));
    }

    @Test
    void valuesAreViewsOfTheFrameThatCannotBeWrittenThrough() {
        QueryOptions options = options(List.of(Messages.value("abc")));
        for (ByteBuf wire : List.of(
                Oracle.request(4, 1, new Query("?", options)),
                Unpooled.directBuffer().writeBytes(Oracle.request(4, 1, new Query("?", options))))) {
            ByteBuffer value = ((Query) CqlCodec.decode(wire).message).options.positionalValues.get(0);
            assertThat(value.isReadOnly()).isTrue();
            int at = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(Messages.value("abc")), wire);
            wire.setByte(at, 'x');
            assertThat(value).isEqualTo(Messages.value("xbc"));
            wire.release();
        }
    }

    private static QueryOptions options(List<ByteBuffer> values) {
        return new QueryOptions(1, values, Map.of(), false, -1, null, 8, Long.MIN_VALUE, null, Integer.MIN_VALUE);
    }

    @Test
    void aFrameInPiecesIsReadToo() {
        ByteBuf wire = Oracle.request(4, 1, new Query("SELECT * FROM a_table"));
        ByteBuf pieces = Unpooled.wrappedBuffer(wire.slice(0, 20), wire.slice(20, wire.readableBytes() - 20));
        assertThat(((Query) CqlCodec.decode(pieces).message).query).isEqualTo("SELECT * FROM a_table");
    }

    @Test
    void aPasswordThatWasReadIsNotErasedWhenItIsWritten() {
        ByteBuf wire = Oracle.request(4, 1, new AuthResponse(Messages.value("\0cassandra\0secret")));
        String before = hex(wire);
        CqlCodec.encode(CqlCodec.decode(wire));
        assertThat(hex(wire)).isEqualTo(before);
    }

    @Test
    void flagsThatMeanNothingAreKept() {
        isReadAndWrittenTheSame(Oracle.request(5, 1, Options.INSTANCE).setByte(1, 0xe0));
        // As the driver does it in compressed segments.
        isReadAndWrittenTheSame(
                Oracle.request(5, 1, new Query("SELECT 1")).setByte(1, CqlFrameHeader.COMPRESSED | 0x02));
    }

    @Test
    void theEmptyNameOfAFunctionThatVersion3CannotTellIsKept() {
        Message event = new SchemaChangeEvent("UPDATED", "KEYSPACE", "ks", null, null);
        ByteBuf wire = Oracle.response(3, -1, event).copy().writeShort(0);
        wire.setInt(CqlFrameHeader.LENGTH, wire.readableBytes() - CqlFrameHeader.BYTES);
        isReadAndWrittenTheSame(wire);
    }

    @Test
    void theContentionsOfALightweightTransactionAreKept() {
        Message timeout = new WriteTimeout("slow", 1, 1, 2, "CAS");
        ByteBuf wire = Oracle.response(5, 1, timeout).copy().writeShort(0x1234);
        wire.setInt(CqlFrameHeader.LENGTH, wire.readableBytes() - CqlFrameHeader.BYTES);
        isReadAndWrittenTheSame(wire);
        isReadAndWrittenTheSame(Oracle.response(5, 1, timeout));
    }

    @Test
    void halfACharacterDoesNotMakeAFrameThatIsTooShort() {
        ByteBuf wire = CqlCodec.encode(4, 1, new Query("half \ud83d of it"));
        assertThat(((Query) CqlCodec.decode(wire).message).query).isEqualTo("half ? of it");
    }

    @Test
    void theMetadataOfRowsIsReadAlone() {
        for (Message message : Messages.responses(5)) {
            if (message instanceof DefaultRows rows) {
                ByteBuf wire = Oracle.response(5, 1, message);
                wire.skipBytes(CqlFrameHeader.BYTES + Integer.BYTES);
                RowsMetadata metadata = CqlCodec.rowsMetadata(wire, 5);
                assertThat(metadata.columnSpecs).isEqualTo(rows.getMetadata().columnSpecs);
                assertThat(metadata.columnCount).isEqualTo(rows.getMetadata().columnCount);
                assertThat(wire.readInt()).isEqualTo(rows.getData().size());
            }
        }
        assertThatThrownBy(() -> CqlCodec.rowsMetadata(Unpooled.wrappedBuffer(new byte[7]), 5))
                .isInstanceOf(CqlProtocolException.class);
    }

    @Test
    void aMessageThatAVersionDoesNotHaveCannotBeWritten() {
        assertThatIllegalArgumentException().isThrownBy(() -> CqlCodec.encode(6, 1, Options.INSTANCE));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CqlCodec.encode(3, 1, new SchemaChange("CREATED", "ROLE", "ks", "f", List.of())));
    }

    @Test
    void allTheNamesThatThereMayBeAreReadInNoTime() {
        List<ByteBuf> parts = new ArrayList<>();
        parts.add(Unpooled.buffer()
                .writeInt(1)
                .writeByte('?')
                .writeShort(1)
                .writeByte(0x41)
                .writeShort(0xffff));
        for (int i = 0; i < 0xffff; i++) {
            byte[] name = Integer.toString(1_000_000 + i).getBytes();
            parts.add(Unpooled.buffer().writeShort(name.length).writeBytes(name).writeInt(-1));
        }
        ByteBuf body = Unpooled.wrappedBuffer(parts.toArray(ByteBuf[]::new));
        ByteBuf wire = Unpooled.buffer();
        new CqlFrameHeader(4, 0, 1, CqlOpcode.QUERY, body.readableBytes()).writeTo(wire);
        wire.writeBytes(body);
        for (int i = 0; i < 100; i++) {
            assertThat(((Query) CqlCodec.decode(wire).message).options.namedValues)
                    .hasSize(0xffff);
        }
        isReadAndWrittenTheSame(wire);
    }

    @Test
    void aValueThatIsNotSetIsTheOneThatTheDriverKnows() {
        ByteBuf wire = Oracle.request(4, 1, new Query("?", options(List.of(ProtocolConstants.UNSET_VALUE))));
        assertThat(((Query) CqlCodec.decode(wire).message).options.positionalValues.get(0))
                .isSameAs(ProtocolConstants.UNSET_VALUE);
    }
}
