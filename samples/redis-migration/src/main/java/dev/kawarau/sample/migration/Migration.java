package dev.kawarau.sample.migration;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.redis.RedisComparator;
import dev.kawarau.transform.route.Tee;
import dev.kawarau.transform.route.TeeReport;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Moves an application from one Redis to another while it stays connected, reads and writes, and checks every answer:
 * copies of all writes go to the new server, what was there before is copied, the answers are compared, the new server
 * answers, the old one again, the new one for good, and then the old one is switched off.
 *
 * <p>Options: {@code --once} to end then; without it the application and the proxy stay up until Ctrl-C.
 */
public final class Migration {
    private static final int ARCHIVE = 1_000;
    private static final int CONNECTIONS = 4;
    private static final long COMMANDS = 5_000;

    private Migration() {}

    /** The program. Ends with exit code 1 if something cannot start or an answer was wrong, and 2 for a bad option. */
    public static void main(String[] arguments) throws InterruptedException {
        boolean once = false;
        for (String argument : arguments) {
            if (!argument.equals("--once")) {
                exit(2, "unknown option " + argument + "; there is --once");
            }
            once = true;
        }
        try {
            run(once);
        } catch (IllegalStateException failed) {
            exit(1, String.valueOf(failed.getMessage()));
        }
    }

    private static void exit(int code, String message) {
        System.err.println("redis-migration: " + message);
        System.exit(code);
    }

    private static void run(boolean once) throws InterruptedException {
        RedisServer old = RedisServer.start();
        try (old;
                RedisServer fresh = RedisServer.start();
                RedisSink oldSink = RedisSink.at(old.uri());
                RedisSink freshSink = RedisSink.at(fresh.uri())) {
            Chain before = Chain.named("before").to(oldSink);
            try (Listener listener = RespListener.on("127.0.0.1:0").serve(before);
                    Application application = new Application("redis://" + listener.address(), CONNECTIONS, 20261128)) {
                new Migration().migrate(listener, before, application, old, fresh, oldSink, freshSink);
                say("The application had %,d answers, all of them right.", application.answers());
                if (!once) {
                    say("It goes on; try  redis-cli -p %d dbsize      (Ctrl-C ends it)", listener.port());
                    new CountDownLatch(1).await();
                }
            }
        }
    }

    private void migrate(
            Listener listener,
            Chain before,
            Application application,
            RedisServer old,
            RedisServer fresh,
            RedisSink oldSink,
            RedisSink freshSink)
            throws InterruptedException {
        RedisClient direct = RedisClient.create();
        try {
            StatefulRedisConnection<String, String> toOld = direct.connect(uri(old));
            RedisCommands<String, String> onOld = toOld.sync();
            RedisCommands<String, String> onFresh = direct.connect(uri(fresh)).sync();
            for (int i = 0; i < ARCHIVE; i++) {
                onOld.set("archive:" + i, "page " + i);
            }
            go(application);
            say("1. The old Redis serves %d connections and has %,d keys.", CONNECTIONS, onOld.dbsize());

            Gate gate = new Gate();
            Tee tee = Tee.to(Chain.named("new").to(freshSink))
                    .comparing(RedisComparator.create())
                    .whenFull(Tee.WhenFull.WAIT)
                    .when(gate::isCopied)
                    .build();
            Chain both = Chain.named("both").then(gate).then(tee).to(oldSink);
            swap(listener, both);
            KeyCopy copy = new KeyCopy(onOld, onFresh, gate);
            int copied = copy.copyAll();
            say("2. %,d keys were copied; clients waited for %d ms at most.", copied, copy.longestPauseMillis());

            go(application);
            int differences = copy.differences(tee);
            TeeReport report = tee.report();
            say(
                    "3. Both have all writes: %,d answers were compared and %d differ, and so do %d keys of %,d.",
                    report.total().compared(), report.total().different(), differences, onFresh.dbsize());
            System.out.println(report.toString().indent(3));
            check(differences == 0 && report.total().different() == 0, "the servers differ");
            check(report.total().missedWrites() == 0, "writes are missing");

            answerFrom(tee, Tee.Side.COPY, application);
            say("4. The new Redis answered; the old one still has all writes.");
            answerFrom(tee, Tee.Side.ORIGINAL, application);
            say("5. Rolled back: the old one answered.");
            answerFrom(tee, Tee.Side.COPY, application);
            differences = copy.differences(tee);
            say("6. The new Redis answers again, and %d keys differ.", differences);
            check(differences == 0 && tee.report().total().different() == 0, "the servers differ");

            swap(listener, Chain.named("after").to(freshSink));
            both.close();
            before.close();
            oldSink.close();
            toOld.close();
            old.close();
            go(application);
            for (int i = 0; i < ARCHIVE; i++) {
                check(("page " + i).equals(onFresh.get("archive:" + i)), "archive:" + i + " is missing");
            }
            say("7. The old Redis is switched off, and the new one has %,d keys.", onFresh.dbsize());
        } finally {
            direct.shutdown();
        }
    }

    private static RedisURI uri(RedisServer server) {
        return RedisURI.create(server.uri());
    }

    /** All clients go on through another chain. */
    private static void swap(Listener listener, Chain chain) {
        listener.serve(chain).toCompletableFuture().join();
    }

    private static void answerFrom(Tee tee, Tee.Side side, Application application) throws InterruptedException {
        tee.answerFrom(side);
        while (tee.report().sessionsBehind() > 0) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        go(application);
    }

    private static void go(Application application) throws InterruptedException {
        application.run(COMMANDS);
        String wrong = application.wrong();
        check(wrong == null, String.valueOf(wrong));
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
