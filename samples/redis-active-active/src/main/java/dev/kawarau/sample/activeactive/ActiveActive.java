package dev.kawarau.sample.activeactive;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.consistency.TunableConsistency;
import dev.kawarau.transform.redis.RedisVersionStamp;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Starts three Redis servers of its own and a chain that reads two and writes two of them, puts in orders, kills one server
 * meanwhile and starts it again, and prints what was acknowledged, lost and repaired. Then it stays up for {@code redis-cli
 * -p 6380}, until Ctrl-C.
 *
 * <p>Options: {@code --port N} for another port than 6380, {@code --once} to end at once.
 */
public final class ActiveActive {
    private static final int DEFAULT_PORT = 6380;
    private static final int ORDERS = 500;

    private ActiveActive() {}

    /** The program. Ends with exit code 1 if something cannot start or was lost, and 2 for a bad option. */
    public static void main(String[] arguments) throws InterruptedException {
        int port = DEFAULT_PORT;
        boolean once = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--once" -> once = true;
                case "--port" -> port = port(++i < arguments.length ? arguments[i] : "");
                default -> exit(2, "unknown option " + arguments[i] + "; there are --port N and --once");
            }
        }
        try {
            run(port, once);
        } catch (UncheckedIOException busy) {
            exit(1, busy.getMessage() + " Choose another port, for example: --port " + (port % 65_535 + 1));
        } catch (IllegalStateException noRedis) {
            exit(1, noRedis.getMessage());
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            exit(2, "--port needs a number from 0 to 65535, not \"" + text + "\"");
        }
        return Integer.parseInt(text);
    }

    private static void exit(int code, @Nullable String message) {
        System.err.println("redis-active-active: " + message);
        System.exit(code);
    }

    /** What a server acknowledged it must have when it comes back, so it writes before it answers. */
    private static RedisServer server() {
        return RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
    }

    private static void run(int port, boolean once) throws InterruptedException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (RedisServer one = server();
                RedisServer two = server();
                RedisServer three = server();
                RedisSink a = RedisSink.at(one.uri());
                RedisSink b = RedisSink.at(two.uri());
                RedisSink c = RedisSink.at(three.uri())) {
            Chain orders = Chain.named("orders")
                    .metrics(meters)
                    .to(TunableConsistency.over(a, b, c)
                            .reads(2)
                            .writes(2)
                            .versions(RedisVersionStamp.create())
                            .metrics(meters)
                            .build());
            try (Listener listener = RespListener.on("127.0.0.1:" + port).serve(orders)) {
                System.out.println(
                        "In front of three servers, at redis://" + listener.address() + ", stands this chain:\n");
                System.out.println(orders.toString().indent(2));
                play("redis://" + listener.address(), three, meters);
                if (!once) {
                    System.out.println(
                            "Try it:  redis-cli -p " + listener.port() + " get order:7      (Ctrl-C ends it)");
                    new CountDownLatch(1).await();
                }
            }
            orders.close();
        }
    }

    /** A client, and a server that dies and comes back. */
    private static void play(String uri, RedisServer mortal, SimpleMeterRegistry meters) throws InterruptedException {
        try (Orders orders = new Orders(uri)) {
            orders.putIn(ORDERS);
            mortal.kill();
            System.out.println("The third server was killed, after " + orders.acknowledged() + " orders.");
            orders.putIn(ORDERS);
            mortal.restart();
            System.out.println("It is back, after " + orders.acknowledged() + " orders, and holds "
                    + orders.heldBy(mortal.uri()) + " of them.");
            orders.putIn(ORDERS);
            int held = catchUp(orders, mortal);
            int lost = orders.lost();
            System.out.printf(
                    "%nAcknowledged: %d, failed: %d, lost: %d.%n", orders.acknowledged(), orders.failed(), lost);
            System.out.printf(
                    "The third server holds %d: %.0f writes were kept for it and delivered, %.0f repaired by reads.%n%n",
                    held,
                    count(meters, "kawarau.quorum.hints", "what", "delivered"),
                    count(meters, "kawarau.quorum.repairs", "replica", "3"));
            if (lost > 0) {
                exit(1, "an acknowledged order was lost");
            }
        }
    }

    /** What waits for the server is delivered when the proxy has found out that it is back: within a few seconds. */
    private static int catchUp(Orders orders, RedisServer server) throws InterruptedException {
        int held = 0;
        for (int i = 0; i < 50 && held < orders.acknowledged(); i++) {
            Thread.sleep(200);
            held = orders.heldBy(server.uri());
        }
        return held;
    }

    private static double count(SimpleMeterRegistry meters, String name, String tag, String value) {
        return meters.find(name).tag(tag, value).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
