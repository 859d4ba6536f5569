package dev.kawarau.wire;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;

/**
 * Flushes what one turn of an event loop wrote, once, at the end of the turn: requests of fifty clients that were ready
 * at the same time leave in one system call.
 */
final class LoopFlusher implements Runnable {
    private static final LoopLocal<LoopFlusher> flushers = new LoopLocal<>(LoopFlusher::new);

    private final EventLoop loop;
    private final ArrayDeque<Outbound> dirty = new ArrayDeque<>();
    private boolean scheduled;

    private LoopFlusher(EventLoop loop) {
        this.loop = loop;
    }

    static LoopFlusher of(EventLoop loop) {
        return flushers.get(loop);
    }

    void add(Outbound outbound) {
        dirty.add(outbound);
        if (!scheduled) {
            scheduled = true;
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        scheduled = false;
        for (int left = dirty.size(); left > 0; left--) {
            dirty.remove().flush();
        }
    }
}
