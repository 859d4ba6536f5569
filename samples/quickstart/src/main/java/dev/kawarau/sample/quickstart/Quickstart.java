package dev.kawarau.sample.quickstart;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.QueryCounter;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Starts a Redis of its own, puts a chain in front of it, sends a few commands through it, and prints what the chain
 * saw. Then it stays up for {@code redis-cli -p 6380}, until Ctrl-C.
 *
 * <p>Options: {@code --port N} for another port than 6380, {@code --once} to end at once.
 */
public final class Quickstart {
    private static final int DEFAULT_PORT = 6380;

    private Quickstart() {}

    /** The program. Ends with exit code 1 if something cannot start, and 2 for a bad option. */
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
        System.err.println("quickstart: " + message);
        System.exit(code);
    }

    /** Everything that there is to see. */
    private static void run(int port, boolean once) throws InterruptedException {
        QueryCounter counter = QueryCounter.named("orders");
        try (RedisServer redis = RedisServer.start();
                RedisSink sink = RedisSink.at(redis.uri())) {
            Chain orders = Chain.named("orders").then(counter).to(sink);
            try (Listener listener = RespListener.on("127.0.0.1:" + port).serve(orders)) {
                System.out.println("A Redis of its own runs at " + redis.uri());
                System.out.println("In front of it, at redis://" + listener.address() + ", stands this chain:\n");
                System.out.println(orders.toString().indent(2));
                order("redis://" + listener.address());
                print(counter);
                if (!once) {
                    stayUp(listener, counter);
                }
            }
            orders.close();
        }
    }

    /** A client that does not know that it talks to a proxy. */
    private static void order(String uri) {
        RedisClient client = RedisClient.create(uri);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            for (String item : new String[] {"tea", "scones", "jam"}) {
                long number = redis.incr("orders:last");
                redis.hset("order:" + number, Map.of("item", item, "state", "open"));
                redis.lpush("orders:open", Long.toString(number));
            }
            String number = redis.rpop("orders:open");
            redis.hset("order:" + number, "state", "sent");
            System.out.println("A Lettuce client has put in three orders and sent the first: "
                    + redis.hgetall("order:" + number) + ".");
        } finally {
            client.shutdown();
        }
    }

    private static void print(QueryCounter counter) {
        System.out.println("This is what the chain saw:\n");
        counter.counts()
                .forEach((kind, operations) -> operations.forEach(
                        (operation, count) -> System.out.printf("  %6d  %-10s  %s%n", count, kind, operation)));
        System.out.println();
    }

    private static void stayUp(Listener listener, QueryCounter counter) throws InterruptedException {
        System.out.println("Try it:  redis-cli -p " + listener.port() + " hgetall order:2      (Ctrl-C ends it)");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> print(counter), "goodbye"));
        new CountDownLatch(1).await();
    }
}
