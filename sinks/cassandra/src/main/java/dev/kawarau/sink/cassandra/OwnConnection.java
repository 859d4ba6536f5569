package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.response.Supported;
import dev.kawarau.Session;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.sink.cassandra.Handshake.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that belongs to one session, since it carries what is the session's alone: who the client is, or the events
 * that it asked for. If it is lost, so is that, and the client's connection is closed for it to notice. Confined to its
 * event loop.
 */
final class OwnConnection implements ConnectionOwner, Handshake.Observer {
    private final Session session;
    private final LoopConnections home;
    private final boolean passesThrough;
    private @Nullable NodeConnection connection;
    private @Nullable Refusal refusal;
    private @Nullable ScheduledFuture<?> asking;
    private boolean released;

    private OwnConnection(Session session, LoopConnections home, boolean passesThrough) {
        this.session = session;
        this.home = home;
        this.passesThrough = passesThrough;
    }

    /**
     * Connects.
     *
     * @param passesThrough the client shakes hands itself; otherwise the sink does
     * @return null if it is too early to try again, or there are as many as may be
     */
    static @Nullable OwnConnection open(Session session, LoopConnections home, int version, boolean passesThrough) {
        OwnConnection own = new OwnConnection(session, home, passesThrough);
        own.connection = home.connectOwn(version, own);
        return own.connection == null ? null : own;
    }

    void send(Trip trip) {
        NodeConnection open = connection;
        if (open != null) {
            CqlMessage request = trip.request();
            if (request.opcode() == CqlOpcode.QUERY && UseText.mayBeUse(request)) {
                open.moves();
            }
            trip.sentAfter(open.timesMoved());
            open.send(trip);
        }
    }

    @Override
    public void connected(NodeConnection made) {
        if (passesThrough) {
            made.ready();
        } else {
            Handshake.begin(made, home.settings(), Lane.Key.of(made.version()), this);
        }
    }

    @Override
    public void supported(Supported supported) {}

    @Override
    public void refused(Refusal because) {
        refusal = because;
    }

    @Override
    public void ready(NodeConnection made) {
        home.reached();
        if (!passesThrough) {
            askLater(made);
        }
    }

    /**
     * A server that is gone without a word sends no events, and nothing else is asked of it here; where credentials pass
     * through, so does what the client asks.
     */
    private void askLater(NodeConnection made) {
        asking = home.loop().schedule(() -> ask(made), home.settings().requestNanos(), TimeUnit.NANOSECONDS);
    }

    private void ask(NodeConnection made) {
        CqlMessage options = CqlMessage.of(made.version(), Options.INSTANCE);
        made.send(new OwnErrand(options, answer -> askLater(made), made::timedOut));
    }

    @Override
    public void event(CqlFrameHeader header, ByteBuf buffer, int offset) {
        if (session.isOpen()) {
            session.push(CqlMessage.event(session, buffer, offset, header), null);
        }
    }

    @Override
    public void closed(NodeConnection gone, boolean wasReady, String because) {
        if (asking != null) {
            asking.cancel(false);
        }
        if (!released) {
            home.failed(gone, wasReady, because, refusal);
            session.close();
        }
    }

    /** The session is over. */
    void close() {
        released = true;
        if (connection != null) {
            connection.close("is not needed any more");
        }
    }
}
