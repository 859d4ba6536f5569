package dev.kawarau.transform.observe;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Session;
import dev.kawarau.transform.observe.Captured.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is captured of one session, which leaves in the order of its requests. Confined to the session's loop. */
final class CaptureSession {
    private static final int MOST_KEYS = 3;
    private static final int MOST_OF_A_NAME = 64;

    private final Capture capture;
    private final CaptureWriter writer;
    private final Session session;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>(4);
    private long numbers;

    CaptureSession(Capture capture, CaptureWriter writer, Session session) {
        this.capture = capture;
        this.writer = writer;
        this.session = session;
        session.onClose(this::end);
    }

    CaptureWriter writer() {
        return writer;
    }

    /** A request that has no answer as yet; the record, once it has one. */
    static final class Entry {
        private final long startNanos;
        private final boolean keepsResponse;
        private final Captured request;
        private long taken;
        private @Nullable Captured done;
        private boolean dropped;

        private Entry(Captured request, long startNanos, boolean keepsResponse, long taken) {
            this.startNanos = startNanos;
            this.keepsResponse = keepsResponse;
            this.request = request;
            this.taken = taken;
        }
    }

    /** Notes a request; null if there is no room for it. */
    @Nullable
    Entry begin(Message request) {
        long number = ++numbers;
        long start = session.nanoTime();
        Query query = request.query();
        Query.Kind kind = query.kind();
        boolean confidential = query.isConfidential();
        boolean keeps = !confidential && request.size() <= CaptureReader.MOST_OF_A_MESSAGE;
        List<String> keys = capture.showsKeys() ? keys(query) : List.of();
        // What nobody knows may be anything, be it a password on a line of its own.
        String operation = kind == Query.Kind.OTHER ? "" : Printable.of(query.operation(), MOST_OF_A_NAME);
        String namespace = Printable.of(query.namespace(), 2 * MOST_OF_A_NAME);
        boolean bytes = keeps && capture.keepsRequests();
        long taken = Captured.BASE + operation.length() + namespace.length() + (bytes ? request.size() : 0);
        for (String key : keys) {
            taken += key.length();
        }
        if (!writer.take(taken)) {
            writer.dropped();
            return null;
        }
        Captured noted = new Captured(
                session.id(),
                number,
                capture.micros(start),
                session.protocol(),
                kind.name(),
                operation,
                namespace,
                keys,
                Status.OK,
                "",
                0,
                request.size(),
                0,
                bytes ? ByteBufUtil.getBytes(request.bytes()) : null,
                null);
        // The answer to EXEC is that to all before it, whatever they were.
        Entry entry = new Entry(noted, start, keeps && capture.keepsResponses() && kind != Query.Kind.SESSION, taken);
        entries.add(entry);
        return entry;
    }

    private static List<String> keys(Query query) {
        List<ByteBuf> keys = query.keys();
        List<String> shown = new ArrayList<>(Math.min(keys.size(), MOST_KEYS));
        for (int i = 0; i < Math.min(keys.size(), MOST_KEYS); i++) {
            shown.add(Printable.of(keys.get(i), MOST_OF_A_NAME));
        }
        return shown;
    }

    void done(Entry entry, @Nullable Message response, @Nullable Throwable failure) {
        byte[] bytes = null;
        if (response != null && entry.keepsResponse && response.size() <= CaptureReader.MOST_OF_A_MESSAGE) {
            if (writer.take(response.size())) {
                entry.taken += response.size();
                bytes = ByteBufUtil.getBytes(response.bytes());
            } else {
                entry.dropped = true;
            }
        }
        entry.done = entry.request.answered(
                response == null ? Status.FAILURE : response.isError() ? Status.ERROR : Status.OK,
                failure instanceof Failure known ? known.kind().name() : failure == null ? "" : "OTHER",
                Math.max(0, session.nanoTime() - entry.startNanos) / 1_000,
                response == null ? 0 : response.size(),
                bytes);
        release();
    }

    /** Hands over what has nothing unanswered before it. */
    private void release() {
        Entry first;
        while ((first = entries.peek()) != null && (first.done != null || first.dropped)) {
            entries.remove();
            if (first.dropped || first.done == null) {
                writer.giveBack(first.taken);
                writer.dropped();
            } else {
                writer.write(first.done, first.taken);
            }
        }
    }

    private void end() {
        if (writer.take(Captured.BASE)) {
            long now = session.nanoTime();
            Captured over = Captured.end(session.id(), ++numbers, capture.micros(now), session.protocol());
            Entry entry = new Entry(over, now, false, Captured.BASE);
            entry.done = over;
            entries.add(entry);
            release();
        }
    }
}
