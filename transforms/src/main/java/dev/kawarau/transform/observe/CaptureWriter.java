package dev.kawarau.transform.observe;

import dev.kawarau.transform.observe.CaptureCounts.Outcome;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes a capture, and the records on their way there. Event loops take room for a record, hand it over and
 * never wait. Thread-safe.
 */
final class CaptureWriter implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(CaptureWriter.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final long IDLE_MILLIS = 100;
    private static final long CLOSE_MILLIS = 5_000;

    private record Queued(Captured record, long taken) {}

    private final CaptureFile file;
    private final Function<Captured, byte[]> format;
    private final long mostBytes;
    private final CaptureCounts counts;
    private final String name;
    private final Thread thread;
    private final LinkedTransferQueue<Queued> queue = new LinkedTransferQueue<>();
    private final AtomicLong held = new AtomicLong();
    private volatile boolean closing;
    private volatile boolean ended;
    private Instant failedAt = Instant.MIN;
    private Instant loggedAt = Instant.MIN;

    CaptureWriter(
            String name, CaptureFile file, Function<Captured, byte[]> format, long mostBytes, CaptureCounts counts) {
        this.name = name;
        this.file = file;
        this.format = format;
        this.mostBytes = mostBytes;
        this.counts = counts;
        this.thread = new Thread(this, "kawarau-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes room for what is to be written; false if there is none. */
    boolean take(long bytes) {
        if (closing) {
            return false;
        }
        for (long now = held.get(); now + bytes <= mostBytes; now = held.get()) {
            if (held.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
        return false;
    }

    /** Gives room back that was taken. */
    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    void dropped() {
        counts.add(Outcome.DROPPED, 1);
    }

    /** @param taken the room that was taken for the record */
    void write(Captured record, long taken) {
        queue.add(new Queued(record, taken));
        if (ended) {
            dropRest();
        }
    }

    private void dropRest() {
        for (Queued late = queue.poll(); late != null; late = queue.poll()) {
            giveBack(late.taken);
            dropped();
        }
    }

    @Override
    public void run() {
        try {
            while (step()) {
                // One record after the other.
            }
        } catch (InterruptedException interrupted) {
            log.warn("{} was interrupted, and ends", name);
        } finally {
            attempt(file::close, 0);
            ended = true;
            dropRest();
        }
    }

    private boolean step() throws InterruptedException {
        Queued next = queue.poll();
        if (next == null) {
            attempt(file::flush, 0);
            next = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (next == null) {
            return !closing;
        }
        byte[] bytes = format.apply(next.record);
        attempt(() -> file.append(bytes), 1);
        giveBack(next.taken);
        return true;
    }

    private interface Action {
        void run() throws IOException;
    }

    /** @param records that are lost if this is not even tried */
    private void attempt(Action action, int records) {
        if (records > 0 && !failedAt.equals(Instant.MIN) && Instant.now().isBefore(failedAt.plus(RETRY))) {
            counts.add(Outcome.FAILED, records);
            return;
        }
        try {
            action.run();
        } catch (IOException | RuntimeException failed) {
            failed(failed);
        }
    }

    private void failed(@Nullable Exception failure) {
        counts.add(Outcome.FAILED, file.abandon());
        failedAt = Instant.now();
        if (loggedAt.equals(Instant.MIN) || failedAt.isAfter(loggedAt.plus(QUIET))) {
            loggedAt = failedAt;
            log.warn("{} cannot write, and tries again; requests go on", name, failure);
        }
    }

    /**
     * Writes what there is and ends. Waits for that for five seconds at most, and not at all on an event loop, where the
     * thread ends by itself soon after.
     */
    void close() {
        closing = true;
        if (Thread.currentThread() instanceof FastThreadLocalThread) {
            return;
        }
        try {
            thread.join(CLOSE_MILLIS);
            if (thread.isAlive()) {
                log.warn(
                        "{} is not done after {} ms: the disk does not take what is to be written", name, CLOSE_MILLIS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
