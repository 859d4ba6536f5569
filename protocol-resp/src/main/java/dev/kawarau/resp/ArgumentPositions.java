package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;

/** Walks a request that a scanner found whole, and notes where its arguments lie. */
final class ArgumentPositions {
    private ArgumentPositions() {}

    /** Start and length of each argument in turn. The frame is trusted: its count and lengths were checked. */
    static int[] find(ByteBuf buffer, int offset, int count) {
        int[] found = new int[2 * count];
        int at = afterLine(buffer, offset + 1);
        for (int i = 0; i < count; i++) {
            int length = 0;
            at++; // the $
            for (byte digit = buffer.getByte(at); digit != '\r'; digit = buffer.getByte(++at)) {
                length = length * 10 + digit - '0';
            }
            at += 2;
            found[2 * i] = at;
            found[2 * i + 1] = length;
            at += length + 2;
        }
        return found;
    }

    private static int afterLine(ByteBuf buffer, int from) {
        int at = from;
        while (buffer.getByte(at) != '\n') {
            at++;
        }
        return at + 1;
    }
}
