package dev.kawarau.sink.cassandra.simulation;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request of a client, and what it was told of it. */
final class Request {
    enum Kind {
        OPTIONS,
        STARTUP,
        AUTH,
        QUERY,
        EXECUTE,
        BATCH,
        PREPARE,
        USE,
        REGISTER,
        /** A frame whose body makes no sense. */
        GARBLED
    }

    enum Outcome {
        PENDING,
        /** With what was asked for. */
        ANSWERED,
        /** With an error of the server's, which has carried nothing out. */
        REFUSED,
        /** With one of the proxy's, which says that the server never got it. */
        NOT_SENT,
        /** With one of the proxy's that says that it may have been carried out, or not at all. */
        MAYBE
    }

    final Kind kind;
    final String token;
    final String client;
    final int stream;

    /** Where it may be carried out. */
    final Set<String> keyspaces;

    /** Where the session may be, in the terms of the node. */
    final Set<String> sessionKeyspaces;

    /** When it was sent, in nanoseconds. */
    final long sentAt;

    /** What befell the server's connections before it was sent. */
    final int disturbances;

    /** How often the server had forgotten its statements. */
    final int forgets;

    /** What a PREPARE or EXECUTE is about. */
    final @Nullable Statement statement;

    Outcome outcome = Outcome.PENDING;

    /** Sent before STARTUP was answered. */
    boolean early;

    /** How many USEs its session had sent before it. */
    int usesBefore;

    /** A USE that was under way together with another one. */
    boolean overlaps;

    Request(
            Kind kind,
            String token,
            String client,
            int stream,
            Set<String> keyspaces,
            Set<String> sessionKeyspaces,
            long sentAt,
            int disturbances,
            int forgets,
            @Nullable Statement statement) {
        this.kind = kind;
        this.token = token;
        this.client = client;
        this.stream = stream;
        this.keyspaces = keyspaces;
        this.sessionKeyspaces = sessionKeyspaces;
        this.sentAt = sentAt;
        this.disturbances = disturbances;
        this.forgets = forgets;
        this.statement = statement;
    }

    /** Whether it leaves a trace at the server. */
    boolean isCarriedOut() {
        return kind == Kind.QUERY || kind == Kind.EXECUTE || kind == Kind.BATCH;
    }

    @Override
    public String toString() {
        return kind + " " + token + " of " + client + " on stream " + stream + " (" + outcome + ")";
    }

    /** A prepared statement as clients keep it. */
    record Statement(String text, String keyspace, byte[] id, byte @Nullable [] resultMetadataId) {}
}
