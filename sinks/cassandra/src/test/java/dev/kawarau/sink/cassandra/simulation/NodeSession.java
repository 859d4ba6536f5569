package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ConsistencyLevel;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.error.AlreadyExists;
import com.datastax.oss.protocol.internal.response.error.FunctionFailure;
import com.datastax.oss.protocol.internal.response.error.ReadFailure;
import com.datastax.oss.protocol.internal.response.error.ReadTimeout;
import com.datastax.oss.protocol.internal.response.error.Unavailable;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.error.WriteFailure;
import com.datastax.oss.protocol.internal.response.error.WriteTimeout;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlFrameHeader;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One connection to the {@link Node}: what it is in the middle of, and what it answers. */
final class NodeSession implements Link.Owner {
    private static final Pattern TOKEN = Pattern.compile("'(\\w+)'");
    private static final int[] ERRORS = {
        ErrorCode.SERVER_ERROR,
        ErrorCode.OVERLOADED,
        ErrorCode.IS_BOOTSTRAPPING,
        ErrorCode.TRUNCATE_ERROR,
        ErrorCode.SYNTAX_ERROR,
        ErrorCode.UNAUTHORIZED,
        ErrorCode.INVALID,
        ErrorCode.CONFIG_ERROR
    };

    private final Node node;
    private final Link link;
    private final int number;
    private final Set<Integer> unanswered = new HashSet<>();
    private int version;
    private @Nullable String keyspace;
    private String user = "";
    private boolean ready;
    private boolean registered;

    NodeSession(Node node) {
        this.node = node;
        this.number = node.nextNumber();
        this.link = new Link(node.world(), this, false, node.plan().slowestLatency());
    }

    Link link() {
        return link;
    }

    @Override
    public void connected() {
        node.accepted(this);
    }

    @Override
    public void ended() {
        node.gone(this);
    }

    @Override
    public void frame(CqlFrameHeader header, ByteBuf buffer, int offset) {
        if (!unanswered.add(header.stream())) {
            node.world().problem(this + " got a request on stream " + header.stream() + ", which it has not answered");
        }
        ByteBuf copy = buffer.copy(offset, header.frameBytes());
        node.whenRunning(() -> {
            if (!link.isOver()) {
                read(header, copy);
            }
            copy.release();
        });
    }

    private void read(CqlFrameHeader header, ByteBuf copy) {
        Frame frame;
        try {
            frame = CqlCodec.decode(copy);
        } catch (RuntimeException malformed) {
            node.world().trace(toString(), "cannot read what is on " + header.stream());
            answer(header.version(), header.stream(), new Error(ErrorCode.PROTOCOL_ERROR, "garbled"));
            return;
        }
        node.world().trace(toString(), "has " + Run.text(frame.message) + " on " + frame.streamId);
        take(frame);
    }

    private void take(Frame frame) {
        version = frame.protocolVersion;
        Message message = frame.message;
        if (message instanceof Options) {
            answer(frame, new Supported(Map.of("CQL_VERSION", List.of("3.4.7"))));
        } else if (message instanceof Startup startup) {
            startUp(frame, startup);
        } else if (message instanceof AuthResponse response) {
            authenticate(frame, response);
        } else if (!ready) {
            node.world().problem(this + " got " + Run.text(message) + " before the handshake was over");
        } else if (message instanceof Register) {
            registered = true;
            answer(frame, new Ready());
        } else {
            later(frame, carryOut(message));
        }
    }

    // --- the handshake

    private void startUp(Frame frame, Startup startup) {
        String named = startup.options.get("COMPRESSION");
        CqlCompression compression = named == null ? CqlCompression.NONE : CqlCompression.of(named);
        boolean segments = version >= 5;
        if (compression == null) {
            node.world().problem(this + " was asked for compression " + named);
            return;
        }
        if (!segments) {
            link.writeAs(compression, false);
        }
        ready = node.plan().users() == Plan.Users.ANYBODY;
        answer(frame, ready ? new Ready() : new Authenticate("PasswordAuthenticator"));
        if (segments) {
            link.writeAs(compression, true);
        }
        link.readAs(compression, segments);
    }

    private void authenticate(Frame frame, AuthResponse response) {
        String[] parts = text(response.token).split("\0", -1);
        if (parts.length == 3 && parts[2].equals("secret of " + parts[1])) {
            user = parts[1];
            ready = true;
            answer(frame, new AuthSuccess(null));
        } else {
            answer(frame, new Error(ErrorCode.AUTH_ERROR, "wrong credentials"));
        }
    }

    // --- requests

    private Message carryOut(Message message) {
        if (message instanceof Prepare prepare) {
            return prepare(prepare);
        } else if (message instanceof Query query) {
            String used = Texts.used(query.query);
            return used != null
                    ? use(used)
                    : carryOut(tokenOf(query.query), where(query.query, query.options.keyspace));
        } else if (message instanceof Execute execute) {
            Node.Known known = node.known(execute.queryId);
            return known == null
                    ? new Unprepared("not prepared", execute.queryId)
                    : carryOut(text(execute.options.positionalValues.get(0)), known.keyspace());
        } else if (message instanceof Batch batch) {
            return carryOut(batch);
        }
        node.world().problem(this + " got " + Run.text(message));
        return new Error(ErrorCode.PROTOCOL_ERROR, "what?");
    }

    private Message prepare(Prepare prepare) {
        String at = where(prepare.cqlQuery, prepare.keyspace);
        byte[] id = node.prepare(prepare.cqlQuery, at);
        byte[] resultId = version >= 5 ? id : null;
        return new Prepared(
                id,
                resultId,
                new RowsMetadata(columns(at, "k"), null, new int[] {0}, null),
                new RowsMetadata(columns(at, "v"), null, null, resultId));
    }

    private Message use(String wanted) {
        if (!Node.KEYSPACES.contains(wanted)) {
            return new Error(ErrorCode.INVALID, "Keyspace '" + wanted + "' does not exist");
        }
        keyspace = wanted;
        return new SetKeyspace(wanted);
    }

    /** All of it, or nothing. */
    private Message carryOut(Batch batch) {
        List<String> tokens = new ArrayList<>();
        String at = where("", batch.keyspace);
        for (int i = 0; i < batch.queriesOrIds.size(); i++) {
            Object what = batch.queriesOrIds.get(i);
            if (what instanceof byte[] id) {
                Node.Known known = node.known(id);
                if (known == null) {
                    return new Unprepared("not prepared", id);
                }
                tokens.add(text(batch.values.get(i).get(0)));
            } else {
                tokens.add(tokenOf((String) what));
            }
        }
        return carryOut(tokens.get(0), at);
    }

    /** Answers with what was asked for, where it was done, and for whom. */
    private Message carryOut(String token, String at) {
        if (node.errs()) {
            return error("node: " + token);
        }
        node.carriedOut(token);
        Queue<List<ByteBuffer>> rows = new ArrayDeque<>();
        rows.add(List.of(bytes(token + "|" + at + "|" + user)));
        if (node.plan().largeValues() && node.random().nextInt(4) == 0) {
            rows.add(List.of(ByteBuffer.allocate(node.random().nextInt(300_000))));
        }
        return new DefaultRows(new RowsMetadata(columns(at, "v"), null, null, null), rows);
    }

    private Error error(String words) {
        int kind = node.random().nextInt(ERRORS.length + (version >= 4 ? 7 : 4));
        if (kind < ERRORS.length) {
            return new Error(ERRORS[kind], words);
        }
        return switch (kind - ERRORS.length) {
            case 0 -> new Unavailable(words, ConsistencyLevel.ONE, 2, 1);
            case 1 -> new ReadTimeout(words, ConsistencyLevel.ONE, 0, 1, false);
            case 2 -> new WriteTimeout(words, ConsistencyLevel.ONE, 0, 1, "SIMPLE");
            case 3 -> new AlreadyExists(words, "ks0", "t");
            case 4 -> new FunctionFailure(words, "ks0", "f", List.of("int"));
            case 5 -> new ReadFailure(words, ConsistencyLevel.ONE, 0, 1, 1, Map.of(), false);
            default -> new WriteFailure(words, ConsistencyLevel.ONE, 0, 1, 1, Map.of(), "BATCH");
        };
    }

    /** What a statement names itself, or what stands beside it, or where the connection is. */
    private String where(String text, @Nullable String option) {
        String named = Texts.named(text);
        if (named != null || option != null) {
            return named != null ? named : option;
        }
        return keyspace == null ? Node.NOWHERE : keyspace;
    }

    private static List<ColumnSpec> columns(String at, String name) {
        return List.of(new ColumnSpec(at, "t", name, 0, RawType.PRIMITIVES.get(DataType.VARCHAR)));
    }

    private String tokenOf(String text) {
        Matcher matcher = TOKEN.matcher(text);
        if (!matcher.find()) {
            node.world().problem(this + " got " + text);
            return "";
        }
        return matcher.group(1);
    }

    static String text(ByteBuffer value) {
        return StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    // --- answers

    /** In any order, late, or never. */
    private void later(Frame request, Message answer) {
        if (!node.forgetsToAnswer()) {
            node.world().after(node.answerTime(), () -> node.whenRunning(() -> answer(request, answer)));
        }
    }

    private void answer(Frame request, Message answer) {
        answer(request.protocolVersion, request.streamId, answer);
    }

    private void answer(int spoken, int stream, Message answer) {
        if (!link.isOver()) {
            node.world().trace(toString(), "answers " + Run.text(answer) + " on " + stream);
            unanswered.remove(stream);
            link.send(CqlCodec.encode(spoken, stream, answer));
        }
    }

    void tell(String event) {
        if (registered) {
            Message message = new SchemaChangeEvent("CREATED", "KEYSPACE", event, null, null);
            link.send(CqlCodec.encode(version, -1, message));
        }
    }

    @Override
    public String toString() {
        return "n" + number;
    }
}
