package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.sink.cassandra.simulation.Request.Kind;
import dev.kawarau.sink.cassandra.simulation.Request.Outcome;
import dev.kawarau.sink.cassandra.simulation.Request.Statement;
import dev.kawarau.testkit.simulation.World;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether what a client was answered is what it asked for, or an error that it may get and that is not a lie. */
final class Verdict {
    private final Run run;
    private final World world;
    private final String user;
    private final int version;
    private final Whereabouts whereabouts;

    /**
     * For one session.
     *
     * @param user as whom its client is known to the node, if the node wants to know clients
     */
    Verdict(Run run, String user, int version, Whereabouts whereabouts) {
        this.run = run;
        this.world = run.world();
        this.version = version;
        this.whereabouts = whereabouts;
        this.user = switch (run.plan().users()) {
            case ANYBODY -> "";
            case SINK -> "proxy";
            case CLIENTS -> user;
        };
    }

    // --- what was asked for

    boolean isRight(Request request, Message answer) {
        boolean right = switch (request.kind) {
            case OPTIONS -> answer instanceof Supported;
            case STARTUP -> answer instanceof Ready || answer instanceof Authenticate;
            case AUTH -> answer instanceof AuthSuccess;
            case REGISTER -> answer instanceof Ready;
            case USE -> answer instanceof SetKeyspace set && set.keyspace.equals(request.token);
            case PREPARE -> answer instanceof Prepared prepared && statement(request, prepared) != null;
            case GARBLED -> false;
            case QUERY, EXECUTE, BATCH -> answer instanceof DefaultRows rows && isOfIt(request, rows);
        };
        if (!right) {
            world.problem(request + " was answered with " + Run.text(answer));
        }
        return right;
    }

    /** What was prepared; null if that is not what was asked for. */
    static @Nullable Statement statement(Request request, Prepared answer) {
        byte[] resultId = answer.resultMetadataId == null ? null : answer.resultMetadataId.clone();
        for (String keyspace : request.keyspaces) {
            if (Arrays.equals(answer.preparedQueryId, Node.idOf(request.token, keyspace))) {
                return new Statement(request.token, keyspace, answer.preparedQueryId.clone(), resultId);
            }
        }
        return null;
    }

    private boolean isOfIt(Request request, DefaultRows rows) {
        String said = NodeSession.text(rows.getData().element().get(0));
        if (request.keyspaces.stream().noneMatch(where -> said.equals(request.token + "|" + where + "|" + user))) {
            world.problem(
                    request + " was carried out as " + said + ", and not for \"" + user + "\" in " + request.keyspaces);
        }
        return true;
    }

    // --- errors

    /** What an error says of a request; whatever a client cannot make sense of is a problem. */
    Outcome of(Request request, Error error, boolean handshakeIsOver) {
        String words = error.message;
        if (error instanceof Unprepared) {
            unprepared(request);
            return Outcome.REFUSED;
        }
        if (words.endsWith("the request was not sent")) {
            expect(request, error, error.code == ErrorCode.UNAVAILABLE || error.code == ErrorCode.OVERLOADED);
            return Outcome.NOT_SENT;
        }
        if (words.endsWith("the request may have been applied")) {
            expect(request, error, saysMaybe(request, error.code));
            return Outcome.MAYBE;
        }
        boolean ofTheNode = words.equals("node: " + request.token) || words.endsWith("' does not exist");
        boolean tooLate = request.kind == Kind.STARTUP && handshakeIsOver && error.code == ErrorCode.PROTOCOL_ERROR;
        boolean tooEarly = request.early && words.startsWith("Unexpected message");
        boolean ofNoUse = request.kind == Kind.GARBLED
                && (error.code == ErrorCode.PROTOCOL_ERROR || error.code == ErrorCode.INVALID);
        expect(request, error, ofTheNode || tooLate || tooEarly || ofNoUse);
        return Outcome.REFUSED;
    }

    private void expect(Request request, Error error, boolean right) {
        if (!right) {
            world.problem(request + " was answered with " + error.code + ": " + error.message);
        }
    }

    /** Drivers try a read again that was not answered in time, and never a write. */
    private static boolean saysMaybe(Request request, int code) {
        boolean reads = request.kind == Kind.QUERY || request.kind == Kind.EXECUTE;
        return code == ErrorCode.SERVER_ERROR || code == (reads ? ErrorCode.READ_TIMEOUT : ErrorCode.WRITE_TIMEOUT);
    }

    /**
     * The sink prepares anew what was forgotten, unless the connection that it was to be done on was in trouble or had no
     * stream left in time, or the node forgets it again and again.
     */
    private void unprepared(Request request) {
        Statement statement = request.statement;
        boolean elsewhere = statement != null && version < 5 && !isHere(statement, request);
        // The text in it would be carried out elsewhere.
        boolean movedBatch = request.kind == Kind.BATCH && isMoved(request);
        boolean again = run.node().forgets() - request.forgets > 2;
        boolean trouble = request.disturbances != run.node().disturbances();
        boolean late =
                world.now() - request.sentAt >= run.plan().requestTimeout().toNanos();
        if (run.plan().remembers() && !elsewhere && !movedBatch && !again && !trouble && !late) {
            world.problem(request + " was told that it is not prepared");
        }
    }

    /**
     * Whether it is the same statement wherever it may be prepared anew: on a connection of its client's own, that is where a
     * USE has moved it meanwhile.
     */
    private boolean isHere(Statement statement, Request request) {
        return Texts.named(statement.text()) != null
                || (!isMoved(request) && request.sessionKeyspaces.equals(Set.of(statement.keyspace())));
    }

    private boolean isMoved(Request request) {
        return run.plan().users() == Plan.Users.CLIENTS && request.usesBefore != whereabouts.uses();
    }
}
