package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Supported;
import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Protocol;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CQL as a listener sees it. Thread-safe. */
final class CqlProtocol implements Protocol {
    private static final Session.Key<CqlFrameReader> READER = Session.Key.named("CQL frame reader");
    private static final String COMPRESSION = "COMPRESSION";

    private final int maxFrameBytes;
    private final CqlSchema schema;
    private final KnownStatements statements;
    private final boolean plainFrames;

    CqlProtocol(int maxFrameBytes, CqlSchema schema, KnownStatements statements) {
        this(maxFrameBytes, schema, statements, false);
    }

    CqlProtocol(int maxFrameBytes, CqlSchema schema, KnownStatements statements, boolean plainFrames) {
        this.maxFrameBytes = maxFrameBytes;
        this.schema = schema;
        this.statements = statements;
        this.plainFrames = plainFrames;
    }

    /** Whether frames are plain whatever the two sides agreed on, and the handshake may have taken place elsewhere. */
    boolean hasPlainFrames() {
        return plainFrames;
    }

    CqlSchema schema() {
        return schema;
    }

    KnownStatements statements() {
        return statements;
    }

    @Override
    public String name() {
        return CqlListener.PROTOCOL;
    }

    @Override
    public boolean ordered() {
        return false;
    }

    @Override
    public RequestDecoder newDecoder(Session session) {
        return new CqlDecoder(session, this, reader(session));
    }

    @Override
    public ResponseEncoder newEncoder(Session session) {
        return new CqlEncoder(this, CqlState.of(session), reader(session), new CqlFrameWriter(session.alloc()));
    }

    /** The handshake's answer tells how requests are framed, so both directions know the reader. */
    private CqlFrameReader reader(Session session) {
        CqlFrameReader reader = session.get(READER);
        if (reader == null) {
            reader = CqlFrameReader.ofRequests(session.alloc(), maxFrameBytes);
            session.set(READER, reader);
        }
        return reader;
    }

    @Override
    public Reply handle(Message message, Chain chain) {
        if (message instanceof UnsupportedVersion unsupported) {
            return Reply.of(unsupported.answer());
        }
        CqlMessage request = (CqlMessage) message;
        CqlState state = CqlState.of(request.session());
        CqlOpcode opcode = request.opcode();
        if (opcode == CqlOpcode.OPTIONS) {
            return chain.send(request).map(CqlProtocol::supportedHere);
        }
        return switch (state.phase()) {
            case NEW ->
                opcode == CqlOpcode.STARTUP
                        ? startup(request, state, chain)
                        : unexpected(request, "STARTUP or OPTIONS");
            case STARTING -> unexpected(request, "nothing before STARTUP is answered");
            case AUTHENTICATING ->
                opcode == CqlOpcode.AUTH_RESPONSE ? chain.send(request) : unexpected(request, "AUTH_RESPONSE");
            case READY ->
                opcode == CqlOpcode.STARTUP || opcode == CqlOpcode.AUTH_RESPONSE
                        ? unexpected(request, "a request, the handshake being over")
                        : chain.send(request);
        };
    }

    private static Reply unexpected(CqlMessage request, String expected) {
        return Reply.of(CqlMessage.error(
                request,
                ErrorCode.PROTOCOL_ERROR,
                "Unexpected message " + request.opcode() + ", expecting " + expected));
    }

    /** How this side of the connection is compressed is settled here, and is not the business of whoever is behind. */
    private static Reply startup(CqlMessage request, CqlState state, Chain chain) {
        Map<String, String> options = ((Startup) request.content()).options;
        String wanted = options.get(COMPRESSION);
        CqlCompression compression = wanted == null ? CqlCompression.NONE : CqlCompression.of(wanted);
        if (compression == null || !compression.allowedIn(request.version())) {
            return Reply.of(CqlMessage.error(
                    request,
                    ErrorCode.PROTOCOL_ERROR,
                    "Unknown compression algorithm " + wanted + "; version " + request.version() + " can have "
                            + String.join(", ", compressions(request.version()))));
        }
        state.startup(request, options, compression);
        if (wanted == null) {
            return chain.send(request);
        }
        Map<String, String> others = new LinkedHashMap<>(options);
        others.remove(COMPRESSION);
        return chain.send(CqlMessage.of(request, new Startup(others)));
    }

    /** What the server behind offers for compression and in versions is not what this listener can do. */
    private static Message supportedHere(Message message) {
        if (!(message instanceof CqlMessage response) || response.opcode() != CqlOpcode.SUPPORTED) {
            return message;
        }
        Map<String, List<String>> options = new LinkedHashMap<>(((Supported) response.content()).options);
        options.put(COMPRESSION, compressions(response.version()));
        options.computeIfPresent(
                "PROTOCOL_VERSIONS",
                (key, versions) -> versions.stream()
                        .filter(version -> List.of("3/v3", "4/v4", "5/v5").contains(version))
                        .toList());
        return CqlMessage.of(response, new Supported(options));
    }

    private static List<String> compressions(int version) {
        return Arrays.stream(CqlCompression.values())
                .filter(compression -> compression != CqlCompression.NONE && compression.allowedIn(version))
                .map(CqlCompression::option)
                .toList();
    }

    @Override
    public List<Message> introduction(Session client, Message copy) {
        CqlState.share(client, copy.session());
        return List.of();
    }

    /** What the server said in the middle of a handshake is of no use to another. */
    @Override
    public boolean mayLeave(Session session) {
        return switch (CqlState.of(session).phase()) {
            case NEW, READY -> true;
            case STARTING, AUTHENTICATING -> false;
        };
    }

    @Override
    public Message failure(@Nullable Message request, RuntimeException failure) {
        if (failure instanceof CqlProtocolException broken) {
            return broken.version() >= CqlFrameHeader.OLDEST_VERSION
                    ? CqlMessage.error(broken)
                    : new UnsupportedVersion.Answer(broken);
        }
        return CqlErrors.of(request instanceof CqlMessage asked ? asked : null, failure);
    }
}
