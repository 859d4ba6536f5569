package dev.kawarau.wire;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** One value for each event loop, made when it is first asked for and forgotten some time after the loop ended. Thread-safe. */
public final class LoopLocal<T> {
    private final ConcurrentMap<EventLoop, T> values = new ConcurrentHashMap<>();
    private final Function<EventLoop, T> maker;

    /** A local whose values are made by {@code maker}. */
    public LoopLocal(Function<EventLoop, T> maker) {
        this.maker = maker;
    }

    /** The value of a loop. */
    public T get(EventLoop loop) {
        T value = values.get(loop);
        return value != null ? value : make(loop);
    }

    private T make(EventLoop loop) {
        // Here and not by a listener of the loop's end, which would hold on to this object for as long as the loop
        // lives.
        values.keySet().removeIf(EventExecutorGroup::isTerminated);
        return values.computeIfAbsent(loop, maker);
    }

    /** The values that there are. */
    public Collection<T> values() {
        return values.values();
    }
}
