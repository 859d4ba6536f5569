package dev.kawarau.resp;

import dev.kawarau.Message;
import dev.kawarau.Protocol;
import dev.kawarau.Session;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts a client's bytes into requests. Inline requests are written anew as arrays, so that a server sees no others. */
final class RespDecoder implements Protocol.RequestDecoder {
    private final Session session;
    private final RespSession state;
    private final @Nullable RespUsers users;
    private final RequestScanner scanner;
    private final RespLimits limits;

    RespDecoder(Session session, RespLimits limits, @Nullable RespUsers users) {
        this.session = session;
        this.state = RespSession.of(session);
        this.users = users;
        this.limits = limits;
        this.scanner = new RequestScanner(limits);
    }

    @Override
    public @Nullable Message decode(ByteBuf in) {
        while (in.isReadable() && scanner.scan(in)) {
            int begin = in.readerIndex();
            in.skipBytes(scanner.frameLength());
            if (scanner.inline()) {
                List<byte[]> arguments = InlineParser.parse(in, begin, in.readerIndex());
                if (!arguments.isEmpty()) {
                    return fromLine(arguments);
                }
            } else if (scanner.argumentCount() > 0) {
                checkUnauthenticated(scanner.argumentCount(), scanner.frameLength());
                return new RespMessage(session, in.retain(), begin, scanner);
            }
        }
        checkUnauthenticated(1, in.readableBytes());
        return null;
    }

    private Message fromLine(List<byte[]> arguments) {
        ByteBuf frame = session.alloc().buffer();
        RespWriter.writeCommand(frame, arguments);
        RequestScanner found = new RequestScanner(limits);
        try {
            if (!found.scan(frame)) {
                throw new IllegalStateException("an inline request was not written whole");
            }
        } catch (RuntimeException beyondLimits) {
            frame.release();
            throw beyondLimits;
        }
        return new RespMessage(session, frame, 0, found);
    }

    /** Redis lets a stranger send ten arguments of 16 KiB (processMultibulkBuffer); so does a listener with users. */
    private void checkUnauthenticated(int arguments, int bytes) {
        if (users == null || state.user() != null) {
            return;
        }
        if (arguments > 10) {
            throw new RespProtocolException("Protocol error: unauthenticated multibulk length");
        }
        if (bytes > 10 * 16_384) {
            throw new RespProtocolException("Protocol error: unauthenticated bulk length");
        }
    }
}
