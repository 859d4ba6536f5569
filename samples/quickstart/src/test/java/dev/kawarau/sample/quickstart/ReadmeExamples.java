package dev.kawarau.sample.quickstart;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.kawarau.Budget;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Failure;
import dev.kawarau.Listener;
import dev.kawarau.ListenerBuilder.Overflow;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Tls;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.sink.cassandra.CassandraSink;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.transform.QueryCounter;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The README's blocks of Java, between {@code // README} and {@code // end}, in its order. {@link ReadmeTest} compares
 * them with the README and runs them; only the two addresses are variables here.
 */
final class ReadmeExamples {
    private static final Logger log = LoggerFactory.getLogger(ReadmeExamples.class);

    private ReadmeExamples() {}

    @SuppressWarnings("resource")
    static void firstScreen(String redisUri, String address) {
        // README
        QueryCounter counter = QueryCounter.named("orders");
        RedisSink redis = RedisSink.at(redisUri);
        Chain orders = Chain.named("orders").then(counter).to(redis);

        try (redis;
                Listener listener = RespListener.on(address).serve(orders)) {
            RedisClient client = RedisClient.create("redis://" + listener.address()); // or any other client
            System.out.println(client.connect().sync().set("order:1", "tea"));
            System.out.println(counter.counts());
            client.shutdown();
        }
        // end
    }

    static Listener embed(String address, MeterRegistry registry) {
        // README
        EventLoops loops = EventLoops.of(4); // or EventLoops.using(a Netty group of yours)
        RedisSink redis = RedisSink.to("rediss://redis.example.com:6379")
                .credentials("proxy", "secret")
                .tls(Tls.client().trust(Path.of("ca.pem")))
                .metrics(registry)
                .build();
        Chain orders = Chain.named("orders").metrics(registry).to(redis);
        Listener listener = RespListener.on(address)
                .eventLoops(loops)
                .metrics(registry)
                .tls(Tls.server(Path.of("server.pem"), Path.of("server.key")))
                .users(RespUsers.of(
                        RespUser.named("app").password("tea4two").keys("order:*"),
                        RespUser.named("ops").password("scones").allow(Query.Kind.READ, Query.Kind.ADMIN)))
                .maxConnections(10_000, Overflow.REFUSE)
                .budget(Budget.ofBytes(256 << 20))
                .serve(orders);
        // end
        return listener;
    }

    static void swapAndStop(Listener listener, Chain newChain, RedisSink redis, EventLoops loops) {
        // README
        listener.serve(newChain).thenAccept(Chain::close); // the old chain, once nothing is on it
        boolean drained = listener.stop(Duration.ofSeconds(10)); // answers what is under way
        newChain.close();
        redis.close();
        loops.close();
        // end
        if (!drained) {
            throw new AssertionError("nothing was under way");
        }
    }

    static Listener cassandra(String server, String address) {
        // README
        CassandraSink cassandra = CassandraSink.at(server);
        Chain orders = Chain.named("orders")
                .then((request, next) -> {
                    Query query = request.query(); // WRITE INSERT shop.orders, of literals and bound values alike
                    log.info("{} {} {} {}", query.kind(), query.operation(), query.namespace(), query.primaryKey());
                    return next.send(request);
                })
                .to(cassandra);
        Listener listener = CqlListener.on(address)
                .schema(cassandra.schema()) // which columns are keys; without it less is known
                .serve(orders);
        // end
        return listener;
    }

    // README
    /** Refuses writes, and times what it lets through. */
    record ReadOnly(Timer timer) implements Transform {
        @Override
        public Reply handle(Message request, Chain next) {
            switch (request.query().kind()) {
                case WRITE, READ_WRITE, SCHEMA:
                    return Reply.failed(new Failure(Failure.Kind.DENIED, "this copy is for reading only"));
                default:
                    Session session = request.session();
                    long start = session.nanoTime();
                    return next.send(request)
                            .whenDone((response, failure) -> timer.record(session.nanoTime() - start, NANOSECONDS));
            }
        }
    }
    // end
}
