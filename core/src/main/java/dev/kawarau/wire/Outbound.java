package dev.kawarau.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What is about to be written to one connection. Frames that lie side by side in one buffer leave as one piece without
 * a copy; small ones that do not are copied together, since a copy of a few bytes is cheaper than a piece of its own.
 * Confined to the channel's event loop.
 */
public final class Outbound {
    /** Up to here a copy is cheaper than a slice with its own entry in the write queue. */
    private static final int SMALL = 2048;

    private static final int STAGE = 16 * 1024;

    private final Channel channel;
    private final LoopFlusher flusher;
    private @Nullable ByteBuf run;
    private int runStart;
    private int runEnd;
    private @Nullable ByteBuf stage;
    private @Nullable ArrayDeque<Runnable> beforeFlush;
    private long written;
    private boolean queued;
    private boolean closed;

    /** For a channel that is registered with its event loop. */
    public Outbound(Channel channel) {
        this.channel = channel;
        this.flusher = LoopFlusher.of(channel.eventLoop());
    }

    /**
     * Queues bytes, which leave at the end of the loop's turn. The buffer is retained for as long as needed; its bytes
     * must not change.
     */
    @SuppressWarnings("ReferenceEquality") // the same memory is meant, not the same content
    public void add(ByteBuf buffer, int offset, int length) {
        if (closed) {
            return;
        }
        if (run == buffer && runEnd == offset) {
            runEnd += length;
            return;
        }
        if (run != null) {
            settleRun(run, false);
        }
        run = buffer.retain();
        runStart = offset;
        runEnd = offset + length;
        queue();
    }

    /**
     * Runs something once, right before the next flush, which this call brings about at the end of the loop's turn: who
     * joins frames adds here what it has joined by then. If the connection closes before, it runs then, and what it
     * adds is dropped; if the connection is closed, it does not run.
     *
     * @param action must not throw
     * @return whether it will run
     */
    public boolean beforeFlush(Runnable action) {
        if (closed) {
            return false;
        }
        if (beforeFlush == null) {
            beforeFlush = new ArrayDeque<>(2);
        }
        beforeFlush.add(action);
        queue();
        return true;
    }

    private void queue() {
        if (!queued) {
            queued = true;
            flusher.add(this);
        }
    }

    private void runBeforeFlush() {
        if (beforeFlush != null) {
            for (Runnable action = beforeFlush.poll(); action != null; action = beforeFlush.poll()) {
                action.run();
            }
        }
    }

    /** Writes what is queued, now. */
    public void flush() {
        // First, as it may add more, which asks for no flush of its own as long as this one is queued.
        runBeforeFlush();
        queued = false;
        if (closed) {
            return;
        }
        if (run != null) {
            // A connection that takes no more would otherwise pin a whole read buffer for a few bytes of it.
            settleRun(run, stage == null && channel.isWritable());
        }
        settleStage();
        channel.flush();
    }

    /** Bytes handed to the channel so far. */
    public long written() {
        return written;
    }

    /** Drops what is queued and takes no more. */
    public void close() {
        closed = true;
        runBeforeFlush();
        if (run != null) {
            run.release();
            run = null;
        }
        if (stage != null) {
            stage.release();
            stage = null;
        }
    }

    private void settleRun(ByteBuf buffer, boolean alone) {
        run = null;
        int length = runEnd - runStart;
        if (length > SMALL || alone) {
            settleStage();
            written += length;
            channel.write(buffer.slice(runStart, length), channel.voidPromise());
            return;
        }
        if (stage != null && stage.writableBytes() < length) {
            settleStage();
        }
        if (stage == null) {
            stage = channel.alloc().directBuffer(STAGE, STAGE);
        }
        stage.writeBytes(buffer, runStart, length);
        buffer.release();
    }

    private void settleStage() {
        if (stage != null) {
            ByteBuf full = stage;
            stage = null;
            written += full.readableBytes();
            channel.write(full, channel.voidPromise());
        }
    }
}
