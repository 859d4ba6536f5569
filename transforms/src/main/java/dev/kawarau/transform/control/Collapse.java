package dev.kawarau.transform.control;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.transform.SharedMeters;
import dev.kawarau.wire.LoopLocal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets identical reads that are under way at the same time share one: what a thousand clients ask for at once, the database
 * is asked once, by each event loop. Works for every protocol whose reads have an {@linkplain Query#identity() identity}, as
 * those of RESP and CQL have.
 *
 * <pre>{@code
 * Chain catalogue = Chain.named("catalogue").then(Collapse.create()).to(redis);
 * }</pre>
 *
 * <p><b>What is shared:</b> reads that name their keys, of the same text and values, in the same database or keyspace and
 * protocol version. Not in a transaction; not what waits (BLPOP), picks by chance (SRANDMEMBER) or calls functions
 * ({@code SELECT uuid()}); nothing of sessions that the database knows by name or does more for: those with credentials of
 * their own, CLIENT TRACKING, CLIENT REPLY and the like. Traced CQL requests, and those with a payload, go alone.
 *
 * <p><b>No stale answer:</b> an answer may be as old as the oldest request that shares it, so a read joins another only if
 * nothing that may write one of its keys was under way when that was sent, or has come since, through any chain that this
 * object is part of. So everything that clients do through it is linearizable if it is without it. After a write whose
 * outcome nobody knows its keys go unshared for 30 seconds. Writes that pass elsewhere are not seen, and what expires may
 * be answered for as long as a read is under way.
 *
 * <p><b>Order:</b> where a protocol answers in order ({@link Session#isOrdered}), a read does not join another while earlier
 * requests of its session are on their way to the database, lest it be answered as of before them. So who sends one
 * request at a time gains most, and a long pipeline little.
 *
 * <p><b>Where:</b> behind all that does one thing for one client and another for the next (rights, tenants' prefixes, routes
 * by session), since of a read that is shared only the first passes on.
 *
 * <p><b>On failure</b> all that share a read fail as it does. If the client that it was sent for is gone before it was
 * answered, the others are sent by themselves; but where there is an order, one whose client has sent a write behind it
 * fails as not sent, for it would be answered with that.
 *
 * <p><b>Cost:</b> a hash of the request and of its keys, and a counter for each of them that all event loops share; 64 KiB.
 * Thread-safe.
 */
public final class Collapse implements Transform {
    /** How many different reads are shared at a time, on each event loop; others go alone. */
    private static final int MOST_FLIGHTS = 4_096;

    private static final long UNSETTLED_SECONDS = 30;

    private final Predicate<? super Message> wanted;
    private final Session.Key<Flight.Asker> key = Session.Key.named("collapse");
    private final LoopLocal<Map<Flight.Course, Flight>> flights = new LoopLocal<>(loop -> new HashMap<>());
    private final Writes writes = new Writes();
    private final SharedMeters meters = new SharedMeters();
    private final LongAdder led =
            meters.counter("kawarau.collapse.led", "reads that others could share, and that were sent");
    private final LongAdder joined =
            meters.counter("kawarau.collapse.joined", "reads that were answered by one under way");
    private final LongAdder resent =
            meters.counter("kawarau.collapse.resent", "reads that were sent after all, since who asked first had left");

    private Collapse(Predicate<? super Message> wanted) {
        this.wanted = wanted;
    }

    /** For all reads that can be shared. */
    public static Collapse create() {
        return new Collapse(request -> true);
    }

    /**
     * For those reads that a predicate accepts, of those that can be shared.
     *
     * @param reads called on event loops
     */
    public static Collapse of(Predicate<? super Message> reads) {
        return new Collapse(Objects.requireNonNull(reads, "reads"));
    }

    @Override
    public void onBuild(TransformContext context) {
        meters.show(context);
    }

    private Flight.Asker asker(Session session) {
        Flight.Asker asker = session.get(key);
        if (asker == null) {
            asker = new Flight.Asker();
            session.set(key, asker);
        }
        return asker;
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Query query = request.query();
        Flight.Asker asker = asker(request.session());
        Object identity = isShareable(request, query, asker) ? query.identity() : null;
        if (identity == null) {
            return send(request, query, asker, next);
        }
        Map<Flight.Course, Flight> here = flights.get(request.session().loop());
        Flight.Course course = new Flight.Course(next, identity);
        Flight flight = here.get(course);
        if (flight != null && flight.isUpToDate()) {
            if (request.session().isOrdered() && asker.underWay > 0) {
                return send(request, query, asker, next);
            }
            joined.increment();
            return flight.join(request, asker);
        }
        Writes.View view = here.size() < MOST_FLIGHTS ? writes.view(query.keys()) : null;
        return view == null
                ? send(request, query, asker, next)
                : lead(request, asker, new Flight(course, request, view), here);
    }

    /** What it asks for depends on what the session will be at, if that is about to change. */
    private boolean isShareable(Message request, Query query, Flight.Asker asker) {
        return query.kind() == Query.Kind.READ
                && !asker.apart
                && asker.stateChanges == 0
                && query.keysKnown()
                && wanted.test(request);
    }

    // --- alone

    private Reply send(Message request, Query query, Flight.Asker asker, Chain next) {
        boolean changesState = switch (query.trace()) {
            case NONE, STATEMENT -> false;
            case CARRIED -> true;
            case TOLD, NEXT -> {
                asker.apart = true;
                yield true;
            }
        };
        Writes.Write write = writes.begin(query);
        asker.underWay++;
        asker.changes += query.kind() == Query.Kind.READ ? 0 : 1;
        asker.stateChanges += changesState ? 1 : 0;
        return next.send(request).whenDone((response, failure) -> {
            asker.underWay--;
            asker.stateChanges -= changesState ? 1 : 0;
            if (write != null) {
                settle(write, request.session(), failure);
            }
        });
    }

    /** What comes next on another chain may be a write: reads that wait for one of somebody else cannot be sent behind that. */
    @Override
    public boolean leave(Session session) {
        Flight.Asker asker = session.get(key);
        if (asker != null) {
            asker.changes++;
        }
        return true;
    }

    private static void settle(Writes.Write write, Session session, @Nullable Throwable failure) {
        if (failure == null || (failure instanceof Failure known && !known.maybeApplied())) {
            write.end();
            return;
        }
        try {
            session.loop().schedule(write::end, UNSETTLED_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException ended) {
            write.end();
        }
    }

    // --- shared

    private Reply lead(Message request, Flight.Asker asker, Flight flight, Map<Flight.Course, Flight> here) {
        led.increment();
        // The key of one that is out of date lives in memory that its own request holds.
        here.remove(flight.course());
        here.put(flight.course(), flight);
        asker.underWay++;
        request.retain();
        return flight.course().next().send(request).whenDone((response, failure) -> {
            asker.underWay--;
            here.remove(flight.course(), flight);
            resent.add(flight.land(response, failure));
            request.release();
        });
    }

    @Override
    public String toString() {
        return "Collapse";
    }
}
