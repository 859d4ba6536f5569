package dev.kawarau.sink.cassandra;

import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import io.netty.buffer.ByteBuf;

/** Tells at a glance which texts cannot be a USE, so that not every query has to be parsed. */
final class UseText {
    private static final int LENGTH = Integer.BYTES;

    private UseText() {}

    /** Whether the text of a QUERY or PREPARE begins with that word, or with what it may begin behind: a comment. */
    static boolean mayBeUse(CqlMessage request) {
        if (request.version() >= 4 && request.header().has(CqlFrameHeader.CUSTOM_PAYLOAD)) {
            return true;
        }
        ByteBuf frame = request.bytes();
        int at = frame.readerIndex() + CqlFrameHeader.BYTES + LENGTH;
        int end = frame.writerIndex();
        while (at < end && frame.getByte(at) <= ' ') {
            at++;
        }
        if (at >= end) {
            return false;
        }
        int first = frame.getByte(at);
        boolean isFirst = first == 'u' || first == 'U';
        return isFirst ? isSecond(frame, at + 1, end) : first == '-' || first == '/';
    }

    private static boolean isSecond(ByteBuf frame, int at, int end) {
        return at < end && (frame.getByte(at) == 's' || frame.getByte(at) == 'S');
    }
}
