package dev.kawarau.wire;

import io.netty.channel.EventLoop;

/**
 * An event loop's clock. While a connection hands on what one read brought, time stands still, so that a hundred
 * pipelined requests cost one look at the clock. Confined to its loop.
 */
public final class LoopClock {
    private static final LoopLocal<LoopClock> clocks = new LoopLocal<>(LoopClock::new);

    private final EventLoop loop;
    private boolean held;
    private long heldNanos;

    private LoopClock(EventLoop loop) {
        this.loop = loop;
    }

    /** The clock of a loop. */
    public static LoopClock of(EventLoop loop) {
        return clocks.get(loop);
    }

    /** Nanoseconds since some moment; from the loop's ticker, which a test may drive by hand. */
    public long nanoTime() {
        return held ? heldNanos : loop.ticker().nanoTime();
    }

    /** Time stands still from here. */
    public void hold() {
        heldNanos = loop.ticker().nanoTime();
        held = true;
    }

    /** Time goes on. */
    public void letGo() {
        held = false;
    }
}
