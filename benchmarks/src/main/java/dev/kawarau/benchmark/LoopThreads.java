package dev.kawarau.benchmark;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs benchmarks on threads like those of event loops, for which Netty's allocators keep caches. JMH makes it. */
public final class LoopThreads extends ThreadPoolExecutor {
    /** What turns it on, for {@code @Fork(jvmArgsAppend)}. */
    static final String EXECUTOR = "-Djmh.executor=CUSTOM";

    static final String EXECUTOR_CLASS = "-Djmh.executor.class=dev.kawarau.benchmark.LoopThreads";

    public LoopThreads(int threads, String name) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(name, true));
    }
}
