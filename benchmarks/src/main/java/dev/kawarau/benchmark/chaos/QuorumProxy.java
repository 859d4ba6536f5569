package dev.kawarau.benchmark.chaos;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.consistency.TunableConsistency;
import dev.kawarau.transform.redis.RedisVersionStamp;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A proxy before several servers, whose clock is off. */
final class QuorumProxy implements AutoCloseable {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<RedisSink> sinks = new ArrayList<>();
    private final EventLoops loops = EventLoops.of(1);
    private final Listener listener;

    /** @param quorum how many servers a read hears and a write reaches */
    QuorumProxy(List<RedisServer> servers, int quorum, Duration skew) {
        servers.forEach(server -> sinks.add(RedisSink.to(server.uri())
                .requestTimeout(Duration.ofSeconds(2))
                .connectTimeout(Duration.ofSeconds(2))
                .metrics(meters)
                .build()));
        Chain end = TunableConsistency.over(sinks.toArray(new Chain[0]))
                .reads(quorum)
                .writes(quorum)
                .allowStaleReads()
                .versions(RedisVersionStamp.create())
                .timeout(Duration.ofSeconds(1))
                .clock(Clock.offset(Clock.systemUTC(), skew))
                .metrics(meters)
                .build();
        listener = RespListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .metrics(meters)
                .serve(Chain.named("quorum").metrics(meters).to(end));
    }

    int port() {
        return listener.port();
    }

    long count(String meter, String... tags) {
        return (long) meters.find(meter).tags(tags).functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    @Override
    public void close() {
        listener.close();
        sinks.forEach(RedisSink::close);
        loops.close();
        meters.close();
    }
}
