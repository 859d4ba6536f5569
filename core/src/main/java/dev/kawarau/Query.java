package dev.kawarau;

import io.netty.buffer.ByteBuf;
import java.util.List;

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

    /** The primary keys that the request names, in order. */
    List<ByteBuf> keys();

    /** Whether {@link #keys()} are all that the request touches; false for a command that nobody knows. */
    boolean keysKnown();
}
