package dev.kawarau.benchmark.endtoend;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.sink.cassandra.CassandraSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;

/** Kawarau in front of Cassandra as a process: one event loop, metrics on, no transforms. */
final class CqlProxy {
    private CqlProxy() {}

    /** Listens where the first argument says, in front of the server that the second one names, until it is killed. */
    public static void main(String[] arguments) throws InterruptedException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        EventLoops loops = EventLoops.of(1);
        CassandraSink sink = CassandraSink.to(arguments[1]).metrics(meters).build();
        Chain chain = Chain.named("cassandra").metrics(meters).to(sink);
        Listener listener =
                CqlListener.on(arguments[0]).eventLoops(loops).metrics(meters).serve(chain);
        System.out.println(listener);
        new CountDownLatch(1).await();
    }
}
