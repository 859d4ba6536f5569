package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import com.datastax.oss.protocol.internal.response.result.Void;
import com.sun.management.ThreadMXBean;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Sink;
import dev.kawarau.cql.statement.Use;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers every request after looking at it, and at its own answer, in every way that a transform may: some with what a
 * server would say, some with a response as broken as the request, some with a failure; some at once, some a turn of the
 * loop later. Confined to one event loop.
 */
final class LookingSink implements Sink {
    /** An option of STARTUP: whoever gives it has to authenticate. */
    static final String WITH_USER = "USER";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long UNCONDITIONAL = 4 << 20;
    private static final long PER_BYTE = 4_000;

    private static final Failure.Kind[] FAILURES = Failure.Kind.values();
    private static final RawType INT = RawType.PRIMITIVES.get(DataType.INT);
    private static final byte[] ID = {1};

    private int count;
    private volatile @Nullable Throwable failure;

    /** What a view did that it must not do, since the last call. */
    @Nullable
    Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    @Override
    public String protocol() {
        return CqlListener.PROTOCOL;
    }

    @Override
    public Reply send(Message message) {
        CqlMessage request = (CqlMessage) message;
        CqlMessage answer;
        Failure refused = null;
        try {
            measured(request);
            answer = answer(request);
            lookAll(answer);
            rows(answer, request);
        } catch (Failure malformed) {
            refused = malformed;
            answer = null;
        } catch (Throwable thrown) {
            failure = thrown;
            answer = CqlMessage.of(request, Void.INSTANCE);
        }
        return reply(request, answer, refused);
    }

    /** Looks within the memory that the request is worth; again, if classes had to be loaded. */
    private static void measured(CqlMessage request) {
        long taken = Long.MAX_VALUE;
        Failure malformed = null;
        for (int i = 0; i < 3 && taken > UNCONDITIONAL + PER_BYTE * request.size(); i++) {
            CqlMessage same = i == 0
                    ? request
                    : CqlMessage.response(request, request.buffer(), request.start(), request.header());
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                lookAll(same);
            } catch (Failure found) {
                malformed = found;
            }
            taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        if (taken > UNCONDITIONAL + PER_BYTE * request.size()) {
            throw new AssertionError(taken + " bytes of heap to look at " + request);
        }
        if (malformed != null) {
            throw malformed;
        }
    }

    private Reply reply(CqlMessage request, @Nullable CqlMessage answer, @Nullable Failure refused) {
        int turn = count++;
        Failure reason = refused != null && turn % 2 == 0
                ? new Failure(FAILURES[turn / 2 % FAILURES.length], "on purpose", turn % 4 == 0, null)
                : refused;
        boolean handshake = request.opcode() == CqlOpcode.STARTUP || request.opcode() == CqlOpcode.AUTH_RESPONSE;
        if (turn % 3 > 0 || handshake) {
            return answer == null ? Reply.failed(reason) : Reply.of(answer);
        }
        Promise later = new Promise();
        request.session().loop().execute(() -> {
            if (answer == null) {
                later.fail(reason);
            } else {
                later.complete(answer);
            }
        });
        return later;
    }

    private CqlMessage answer(CqlMessage request) {
        return switch (request.opcode()) {
            case STARTUP ->
                CqlMessage.of(
                        request,
                        ((Startup) request.content()).options.containsKey(WITH_USER)
                                ? new Authenticate("Some")
                                : new Ready());
            case AUTH_RESPONSE -> CqlMessage.of(request, new AuthSuccess(null));
            case OPTIONS -> CqlMessage.of(request, new Supported(Map.of("PROTOCOL_VERSIONS", List.of("4/v4"))));
            case PREPARE -> CqlMessage.of(request, prepared());
            case QUERY ->
                request.statement() instanceof Use use
                        ? CqlMessage.of(request, new SetKeyspace(use.keyspace()))
                        : broken(request, CqlOpcode.RESULT);
            case EXECUTE, REGISTER -> broken(request, CqlOpcode.RESULT);
            default -> {
                lookAll(broken(request, CqlOpcode.ERROR));
                yield CqlMessage.of(request, Void.INSTANCE);
            }
        };
    }

    private static Prepared prepared() {
        ColumnSpec variable = new ColumnSpec("ks", "t", "k", 0, INT);
        RowsMetadata variables = new RowsMetadata(List.of(variable), null, new int[] {0}, null);
        RowsMetadata columns = new RowsMetadata(List.of(variable), null, null, null);
        return new Prepared(ID, ID, variables, columns);
    }

    /** A response that has the request's values for a body, or all of its body. */
    private static CqlMessage broken(CqlMessage request, CqlOpcode opcode) {
        ByteBuf body = request.buffer().slice(request.start() + CqlFrameHeader.BYTES, request.size() - 9);
        if (!request.operations().isEmpty()) {
            CqlValues values = request.operations().get(0).values();
            ByteBuf value = values.count() == 0 ? null : values.get(0);
            body = value == null ? body : value;
        }
        CqlFrameHeader header =
                new CqlFrameHeader(request.version(), request.header().flags(), 5, opcode, body.readableBytes());
        ByteBuf frame = Unpooled.buffer();
        header.writeTo(frame);
        frame.writeBytes(body);
        CqlMessage response = CqlMessage.response(request, frame, 0, header);
        frame.release();
        return response;
    }

    private static void lookAll(CqlMessage message) {
        see(message.header(), message.isError(), message.toString(), message.size());
        Failure malformed = null;
        // One view may find something wrong that another does not ask for.
        for (View view : VIEWS) {
            try {
                view.look(message);
            } catch (Failure found) {
                malformed = found;
            }
        }
        if (malformed != null) {
            throw malformed;
        }
    }

    private interface View {
        void look(CqlMessage message);
    }

    private static final List<View> VIEWS = List.of(
            message -> query(message.query()),
            LookingSink::operations,
            message -> see(message.text(), message.preparedId(), message.statement()),
            message -> see(message.consistency()),
            message -> see(message.errorCode()),
            message -> rows(message, null),
            LookingSink::content,
            LookingSink::otherText);

    private static void query(Query query) {
        see(query.kind(), query.operation(), query.namespace(), query.projection());
        for (ByteBuf key : query.keys()) {
            see(key.readableBytes());
        }
        if (!query.keysKnown() && query.keys() == null) {
            throw new AssertionError("no list of keys");
        }
        query.primaryKey().forEach(column -> see(column.name(), column.value()));
        query.columns().forEach(column -> see(column.name(), column.value()));
    }

    private static void operations(CqlMessage message) {
        for (CqlOperation operation : message.operations()) {
            see(operation.kind(), operation.keyspace(), operation.table(), operation.text(), operation.preparedId());
            see(String.valueOf(operation.statement()));
            CqlValues values = operation.values();
            int most = Math.min(values.count(), 100);
            for (int i = 0; i < most; i++) {
                see(values.get(i), values.isNull(i), values.isUnset(i));
                String name = values.name(i);
                if (name != null && values.indexOf(name) > i) {
                    throw new AssertionError("the name of a value is not that of its index");
                }
            }
            for (int i = most - 1; i >= 0; i--) {
                see(values.get(i));
            }
        }
    }

    private static void content(CqlMessage message) {
        see(message.content(), message.frame());
    }

    private static void otherText(CqlMessage message) {
        if (message.opcode() == CqlOpcode.QUERY || message.opcode() == CqlOpcode.PREPARE) {
            CqlMessage other = message.withText("SELECT a FROM ks.t WHERE k = ?");
            if (!"SELECT a FROM ks.t WHERE k = ?".equals(other.text())
                    || message.operations().get(0).values().count()
                            != other.operations().get(0).values().count()) {
                throw new AssertionError("another text, and other values");
            }
            query(other.query());
        }
    }

    private static void rows(CqlMessage message, @Nullable CqlMessage request) {
        CqlRows rows = request == null ? message.rows() : message.rows(request);
        if (rows == null) {
            return;
        }
        for (Row row : rows) {
            see(row.size());
        }
        see(rows.columns(), rows.count());
        int[] seen = {0};
        CqlMessage edited = rows.edit((row, change) -> {
            if (seen[0]++ % 2 == 0) {
                change.drop();
            } else if (row.size() > 0) {
                change.setBytes(row.getColumnDefinitions().get(0).getName().asCql(false), null);
            }
        });
        see(edited.size());
    }

    /** That none of it was optimized away is not the point; that asking for it did not throw is. */
    private static void see(@Nullable Object... seen) {
        if (seen.length == 0) {
            throw new AssertionError();
        }
    }

    @Override
    public void close() {}
}
