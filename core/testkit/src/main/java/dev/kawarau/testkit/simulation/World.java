package dev.kawarau.testkit.simulation;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run happens in: one event loop that the test's thread turns, time that passes only from one event to
 * the next, what is to happen when, and a hash of all that did.
 */
public final class World implements AutoCloseable {
    /** Latencies are multiples of this, so that things happen at the same moment now and then. */
    public static final long GRAIN = TimeUnit.MICROSECONDS.toNanos(50);

    private record Event(long at, long number, Runnable action) {}

    /** Marks the channels of clients and of the server, in which the proxy has no part. */
    public interface Outside {}

    private final SplittableRandom random;
    private final MockTicker ticker = Ticker.newMockTicker();
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);
    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.number, b.number));
    private final Map<SocketAddress, Wire> wires = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Loop loop = new Loop();
    private final boolean talks;
    private long count;
    private long trace = 0xcbf29ce484222325L;

    /**
     * A new world.
     *
     * @param talks whether it prints what happens
     */
    public World(long seed, boolean talks) {
        this.random = new SplittableRandom(seed);
        this.talks = talks;
    }

    /** A loop that shows when it has something to do next, and whether a task of it failed. */
    private final class Loop extends ManualIoEventLoop {
        Loop() {
            super(null, Thread.currentThread(), wiring(), ticker);
        }

        long nextDeadline() {
            // hasScheduledTasks() tells of those alone that are due.
            long next = nextScheduledTaskDeadlineNanos();
            return next == -1 ? Long.MAX_VALUE : next;
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            return super.schedule(watched(task), delay, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
            return super.scheduleWithFixedDelay(watched(task), initial, delay, unit);
        }

        private Runnable watched(Runnable task) {
            return () -> {
                try {
                    task.run();
                } catch (RuntimeException failed) {
                    problem("a scheduled task of the proxy threw " + failed + " at " + failed.getStackTrace()[0]);
                    throw failed;
                }
            };
        }
    }

    /** Gives each of the proxy's own channels a {@link Wire} and memory that is counted. */
    private IoHandlerFactory wiring() {
        IoHandlerFactory factory = LocalIoHandler.newFactory();
        return executor -> {
            IoHandler handler = factory.newHandler(executor);
            return new IoHandler() {
                @Override
                public IoRegistration register(IoHandle handle) throws Exception {
                    Channel channel = ((Channel.Unsafe) handle).voidPromise().channel();
                    if (channel instanceof LocalChannel && !(channel instanceof Outside)) {
                        channel.config().setAllocator(memory);
                        channel.pipeline().addFirst(new Wire(wires));
                    }
                    return handler.register(handle);
                }

                @Override
                public int run(IoHandlerContext context) {
                    return handler.run(context);
                }

                @Override
                public void prepareToDestroy() {
                    handler.prepareToDestroy();
                }

                @Override
                public void destroy() {
                    handler.destroy();
                }

                @Override
                public void wakeup() {
                    handler.wakeup();
                }

                @Override
                public boolean isCompatible(Class<? extends IoHandle> type) {
                    return handler.isCompatible(type);
                }
            };
        };
    }

    /** The one event loop, of the proxy and of all others. */
    public ManualIoEventLoop loop() {
        return loop;
    }

    /** Where the memory of all connections comes from. */
    public ByteBufAllocator memory() {
        return memory;
    }

    /** Bytes of it that nobody has released. */
    public long usedMemory() {
        return memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
    }

    /** What lies between the proxy and the one who has this address; null if the proxy has not taken the connection. */
    public @Nullable Wire wire(SocketAddress outside) {
        return wires.get(outside);
    }

    /** Chance of one's own, which the seed decides. */
    public SplittableRandom newRandom() {
        return random.split();
    }

    // --- time

    /** The time in nanoseconds. */
    public long now() {
        return ticker.nanoTime();
    }

    /** Does something when so much time has passed. */
    public void after(long nanos, Runnable action) {
        at(now() + nanos, action);
    }

    /** Does something at a time, at once if that is past. */
    public void at(long time, Runnable action) {
        events.add(new Event(Math.max(time, now()), count++, action));
    }

    /** Lets everything happen until that time, or until nothing is left to happen. */
    public void runUntil(long end, Supplier<Boolean> enough) {
        while (true) {
            turn();
            if (enough.get()) {
                return;
            }
            long next = Math.min(loop.nextDeadline(), events.isEmpty() ? Long.MAX_VALUE : events.element().at);
            if (next > end) {
                ticker.advance(Math.max(0, end - now()), TimeUnit.NANOSECONDS);
                turn();
                return;
            }
            ticker.advance(Math.max(0, next - now()), TimeUnit.NANOSECONDS);
            // Some of what happens at one moment happens in one turn of the loop, some does not.
            int most = random.nextInt(1, 4);
            while (most-- > 0 && !events.isEmpty() && events.element().at <= now()) {
                loop.execute(events.remove().action);
            }
        }
    }

    /** Lets so much time pass. */
    public void runFor(long nanos) {
        runUntil(now() + nanos, () -> false);
    }

    private void turn() {
        while (loop.runNow() > 0) {
            count++;
        }
    }

    /** Whether the loop will ever do something by itself again. */
    public boolean isLoopIdle() {
        return loop.nextDeadline() == Long.MAX_VALUE;
    }

    /** Turns the loop while another thread waits for it, as binding and closing do. Time stands still. */
    public <T> T whileTurning(Supplier<T> elsewhere) {
        CompletableFuture<T> result = CompletableFuture.supplyAsync(elsewhere);
        result.whenComplete((value, failure) -> loop.execute(() -> {})); // wakes the loop
        while (!result.isDone()) {
            loop.run(TimeUnit.MILLISECONDS.toNanos(10));
        }
        turn();
        return result.join();
    }

    // --- what happened

    /** Notes what happened, for the hash that tells whether two runs were the same. */
    public void trace(String who, String what) {
        mix(now());
        for (int i = 0; i < who.length(); i++) {
            mix(who.charAt(i));
        }
        for (int i = 0; i < what.length(); i++) {
            mix(what.charAt(i));
        }
        if (talks) {
            String shown = what.length() > 300 ? what.substring(0, 300) + "... " + what.length() : what;
            System.out.printf("%12.3f ms %-10s %s%n", now() / 1e6, who, shown.replace("\r\n", "|"));
        }
    }

    private void mix(long value) {
        trace = (trace ^ value) * 0x100000001b3L;
    }

    /** The same for two runs in which the same happened. */
    public long traceHash() {
        return trace;
    }

    /** Notes that something is not as it must be. */
    public void problem(String text) {
        trace("PROBLEM", text);
        problems.add("at " + now() / 1_000_000.0 + " ms: " + text);
    }

    /** All that was not as it must be. */
    public List<String> problems() {
        return problems;
    }

    @Override
    @SuppressWarnings("deprecation") // the graceful way waits for real time to pass
    public void close() {
        loop.shutdown();
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }
}
