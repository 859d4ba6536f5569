package dev.kawarau.cql;

import org.jspecify.annotations.Nullable;

/**
 * How a QUERY, EXECUTE or BATCH is to be carried out (native protocol v5, sections 4.1.4 and 4.1.7).
 *
 * @param consistency the code
 * @param flags what is said besides
 * @param at where in the message's buffer what the flags tell of begins
 */
record CqlRequestOptions(int consistency, int flags, int at) {
    static final int PREPARE_WITH_KEYSPACE = 0x01;
    static final int VALUES = 0x01;
    private static final int PAGE_SIZE = 0x04;
    private static final int PAGING_STATE = 0x08;
    private static final int SERIAL_CONSISTENCY = 0x10;
    private static final int TIMESTAMP = 0x20;
    static final int NAMED_VALUES = 0x40;
    private static final int KEYSPACE = 0x80;

    /** Null for a message that has no such options. */
    static @Nullable CqlRequestOptions of(CqlMessage request) {
        BodyCursor cursor = new BodyCursor(request);
        switch (request.opcode()) {
            case QUERY -> cursor.skip(cursor.readInt());
            case EXECUTE -> {
                cursor.skip(cursor.readShort());
                if (request.version() >= 5) {
                    cursor.skip(cursor.readShort()); // the id of the result's metadata
                }
            }
            case BATCH -> skipStatements(cursor);
            default -> {
                return null;
            }
        }
        int consistency = cursor.readShort();
        int flags = cursor.readFlags(request.version());
        if ((flags & KEYSPACE) != 0 && request.version() < 5) {
            // Servers that know version 5 take the keyspace all the same, and those that do not leave it.
            throw cursor.malformed("a keyspace in version " + request.version());
        }
        return new CqlRequestOptions(consistency, flags, cursor.at());
    }

    private static void skipStatements(BodyCursor cursor) {
        cursor.skip(1);
        for (int left = cursor.readShort(); left > 0; left--) {
            boolean prepared = cursor.readByte() != 0;
            cursor.skip(prepared ? cursor.readShort() : cursor.readInt());
            for (int values = cursor.readShort(); values > 0; values--) {
                cursor.skipBytes();
            }
        }
    }

    /** The values of a QUERY or EXECUTE. */
    CqlValues values(CqlMessage request) {
        if ((flags & VALUES) == 0) {
            return CqlValues.none(request);
        }
        BodyCursor cursor = new BodyCursor(request, at);
        int count = cursor.readShort();
        return CqlValues.at(cursor, request, count, (flags & NAMED_VALUES) != 0);
    }

    /** The keyspace, of version 5. A batch has no values here; servers read what its flags say nevertheless. */
    @Nullable
    String keyspace(CqlMessage request) {
        if ((flags & KEYSPACE) == 0) {
            return null;
        }
        BodyCursor cursor = atTimestamp(request);
        if ((flags & TIMESTAMP) != 0) {
            cursor.skip(Long.BYTES);
        }
        return cursor.readString();
    }

    /** Where the time of a write begins, which drivers send with reads too; -1 if none is given. */
    int timestampAt(CqlMessage request) {
        return (flags & TIMESTAMP) == 0 ? -1 : atTimestamp(request).at();
    }

    /** Behind all that stands before it. */
    private BodyCursor atTimestamp(CqlMessage request) {
        int behind = (flags & VALUES) == 0 ? at : values(request).end();
        BodyCursor cursor = new BodyCursor(request, behind);
        if ((flags & PAGE_SIZE) != 0) {
            cursor.skip(Integer.BYTES);
        }
        if ((flags & PAGING_STATE) != 0) {
            cursor.skipBytes();
        }
        if ((flags & SERIAL_CONSISTENCY) != 0) {
            cursor.skip(Short.BYTES);
        }
        return cursor;
    }
}
