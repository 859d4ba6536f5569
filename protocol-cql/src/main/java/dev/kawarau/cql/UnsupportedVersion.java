package dev.kawarau.cql;

import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Session;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A request in a version that is not spoken here, and the answer to it. Nothing but its header was understood. */
final class UnsupportedVersion extends Message {
    private final CqlProtocolException refusal;

    UnsupportedVersion(Session session, CqlProtocolException refusal) {
        super(session, Unpooled.EMPTY_BUFFER, 0, 0);
        this.refusal = refusal;
    }

    Message answer() {
        return new Answer(refusal);
    }

    @Override
    public Query query() {
        return Query.NONE;
    }

    @Override
    public boolean isError() {
        return false;
    }

    /** An ERROR in a version that the client understands, perhaps with a header that is not of nine bytes. */
    static final class Answer extends Message {
        private final CqlProtocolException refusal;

        Answer(CqlProtocolException refusal) {
            super((Message) null);
            this.refusal = refusal;
        }

        @Override
        protected ByteBuf encode() {
            ByteBuf frame = Unpooled.buffer();
            refusal.writeTo(frame);
            return frame;
        }

        @Override
        public Query query() {
            return Query.NONE;
        }

        @Override
        public boolean isError() {
            return true;
        }
    }
}
