package dev.kawarau.transform.control;

import dev.kawarau.Failure;
import dev.kawarau.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one session that wait in one place, in the order in which they came. Only the first asks for its turn, so
 * that order is kept, and a session that sends much takes turns with the others. It exists for as long as somebody waits.
 * Confined to the session's loop.
 */
final class WaitingLine {
    private static final Session.Key<Map<Object, WaitingLine>> LINES = Session.Key.named("requests that wait");

    private final Map<Object, WaitingLine> lines;
    private final Object place;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>(4);
    private boolean advancing;

    private WaitingLine(Map<Object, WaitingLine> lines, Object place) {
        this.lines = lines;
        this.place = place;
    }

    /** The line of a session in a place; null if nobody waits there. */
    static @Nullable WaitingLine find(Session session, Object place) {
        Map<Object, WaitingLine> lines = session.get(LINES);
        return lines == null || lines.isEmpty() ? null : lines.get(place);
    }

    /** Puts a request at the end of the line of its session. */
    static void join(Object place, Waiter waiter) {
        Session session = waiter.request().session();
        Map<Object, WaitingLine> lines = session.get(LINES);
        if (lines == null) {
            Map<Object, WaitingLine> created = new HashMap<>(4);
            lines = created;
            session.set(LINES, created);
            session.onClose(() -> new ArrayList<>(created.values()).forEach(WaitingLine::dissolve));
        }
        WaitingLine line = lines.get(place);
        if (line == null) {
            line = new WaitingLine(lines, place);
            lines.put(place, line);
        }
        waiter.standIn(line);
        line.waiters.add(waiter);
        line.advance();
    }

    /** Lets whoever is first ask for its turn, and the next if that one has it at once. */
    void advance() {
        if (advancing) {
            return;
        }
        advancing = true;
        try {
            for (Waiter first = waiters.peek(); first != null && first.startAsking(); first = waiters.peek()) {
                if (first.request().isOver()) {
                    first.go();
                } else {
                    first.ask();
                }
            }
        } finally {
            advancing = false;
        }
    }

    void remove(Waiter waiter) {
        waiters.remove(waiter);
        if (waiters.isEmpty()) {
            lines.remove(place);
        }
    }

    /** The client is gone, and reads no reply. */
    private void dissolve() {
        advancing = true; // nobody gets a turn any more
        Failure gone = new Failure(Failure.Kind.UNAVAILABLE, "the client is gone");
        for (Waiter waiter : new ArrayList<>(waiters)) {
            waiter.refuse(gone);
        }
    }
}
