package dev.kawarau;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Serves chains in the protocol that the tests speak: lines, of which those that begin with {@code ?} are malformed. */
final class LineListener extends ListenerBuilder<LineListener> {
    static final Protocol PROTOCOL = new Lines();

    private LineListener(String address) {
        super(address);
    }

    static LineListener on(String address) {
        return new LineListener(address);
    }

    Listener serve(Chain chain) {
        return serve(chain, PROTOCOL);
    }

    Listener serve(Chain chain, Protocol protocol) {
        return start("LineListener", protocol, chain);
    }

    @Override
    protected LineListener self() {
        return this;
    }

    private static final class Lines implements Protocol {
        @Override
        public String name() {
            return "LINES";
        }

        @Override
        public boolean ordered() {
            return true;
        }

        @Override
        public RequestDecoder newDecoder(Session session) {
            return in -> decode(session, in);
        }

        private static @Nullable Message decode(Session session, ByteBuf in) {
            int start = in.readerIndex();
            if (in.getByte(start) == '?') {
                throw new IllegalArgumentException("a line must not begin with ?");
            }
            int end = in.indexOf(start, in.writerIndex(), (byte) '\n');
            if (end < 0) {
                return null;
            }
            in.readerIndex(end + 1);
            return LineMessage.of(session, in.retain(), start, end + 1 - start);
        }

        @Override
        public Message failure(@Nullable Message request, RuntimeException failure) {
            String kind = failure instanceof Failure known ? known.kind().name() : "MALFORMED";
            return LineMessage.byHand("!" + kind + " " + failure.getMessage());
        }
    }
}
