package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.ProtocolConstants.ResultKind;
import com.datastax.oss.protocol.internal.response.Event;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Session;
import dev.kawarau.SideSession;
import dev.kawarau.cql.statement.CqlStatement;
import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A CQL request, response or event: one frame, never compressed and outside of any segment, however it came and will
 * leave. Its header is known without decoding it; {@link #operations()}, {@link #rows()} and the other views read as much
 * of the body as they need when they are asked, and throw a {@link Failure} if the body is malformed. {@link #content()}
 * decodes all of it.
 *
 * <p>A response made by hand, or kept from another request, answers any request: it leaves on the stream of the request
 * and in the version of the connection. Confined to the session's event loop, unless made by hand.
 */
public final class CqlMessage extends Message {
    /** What tells an event from a response (native protocol v5, section 2.4.1.3). */
    private static final int EVENT_STREAM = -1;

    private final CqlFrameHeader header;
    private final @Nullable CqlProtocol protocol;
    private final @Nullable ByteBuf made;
    private @Nullable List<CqlOperation> operations;
    private @Nullable CqlRequestOptions options;
    private @Nullable Query query;
    private @Nullable String keyspaceOption;
    private boolean keyspaceOptionRead;

    /** A request off the wire. */
    CqlMessage(Session session, ByteBuf wire, int offset, CqlFrameHeader header, CqlProtocol protocol) {
        super(session, wire, offset, header.frameBytes());
        this.header = header;
        this.protocol = protocol;
        this.made = null;
    }

    private CqlMessage(CqlMessage request, ByteBuf wire, int offset, CqlFrameHeader header) {
        super(request, wire, offset, header.frameBytes());
        this.header = header;
        this.protocol = request.protocol;
        this.made = null;
    }

    private CqlMessage(Session session, ByteBuf wire, int offset, CqlFrameHeader header) {
        super(session, wire, offset, header.frameBytes());
        this.header = header;
        this.protocol = null;
        this.made = null;
    }

    private CqlMessage(@Nullable CqlMessage origin, ByteBuf frame) {
        super(origin);
        this.header = CqlFrameHeader.read(frame, frame.readerIndex(), CqlFrameHeader.MAX_BODY_BYTES);
        this.protocol = origin == null ? null : origin.protocol;
        this.made = frame;
        wire(); // now, since it may be used on several threads
    }

    @Override
    protected Message copyFor(SideSession session) {
        return new CqlMessage(session, wire().retain(), start(), header, protocolOrThrow());
    }

    @Override
    public Message answering(Message request) {
        return hasSession() ? response((CqlMessage) request, wire(), start(), header) : this;
    }

    private CqlProtocol protocolOrThrow() {
        if (protocol == null) {
            throw new IllegalStateException(this + " is no request of a client's, and cannot be copied");
        }
        return protocol;
    }

    /**
     * A response as it came from a server, in the exchange of its request.
     *
     * @param wire retained here; the caller keeps its own reference
     * @param header the header that stands at {@code offset}
     */
    public static CqlMessage response(CqlMessage request, ByteBuf wire, int offset, CqlFrameHeader header) {
        return new CqlMessage(request, wire.retain(), offset, header);
    }

    /**
     * An event that a server sent, for {@link Session#push}.
     *
     * @param wire retained here; the caller keeps its own reference
     * @param header the header that stands at {@code offset}
     */
    public static CqlMessage event(Session session, ByteBuf wire, int offset, CqlFrameHeader header) {
        return new CqlMessage(session, wire.retain(), offset, header);
    }

    /**
     * A message made from values: a response to a request, an event, or a request in the place of one or beside it.
     *
     * @param origin a message of the exchange that it belongs to; null for a response that belongs to none, which is made
     *     in version 4
     * @param content the message proper; of {@code com.datastax.oss.protocol.internal.request} or {@code .response}
     */
    public static CqlMessage of(@Nullable CqlMessage origin, com.datastax.oss.protocol.internal.Message content) {
        int version = origin == null ? 4 : origin.version();
        int stream = origin == null ? 0 : Math.max(0, origin.stream());
        return new CqlMessage(origin, encode(version, stream, content));
    }

    /**
     * A message that belongs to no exchange, such as a request of a sink's own or an event.
     *
     * @param version 3 to 5
     * @param content the message proper, as for {@link #of(CqlMessage, com.datastax.oss.protocol.internal.Message)}
     */
    public static CqlMessage of(int version, com.datastax.oss.protocol.internal.Message content) {
        return new CqlMessage(null, encode(version, 0, content));
    }

    private static ByteBuf encode(int version, int stream, com.datastax.oss.protocol.internal.Message content) {
        return CqlCodec.encode(version, content instanceof Event ? EVENT_STREAM : stream, content);
    }

    /** An ERROR of a code that is followed by no more than words. */
    public static CqlMessage error(CqlMessage request, int code, String words) {
        return of(request, new com.datastax.oss.protocol.internal.response.Error(code, CqlErrors.shortened(words)));
    }

    /** What a peer is told that broke the rules of frames. */
    static CqlMessage error(CqlProtocolException broken) {
        ByteBuf frame = Unpooled.buffer();
        broken.writeTo(frame);
        return new CqlMessage(null, frame);
    }

    /** This request with another text, and the same values and options; for QUERY and PREPARE. */
    public CqlMessage withText(String cql) {
        if (opcode() != CqlOpcode.QUERY && opcode() != CqlOpcode.PREPARE) {
            throw new IllegalStateException(opcode() + " has no text of its own");
        }
        BodyCursor cursor = new BodyCursor(this);
        int textAt = cursor.at();
        cursor.skip(cursor.readInt());
        byte[] text = cql.getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = Unpooled.buffer(size() + text.length);
        frame.writeBytes(buffer(), start(), textAt - start())
                .writeInt(text.length)
                .writeBytes(text)
                .writeBytes(buffer(), cursor.at(), cursor.left());
        return edited(frame);
    }

    /** A message in place of this one, from a frame on the heap whose header still has the old length. */
    CqlMessage edited(ByteBuf frame) {
        frame.setInt(CqlFrameHeader.BYTES - Integer.BYTES, frame.readableBytes() - CqlFrameHeader.BYTES);
        return new CqlMessage(this, frame);
    }

    /** This response in the version of a connection, if it was made for another one. */
    CqlMessage inVersion(int version) {
        if (version == header.version()) {
            return this;
        }
        Frame frame = frame();
        boolean more = version > 3;
        return new CqlMessage(
                null,
                CqlCodec.encode(Frame.forResponse(
                        version,
                        stream(),
                        frame.tracingId,
                        more ? frame.customPayload : Frame.NO_PAYLOAD,
                        more ? frame.warnings : List.of(),
                        frame.message)));
    }

    /** Queues the frame on a connection, on a stream of that connection. For sinks. */
    public void writeTo(CqlFrameWriter writer, int stream, Outbound out) {
        writer.write(buffer(), start(), size(), stream, out);
    }

    @Override
    protected ByteBuf encode() {
        return Objects.requireNonNull(made);
    }

    ByteBuf buffer() {
        return wire();
    }

    /** Where the frame begins in {@link #buffer()}. */
    int start() {
        wire();
        return offset();
    }

    @Nullable
    CqlProtocol protocol() {
        return protocol;
    }

    // --- the header

    /** All of the header. The stream is that of the connection that the frame came by. */
    public CqlFrameHeader header() {
        return header;
    }

    /** What the message is. */
    public CqlOpcode opcode() {
        return header.opcode();
    }

    /** The protocol version, 3 to 5. */
    public int version() {
        return header.version();
    }

    /** What a response is told by to belong to a request. */
    public int stream() {
        return header.stream();
    }

    @Override
    public boolean isError() {
        return opcode() == CqlOpcode.ERROR;
    }

    // --- requests

    /** VOID, for what writes without a condition. */
    @Override
    public @Nullable Message acknowledgement() {
        boolean writes = !operations().isEmpty()
                && opcode() != CqlOpcode.PREPARE
                && operations().stream().allMatch(operation -> operation.kind() == Query.Kind.WRITE);
        return writes ? of(this, Void.INSTANCE) : null;
    }

    /**
     * What the request carries out, or prepares, in its order: one operation for QUERY, EXECUTE and PREPARE, any number
     * for BATCH, none for others.
     */
    public List<CqlOperation> operations() {
        List<CqlOperation> known = operations;
        if (known == null) {
            known = CqlOperation.of(this);
            operations = known;
        }
        return known;
    }

    /** The text of a QUERY or PREPARE; null for others, and for a response. */
    public @Nullable String text() {
        return hasOneOperation() ? operations().get(0).text() : null;
    }

    /** The id of what an EXECUTE carries out, a view of the message's memory; null for others, and for a response. */
    public @Nullable ByteBuf preparedId() {
        return hasOneOperation() ? operations().get(0).preparedId() : null;
    }

    /**
     * What a QUERY or PREPARE says, or what the EXECUTE's id stands for; null if it could not be parsed, or is not known,
     * and for others.
     */
    public @Nullable CqlStatement statement() {
        return hasOneOperation() ? operations().get(0).statement() : null;
    }

    private boolean hasOneOperation() {
        return switch (opcode()) {
            case QUERY, PREPARE, EXECUTE -> true;
            default -> false;
        };
    }

    /** The consistency of a QUERY, EXECUTE or BATCH; null for others, and for one that has no name. */
    public @Nullable ConsistencyLevel consistency() {
        Integer code = consistencyCode();
        if (code == null) {
            return null;
        }
        for (DefaultConsistencyLevel level : DefaultConsistencyLevel.values()) {
            if (level.getProtocolCode() == code) {
                return level;
            }
        }
        return null;
    }

    @Nullable
    Integer consistencyCode() {
        CqlRequestOptions given = options();
        return given == null ? null : given.consistency();
    }

    /** The keyspace that a QUERY, PREPARE or BATCH of version 5 names beside its text; null if it does not. */
    @Nullable
    String keyspaceOption() {
        if (!keyspaceOptionRead) {
            keyspaceOption = readKeyspaceOption();
            keyspaceOptionRead = true;
        }
        return keyspaceOption;
    }

    /** It stands behind all values. */
    private @Nullable String readKeyspaceOption() {
        if (version() < 5) {
            return null;
        }
        if (opcode() == CqlOpcode.PREPARE) {
            BodyCursor cursor = new BodyCursor(this);
            cursor.skip(cursor.readInt());
            boolean given = (cursor.readInt() & CqlRequestOptions.PREPARE_WITH_KEYSPACE) != 0;
            return given ? cursor.readString() : null;
        }
        CqlRequestOptions given = options();
        return given == null ? null : given.keyspace(this);
    }

    @Nullable
    CqlRequestOptions options() {
        CqlRequestOptions known = options;
        if (known == null) {
            known = CqlRequestOptions.of(this);
            options = known;
        }
        return known;
    }

    @Override
    public Query query() {
        Query known = query;
        if (known == null) {
            known = opcode().isResponse() ? Query.NONE : new CqlQuery(this);
            query = known;
        }
        return known;
    }

    // --- responses

    /** The code of an ERROR (native protocol v5, section 8); -1 for others. */
    public int errorCode() {
        return isError() ? new BodyCursor(this).readInt() : -1;
    }

    /** The rows of a RESULT, to read and to change; null for another message. */
    public @Nullable CqlRows rows() {
        return resultKind() == ResultKind.ROWS ? CqlRows.of(this, null) : null;
    }

    /**
     * The rows of a RESULT whose request asked the server to leave out what it knows already, as drivers do with prepared
     * statements.
     *
     * @param request the EXECUTE that this is the response to
     * @return null for another message, and if what the request's id stands for is not known
     */
    public @Nullable CqlRows rows(CqlMessage request) {
        return resultKind() == ResultKind.ROWS ? CqlRows.of(this, request) : null;
    }

    /** What kind a RESULT is of (native protocol v5, section 4.2.5); 0 for others. */
    int resultKind() {
        return opcode() == CqlOpcode.RESULT ? new BodyCursor(this).readInt() : 0;
    }

    /** The keyspace that a RESULT says is in use from now on; null for others. */
    public @Nullable String keyspaceSet() {
        if (opcode() != CqlOpcode.RESULT) {
            return null;
        }
        BodyCursor cursor = new BodyCursor(this);
        return cursor.readInt() == ResultKind.SET_KEYSPACE ? cursor.readString() : null;
    }

    /**
     * All of the body, decoded. Values in it are views of this message's memory.
     *
     * @throws Failure if it is malformed
     */
    public com.datastax.oss.protocol.internal.Message content() {
        return frame().message;
    }

    /** The frame, decoded: header, trace id, payload and warnings with the {@link #content()}. */
    public Frame frame() {
        try {
            return CqlCodec.decode(bytes());
        } catch (CqlProtocolException malformed) {
            throw new Failure(
                    Failure.Kind.INVALID,
                    "malformed body of " + opcode() + ": " + malformed.getMessage(),
                    false,
                    malformed);
        }
    }

    /** For logs: what it is and how long, but no data. */
    @Override
    public String toString() {
        return "CQL " + opcode() + " v" + version() + " of " + size() + " bytes on stream " + stream();
    }
}
