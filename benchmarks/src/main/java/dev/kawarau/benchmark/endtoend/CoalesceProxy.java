package dev.kawarau.benchmark.endtoend;

import dev.kawarau.Chain;
import dev.kawarau.ChainBuilder;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.transform.route.Coalesce;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;

/** Kawarau in front of Redis as a process: one event loop, metrics on, and a {@link Coalesce} or nothing. */
final class CoalesceProxy {
    private CoalesceProxy() {}

    /**
     * Listens where the first argument says, in front of the server that the second one names, until it is killed; the third
     * and the fourth are how many requests are held, 0 for none, and for how many microseconds.
     */
    public static void main(String[] arguments) throws InterruptedException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        EventLoops loops = EventLoops.of(1);
        RedisSink sink = RedisSink.to(arguments[1]).metrics(meters).build();
        ChainBuilder chain = Chain.named("coalesced").metrics(meters);
        int requests = Integer.parseInt(arguments[2]);
        if (requests > 0) {
            chain.then(Coalesce.of(requests, Duration.of(Long.parseLong(arguments[3]), ChronoUnit.MICROS)));
        }
        Listener listener =
                RespListener.on(arguments[0]).eventLoops(loops).metrics(meters).serve(chain.to(sink));
        System.out.println(listener);
        new CountDownLatch(1).await();
    }
}
