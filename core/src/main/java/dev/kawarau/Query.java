package dev.kawarau;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, in words that fit every protocol. A transform that is written against it works for all.
 * Buffers are views of the message's memory and live as long as the message.
 */
public interface Query {
    /** What a request does. */
    enum Kind {
        /** Answers with data and changes none. */
        READ,
        /** Changes data. */
        WRITE,
        /** Changes data and answers with stored data, or may do either (scripts). */
        READ_WRITE,
        /** Changes what data may look like, or what code runs beside it: tables, functions, scripts. */
        SCHEMA,
        /** Publishes or subscribes. */
        PUBSUB,
        /** Changes or asks for the state of the connection or the transaction. */
        SESSION,
        /** Looks after the server. */
        ADMIN,
        /** Anything else, such as a command that nobody knows. */
        OTHER
    }

    /** What a request leaves on the connection that it is sent over, for what is sent over other connections. */
    enum Trace {
        /** Nothing. */
        NONE,
        /** What a sink finds by itself that the session comes to later: a database, a keyspace, a version, a name. */
        CARRIED,
        /** What each sink must be told: who the client is, that it wants to hear of changes. */
        TOLD,
        /** Something for what follows on the same connection, such as that it is not to be answered. */
        NEXT,
        /** A prepared statement: sinks prepare it anew where it is not known. */
        STATEMENT
    }

    /** The picture of a message that asks for nothing, such as a response. */
    Query NONE = new Query() {
        @Override
        public Kind kind() {
            return Kind.OTHER;
        }

        @Override
        public String operation() {
            return "";
        }

        @Override
        public String namespace() {
            return "";
        }

        @Override
        public List<ByteBuf> keys() {
            return List.of();
        }

        @Override
        public boolean keysKnown() {
            return true;
        }
    };

    /** What the request does. */
    Kind kind();

    /** The operation in upper case, such as {@code GET}, {@code CLIENT|ID} or {@code SELECT}; empty if there is none. */
    String operation();

    /** The database number, or keyspace and table; empty if it is not known. */
    String namespace();

    /**
     * The keys that the request names, in order: what the database places data by. Of a CQL request, partition keys as
     * they are hashed: that of several columns has the length of each in two bytes before it and a zero behind it.
     */
    List<ByteBuf> keys();

    /** Whether {@link #keys()} are all that the request touches; false for a command that nobody knows. */
    boolean keysKnown();

    /** How many statements the request carries out: more than one for a batch of them. */
    default int statements() {
        return 1;
    }

    /**
     * Whether carrying the request out twice leaves and answers what carrying it out once does, as far as the request alone
     * tells; false when in doubt.
     */
    default boolean isIdempotent() {
        return kind() == Kind.READ;
    }

    /**
     * Whether the request begins, ends or belongs to a transaction of its session (in Redis from MULTI to EXEC, and from WATCH
     * on), all of which must reach the same server by the same way. As of the moment when it came.
     */
    default boolean isInTransaction() {
        return false;
    }

    /** What the request leaves on its connection, if it is carried out. */
    default Trace trace() {
        return Trace.NONE;
    }

    /** Whether the request only joins a transaction that is carried out as a whole later, as those behind MULTI do. */
    default boolean joinsTransaction() {
        return false;
    }

    /** Whether the database may let the request wait until something happens, as Redis does with BLPOP. */
    default boolean isBlocking() {
        return false;
    }

    /**
     * Whether the request or the answer to it may hold passwords, tokens or the like of the server's users, which are not to be
     * kept anywhere; true when in doubt, as for what nobody knows.
     */
    default boolean isConfidential() {
        return kind() == Kind.ADMIN || kind() == Kind.OTHER;
    }

    /**
     * What a read asks for: of two whose identities are equal, at the same database, one answer serves both. It says all that
     * the answer depends on, be it in the request or in what its session is at, as of now; null if that cannot be said, for
     * what is no read, for one that waits or is made by chance, and for one whose session the database knows by name.
     *
     * @return a value with {@code equals} and {@code hashCode}, which lives as long as the message's memory
     */
    default @Nullable Object identity() {
        return null;
    }

    /**
     * The columns of the primary key that the request gives values for, in the table's order, a column several times if
     * it gives several; empty where a key has no columns, and where it is not known which columns are the key.
     */
    default List<Column> primaryKey() {
        return List.of();
    }

    /** The columns that the request writes or deletes, in its order; empty where there are none. */
    default List<Column> columns() {
        return List.of();
    }

    /** What the request wants to read, as it says so: names of columns, expressions, or {@code *} for all. */
    default List<String> projection() {
        return List.of();
    }

    /**
     * A column of a request.
     *
     * @param name as the database has it, without quotes
     * @param value as the database's protocol has it; null if the request gives no plain value for the column (it deletes
     *     it, or computes it), or if the type that a literal is to have is not known
     */
    record Column(String name, @Nullable ByteBuf value) {
        private static final int MOST_SHOWN = 32;

        /** The name, and the first bytes of the value in hexadecimal, as in {@code k=0x0000002a}. */
        @Override
        public String toString() {
            if (value == null) {
                return name;
            }
            int shown = Math.min(MOST_SHOWN, value.readableBytes());
            String hex = ByteBufUtil.hexDump(value, value.readerIndex(), shown);
            return name + "=0x" + hex + (shown < value.readableBytes() ? "..." : "");
        }
    }
}
