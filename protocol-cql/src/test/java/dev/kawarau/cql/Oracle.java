package dev.kawarau.cql;

import com.datastax.oss.protocol.internal.Compressor;
import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.FrameCodec;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.AuthChallenge;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.event.StatusChangeEvent;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import com.datastax.oss.protocol.internal.response.result.Void;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The Java driver's own codec, which says independently what a frame is. */
final class Oracle {
    private static final ByteBufPrimitives PRIMITIVES = new ByteBufPrimitives();

    /** Writes requests, reads responses. */
    static final FrameCodec<ByteBuf> CLIENT = FrameCodec.defaultClient(PRIMITIVES, Compressor.none());

    /** Writes responses, reads requests. */
    static final FrameCodec<ByteBuf> SERVER = FrameCodec.defaultServer(PRIMITIVES, Compressor.none());

    static final List<Message> REQUESTS = List.of(
            new Startup(),
            Options.INSTANCE,
            new Query("SELECT * FROM system.local WHERE key = 'local'"),
            new Prepare("INSERT INTO ks.t (k, v) VALUES (?, ?)"),
            new Execute(new byte[16], new byte[16], QueryOptions.DEFAULT),
            new Batch((byte) 0, List.of("DELETE FROM t WHERE k = 1"), List.of(List.of()), 1, 8, 1L, null, -1),
            new Register(List.of("STATUS_CHANGE", "SCHEMA_CHANGE")),
            new AuthResponse(ByteBuffer.wrap(new byte[300])));

    static final List<Message> RESPONSES = List.of(
            new Error(0x2200, "no such table"),
            new Ready(),
            new Authenticate("org.apache.cassandra.auth.PasswordAuthenticator"),
            new Supported(Map.of("COMPRESSION", List.of("lz4", "snappy"))),
            Void.INSTANCE,
            new SetKeyspace("ks"),
            new StatusChangeEvent("UP", new InetSocketAddress("127.0.0.1", 9042)),
            new AuthChallenge(ByteBuffer.wrap(new byte[4])),
            new AuthSuccess(ByteBuffer.wrap(new byte[70_000])));

    private Oracle() {}

    static ByteBuf request(int version, int stream, Message message) {
        return CLIENT.encode(Frame.forRequest(version, stream, false, Frame.NO_PAYLOAD, message));
    }

    static ByteBuf response(int version, int stream, Message message) {
        return SERVER.encode(Frame.forResponse(version, stream, null, Frame.NO_PAYLOAD, List.of(), message));
    }
}
