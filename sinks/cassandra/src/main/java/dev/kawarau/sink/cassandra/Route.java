package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.cql.CqlState;
import dev.kawarau.cql.statement.Use;
import dev.kawarau.sink.cassandra.Handshake.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the requests of one session go: to the shared connections of its version and keyspace, or, if the client said
 * itself who it is, to a connection of its own. Confined to the session's event loop.
 */
final class Route {
    private final Session session;
    private final LoopConnections home;
    private final CassandraSettings settings;
    private @Nullable Lane lane;
    private @Nullable OwnConnection own;
    private @Nullable OwnConnection events;
    private int moves;
    private boolean closed;

    Route(Session session, LoopConnections home) {
        this.session = session;
        this.home = home;
        this.settings = home.settings();
    }

    /** Where a session goes on that has been at another sink before; null if it has not, or there is no room as yet. */
    private @Nullable Lane goOn() {
        CqlState state = CqlState.of(session);
        if (state.isReady()) {
            move(home.lane(Lane.Key.of(state)));
        }
        return lane;
    }

    Reply send(CqlMessage request) {
        if (own != null) {
            return trip(own, request);
        }
        CqlOpcode opcode = request.opcode();
        Lane here = lane != null ? lane : goOn();
        if (here != null) {
            return switch (opcode) {
                case REGISTER -> register(request);
                case QUERY -> UseText.mayBeUse(request) ? use(request) : shared(request, here);
                case PREPARE -> UseText.mayBeUse(request) ? prepare(request) : shared(request, here);
                default -> shared(request, here);
            };
        }
        if (CqlState.of(session).isReady()) {
            return Reply.failed(unavailable(home.lastFailure()));
        }
        return switch (opcode) {
            case OPTIONS -> options(request);
            case STARTUP -> startUp(request);
            default -> Reply.failed(new Failure(Failure.Kind.INVALID, opcode + " before STARTUP"));
        };
    }

    private Reply shared(CqlMessage request, Lane through) {
        return shared(request, through, Trip.Leave.NOTHING);
    }

    private Reply shared(CqlMessage request, Lane through, Trip.Leave leave) {
        NodeConnection connection = through.next();
        if (connection == null) {
            return Reply.failed(unavailable(home.lastFailure()));
        }
        Trip trip = new Trip(request, leave);
        connection.send(trip);
        return trip.reply();
    }

    private static Reply trip(OwnConnection through, CqlMessage request) {
        Trip trip = new Trip(request, Trip.Leave.ANYTHING);
        through.send(trip);
        return trip.reply();
    }

    private Failure unavailable(String because) {
        return new Failure(
                Failure.Kind.UNAVAILABLE,
                "cassandra at " + settings.server() + " " + because + "; the request was not sent");
    }

    // --- the handshake

    /** Answered from what the server told the sink, since a client that has not said STARTUP has no connection. */
    private Reply options(CqlMessage request) {
        Supported known = home.supported(request.version());
        if (known != null) {
            return Reply.of(CqlMessage.of(request, known));
        }
        Promise reply = new Promise();
        whenReady(Lane.Key.of(request.version()), reply, refusal -> {
            Supported told = home.supported(request.version());
            if (told != null) {
                reply.complete(CqlMessage.of(request, told));
            } else if (refusal != null) {
                refuse(request, reply, refusal);
            }
        });
        return reply;
    }

    private Reply startUp(CqlMessage request) {
        if (settings.credentials() == null && home.wantsUsers()) {
            return passThrough(request);
        }
        Lane.Key key = Lane.Key.of(CqlState.of(session));
        Promise reply = new Promise();
        whenReady(key, reply, refusal -> {
            if (refusal == null) {
                move(home.lane(key));
                reply.complete(CqlMessage.of(request, new Ready()));
            } else if (refusal.wantsUser()) {
                passThrough(request).whenDone((response, failure) -> settle(reply, response, failure));
            } else {
                refuse(request, reply, refusal);
            }
        });
        return reply;
    }

    private void whenReady(Lane.Key key, Promise reply, Consumer<@Nullable Refusal> told) {
        Lane plain = home.lane(key);
        if (plain == null) {
            reply.fail(unavailable(home.lastFailure()));
        } else {
            plain.whenReady(told);
        }
    }

    private void refuse(CqlMessage request, Promise reply, Refusal refusal) {
        if (refusal.error() != null) {
            reply.complete(CqlMessage.of(request, refusal.error()));
        } else {
            reply.fail(unavailable(refusal.because()));
        }
    }

    private static void settle(Promise reply, @Nullable Message response, @Nullable Throwable failure) {
        if (response != null) {
            reply.complete(response);
        } else if (failure != null) {
            reply.fail(failure);
        }
    }

    /** From here on all that the client sends goes over a connection of its own, beginning with its STARTUP. */
    private Reply passThrough(CqlMessage request) {
        OwnConnection opened = closed ? null : OwnConnection.open(session, home, request.version(), true);
        if (opened == null) {
            return Reply.failed(unavailable(home.lastFailure()));
        }
        own = opened;
        Map<String, String> options = new LinkedHashMap<>(((Startup) request.content()).options);
        Handshake.addCompression(options, settings.compression());
        return trip(opened, CqlMessage.of(request, new Startup(options)));
    }

    // --- what is the session's alone

    /** The events come over a connection that carries nothing else. */
    private Reply register(CqlMessage request) {
        if (events == null) {
            events = closed ? null : OwnConnection.open(session, home, request.version(), false);
        }
        return events == null ? Reply.failed(unavailable(home.lastFailure())) : trip(events, request);
    }

    private Reply prepare(CqlMessage request) {
        if (request.statement() instanceof Use) {
            return Reply.failed(new Failure(
                    Failure.Kind.UNSUPPORTED, "USE cannot be prepared here; send it as a query, or name the keyspace"));
        }
        return lane == null ? Reply.failed(unavailable(home.lastFailure())) : shared(request, lane);
    }

    /** Moves the session to the connections that are in that keyspace, once the server has said that there is one. */
    private Reply use(CqlMessage request) {
        Lane now = lane;
        if (now == null || !(request.statement() instanceof Use use)) {
            return now == null ? Reply.failed(unavailable(home.lastFailure())) : shared(request, now);
        }
        Lane wanted = home.lane(now.key().in(use.keyspace()));
        if (wanted == null) {
            return Reply.failed(new Failure(Failure.Kind.OVERLOADED, home.lastFailure()));
        }
        Promise reply = new Promise();
        moves++;
        reply.whenDone((response, failure) -> moves--);
        wanted.whenReady(refusal -> {
            if (refusal != null) {
                refuse(request, reply, refusal);
            } else {
                // Asked again, since the keyspace may be gone although a connection is still in it.
                shared(request, wanted, Trip.Leave.ANYTHING).whenDone((response, failure) -> {
                    if (response instanceof CqlMessage message && message.keyspaceSet() != null) {
                        move(wanted);
                    }
                    settle(reply, response, failure);
                });
            }
        });
        return reply;
    }

    private void move(@Nullable Lane to) {
        if (closed || to == null) {
            return;
        }
        if (lane != null) {
            lane.leave();
        }
        to.join();
        lane = to;
    }

    // --- the end

    /**
     * Ends the route if the session can go on at another sink, which is told its version and keyspace: not while the client
     * is known to the server by its own credentials, and not while it waits for events.
     */
    boolean leave() {
        if (own != null || events != null || moves > 0) {
            return false;
        }
        close();
        return true;
    }

    /** The client is gone. */
    void close() {
        closed = true;
        if (lane != null) {
            lane.leave();
            lane = null;
        }
        if (own != null) {
            own.close();
        }
        if (events != null) {
            events.close();
        }
    }
}
