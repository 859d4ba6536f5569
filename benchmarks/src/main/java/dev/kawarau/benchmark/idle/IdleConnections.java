package dev.kawarau.benchmark.idle;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Measures what an idle connection costs: a {@code redis-server}, a proxy in a JVM with a small heap, and thousands of
 * clients over TCP that have sent a few requests and then nothing. Uses 127.0.0.1 only.
 *
 * <pre>
 * java -cp benchmarks.jar dev.kawarau.benchmark.idle.IdleConnections --connections 10000 --heap 256m
 * </pre>
 */
public final class IdleConnections implements AutoCloseable {
    private static final int WARM_UP = 500;
    private static final int CLASSES = 40;

    /** Longer than a connection to a server that was closed is kept by the look at its timeouts that is due next. */
    private static final long LAST_LOOK_MILLIS = 500;

    private static final long SETTLE = TimeUnit.SECONDS.toNanos(20);

    private final IdleOptions options;
    private final RedisServer redis;
    private final ProxyProcess proxy;

    IdleConnections(IdleOptions options) throws IOException {
        this.options = options;
        this.redis = RedisServer.start("--maxclients", Integer.toString(options.connections() + 100));
        try {
            this.proxy = new ProxyProcess(redis.uri(), options);
        } catch (IOException | RuntimeException failed) {
            redis.close();
            throw failed;
        }
    }

    /**
     * What a run found.
     *
     * @param before with no connection, after some had come and gone
     * @param with with all of them
     * @param each the difference, for each one
     * @param classes the classes that there were objects of, those first that took most of the heap
     * @param classesLeft the same when all connections had gone
     */
    record Result(MemoryUse before, MemoryUse with, MemoryUse each, List<String> classes, List<String> classesLeft) {}

    Result run() throws IOException, InterruptedException {
        try (IdleClients few =
                new IdleClients(proxy.port(), Math.min(WARM_UP, (options.connections() + 3) / 4), options.pipeline())) {
            few.askAgain();
        }
        await(0);
        MemoryUse before = proxy.memory();
        MemoryUse with;
        List<String> classes;
        try (IdleClients all = new IdleClients(proxy.port(), options.connections(), options.pipeline())) {
            await(options.connections());
            with = proxy.memory();
            classes = proxy.histogram();
            try (IdleClients newcomer = new IdleClients(proxy.port(), 1, 1)) {
                newcomer.askAgain();
            }
            // They were idle, not forgotten.
            all.askAgain();
        }
        await(0);
        Thread.sleep(LAST_LOOK_MILLIS);
        return new Result(
                before, with, with.minus(before).dividedBy(options.connections()), classes, proxy.histogram());
    }

    private void await(int connections) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLE;
        while (proxy.connections() != connections) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "the proxy has " + proxy.connections() + " connections and should have " + connections);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        proxy.close();
        redis.close();
    }

    /** Runs with the options given. Ends with status 2 if one is wrong, or if the machine does not allow so many files. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        IdleOptions options;
        try {
            options = IdleOptions.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n" + IdleOptions.USAGE);
            System.exit(2);
            return;
        }
        int possible = FileLimit.connections() / (options.transparent() ? 2 : 1);
        if (options.connections() > possible) {
            System.err.println("With the limit of open files there may be " + possible + " connections, not "
                    + options.connections() + ": raise it in the shell before, as in \"ulimit -Hn "
                    + (options.connections() + 1000) + "\", or ask for fewer with --connections.");
            System.exit(2);
            return;
        }
        try (IdleConnections run = new IdleConnections(options)) {
            print(options, run.run());
        }
    }

    private static void print(IdleOptions options, Result result) {
        System.out.printf(Locale.ROOT, "%-18s %14s %14s %16s%n", "bytes", "heap", "direct", "Netty's of it");
        row("no connection", result.before());
        row(options.connections() + " connections", result.with());
        row("each", result.each());
        System.out.printf(
                Locale.ROOT,
                "%nAn idle connection costs %,d bytes.%n",
                result.each().total());
        if (options.histogram()) {
            result.classes().stream().limit(CLASSES).forEach(System.out::println);
        }
    }

    private static void row(String what, MemoryUse use) {
        System.out.printf(Locale.ROOT, "%-18s %,14d %,14d %,16d%n", what, use.heap(), use.direct(), use.allocator());
    }
}
