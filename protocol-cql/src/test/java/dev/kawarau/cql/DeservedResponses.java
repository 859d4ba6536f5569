package dev.kawarau.cql;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.datastax.oss.protocol.internal.request.Startup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client has to get for a stream of bytes, before a {@link LookingSink}: a response on the stream of each request,
 * and an error and the end for what is no frame.
 */
final class DeservedResponses {
    /** As in {@code CqlDecoder}, whose limit is what this is about. */
    private static final int MAX_STRANGER_BYTES = 64 << 10;

    private final CqlFrameReader reader =
            CqlFrameReader.ofRequests(new UnpooledByteBufAllocator(false, true), HostileClients.MAX_FRAME_BYTES);
    private final List<Integer> streams = new ArrayList<>();
    private CqlState.Phase phase = CqlState.Phase.NEW;
    private CqlCompression compression = CqlCompression.NONE;
    private int version;
    private boolean ends;
    private boolean whole;

    private DeservedResponses() {}

    static DeservedResponses to(byte[] bytes) {
        DeservedResponses deserved = new DeservedResponses();
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            while (in.isReadable() && deserved.reader.read(in)) {
                deserved.take();
            }
            deserved.whole = !in.isReadable() && deserved.reader.heldBytes() == 0;
        } catch (CqlProtocolException broken) {
            deserved.ends = true;
            deserved.streams.add(broken.stream());
        }
        deserved.reader.close();
        return deserved;
    }

    private void take() {
        CqlProtocolException unsupported = reader.unsupported();
        if (unsupported != null) {
            if (phase != CqlState.Phase.NEW) {
                throw unsupported;
            }
            streams.add(unsupported.stream());
            return;
        }
        CqlFrameHeader header = reader.header();
        boolean stranger = phase != CqlState.Phase.READY && header.bodyBytes() > MAX_STRANGER_BYTES;
        boolean another = phase != CqlState.Phase.NEW && header.version() != version;
        if (stranger || another) {
            reader.buffer().release();
            throw new CqlProtocolException("", header.version(), header.stream());
        }
        streams.add(header.stream());
        ByteBuf frame = reader.buffer().slice(reader.offset(), header.frameBytes());
        if (header.opcode() == CqlOpcode.STARTUP && phase == CqlState.Phase.NEW) {
            startup(header, frame);
        } else if (header.opcode() == CqlOpcode.AUTH_RESPONSE && phase == CqlState.Phase.AUTHENTICATING) {
            phase = isMessage(frame) ? CqlState.Phase.READY : phase;
        }
        reader.buffer().release();
    }

    private static boolean isMessage(ByteBuf frame) {
        return HostileBodiesTest.decoded(frame) != null;
    }

    private void startup(CqlFrameHeader header, ByteBuf frame) {
        if (!isMessage(frame)) {
            return;
        }
        Startup startup = (Startup) CqlCodec.decode(frame).message;
        String wanted = startup.options.get("COMPRESSION");
        CqlCompression found = wanted == null ? CqlCompression.NONE : CqlCompression.of(wanted);
        if (found == null || !found.allowedIn(header.version())) {
            return;
        }
        compression = found;
        version = header.version();
        boolean user = startup.options.containsKey(LookingSink.WITH_USER);
        phase = user ? CqlState.Phase.AUTHENTICATING : CqlState.Phase.READY;
        reader.begin(compression, version >= 5);
    }

    /** The streams of the responses, in the order of the requests. */
    List<Integer> streams() {
        return streams;
    }

    /** Whether the connection ends. */
    boolean ends() {
        return ends;
    }

    /** Whether nothing is left that may become a request. */
    boolean whole() {
        return whole;
    }

    /** The version that responses have from some time on; 0 if there is none. */
    int version() {
        return version;
    }

    CqlCompression compression() {
        return compression;
    }

    /** What comes to a client of these requests, as far as it has come. */
    List<CqlResponse> read(byte[] received) {
        CqlFrameReader responses = CqlFrameReader.ofResponses(
                new UnpooledByteBufAllocator(false, true), 2 * HostileClients.MAX_FRAME_BYTES);
        List<CqlResponse> found = new ArrayList<>();
        ByteBuf in = Unpooled.wrappedBuffer(received);
        while (in.isReadable() && responses.read(in)) {
            CqlProtocolException ancient = responses.unsupported();
            if (ancient != null) {
                found.add(new CqlResponse(CqlOpcode.ERROR, ancient.stream(), null));
                continue;
            }
            CqlFrameHeader header = responses.header();
            ByteBuf frame = responses.buffer().slice(responses.offset(), header.frameBytes());
            found.add(new CqlResponse(header.opcode(), header.stream(), words(header, frame)));
            responses.buffer().release();
            if (header.opcode() == CqlOpcode.READY || header.opcode() == CqlOpcode.AUTHENTICATE) {
                responses.begin(compression, version >= 5);
            }
        }
        responses.close();
        return found;
    }

    private static @Nullable String words(CqlFrameHeader header, ByteBuf frame) {
        int at = CqlFrameHeader.BYTES + 6; // behind the code and the length
        return header.opcode() == CqlOpcode.ERROR ? frame.toString(at, frame.readableBytes() - at, UTF_8) : null;
    }

    /** @param words of an ERROR */
    record CqlResponse(
            CqlOpcode opcode, int stream, @Nullable String words) {}
}
