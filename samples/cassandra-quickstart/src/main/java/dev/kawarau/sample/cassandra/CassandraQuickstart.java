package dev.kawarau.sample.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.sink.cassandra.CassandraSink;
import dev.kawarau.testkit.cassandra.CassandraServer;
import dev.kawarau.transform.QueryCounter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Starts a Cassandra of its own, puts a chain in front of it, has a small application take orders through it, and prints
 * what the chain saw. Then it stays up for {@code cqlsh 127.0.0.1 9043}, until Ctrl-C.
 *
 * <p>Options: {@code --port N} for another port than 9043, {@code --once} to end at once. Needs a JVM 17, since Cassandra
 * does.
 */
public final class CassandraQuickstart {
    private static final int DEFAULT_PORT = 9043;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private CassandraQuickstart() {}

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
        } catch (IllegalStateException | DriverException noCassandra) {
            exit(1, noCassandra.getMessage());
        }
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65_535) {
            exit(2, "--port needs a number from 0 to 65535, not \"" + text + "\"");
        }
        return Integer.parseInt(text);
    }

    private static void exit(int code, @Nullable String message) {
        System.err.println("cassandra-quickstart: " + message);
        System.exit(code);
    }

    /** Everything that there is to see. */
    private static void run(int port, boolean once) throws InterruptedException {
        System.out.println("Starting a Cassandra, which takes a few seconds ...");
        QueryCounter counter = QueryCounter.named("orders");
        try (CassandraServer cassandra = CassandraServer.start();
                CassandraSink sink = CassandraSink.at(cassandra.host() + ":" + cassandra.port())) {
            Chain orders = Chain.named("orders")
                    .then(counter)
                    .then(new Watch(System.out))
                    .to(sink);
            try (Listener listener = CqlListener.on("127.0.0.1:" + port).serve(orders)) {
                System.out.println("Cassandra " + cassandra.version() + " runs at 127.0.0.1:" + cassandra.port()
                        + ". In front of it, at " + listener.address() + ", stands this chain:\n");
                System.out.println(orders.toString().indent(2));
                System.out.println("An application takes orders with the Java driver, and the chain sees:\n");
                String summary = order(listener);
                System.out.println("\nFor the application all was as ever: " + summary);
                print(counter);
                if (!once) {
                    stayUp(listener, counter);
                }
            }
            orders.close();
        }
    }

    /** A client that does not know that it talks to a proxy. */
    private static String order(Listener listener) {
        try (CqlSession session = connect(listener)) {
            session.execute(
                    "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            session.execute("CREATE TABLE shop.orders (id int PRIMARY KEY, item text, state text)");
            PreparedStatement put = session.prepare("INSERT INTO shop.orders (id, item, state) VALUES (?, ?, 'open')");
            PreparedStatement send =
                    session.prepare("UPDATE shop.orders SET state = 'sent' WHERE id = ? IF state = 'open'");
            PreparedStatement cancel = session.prepare("DELETE FROM shop.orders WHERE id = ?");
            PreparedStatement look = session.prepare("SELECT item, state FROM shop.orders WHERE id = ?");

            String[] items = {"tea", "scones", "jam"};
            for (int i = 0; i < items.length; i++) {
                session.execute(put.bind(i + 1, items[i]));
            }
            boolean sent = session.execute(send.bind(1)).wasApplied();
            boolean sentTwice = session.execute(send.bind(1)).wasApplied();
            session.execute(BatchStatement.newInstance(DefaultBatchType.LOGGED, put.bind(4, "honey"), cancel.bind(3)));
            Row first = Objects.requireNonNull(session.execute(look.bind(1)).one());
            long left = session.execute("SELECT id FROM shop.orders").all().size();
            return "order 1 is " + first.getString("item") + ", " + first.getString("state") + " (sent: " + sent
                    + ", sent twice: " + sentTwice + "); " + left + " orders are there.";
        }
    }

    private static CqlSession connect(Listener listener) {
        return CqlSession.builder()
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withStringList(
                                DefaultDriverOption.CONTACT_POINTS,
                                List.of(listener.address().toString()))
                        // A Cassandra that has just started is slow.
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, PATIENCE)
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENCE)
                        .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, PATIENCE)
                        .build())
                .build();
    }

    private static void print(QueryCounter counter) {
        System.out.println("\nThese are all requests, with those that the driver makes for itself:\n");
        counter.counts()
                .forEach((kind, operations) -> operations.forEach(
                        (operation, count) -> System.out.printf("  %6d  %-10s  %s%n", count, kind, operation)));
        System.out.println();
    }

    private static void stayUp(Listener listener, QueryCounter counter) throws InterruptedException {
        System.out.println("Try it:  cqlsh 127.0.0.1 " + listener.port()
                + " -e 'SELECT * FROM shop.orders'      (Ctrl-C ends it)");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> print(counter), "goodbye"));
        new CountDownLatch(1).await();
    }
}
