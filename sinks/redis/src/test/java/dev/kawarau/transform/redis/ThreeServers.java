package dev.kawarau.transform.redis;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.consistency.TunableConsistency;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import redis.clients.jedis.Jedis;

/** Three real servers, a proxy before them, and clients of both. */
final class ThreeServers implements AutoCloseable {
    private final List<RedisServer> servers = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    ThreeServers() {
        for (int i = 0; i < 3; i++) {
            // "appendfsync always" is the default of neither Redis nor the test kit.
            servers.add(RedisServer.start("--appendonly", "yes", "--appendfsync", "always"));
        }
    }

    RedisServer server(int index) {
        return servers.get(index);
    }

    SimpleMeterRegistry meters() {
        return meters;
    }

    double count(String meter, String... tags) {
        return meters.find(meter).tags(tags).functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** A proxy with R = W = 2, whose port is returned. */
    int proxy() {
        return proxy(builder -> builder);
    }

    int proxy(UnaryOperator<TunableConsistency.Builder> settings) {
        return proxy(RedisVersionStamp.create(), settings);
    }

    int proxy(RedisVersionStamp versions, UnaryOperator<TunableConsistency.Builder> settings) {
        Chain[] sinks = new Chain[3];
        for (int i = 0; i < 3; i++) {
            RedisSink sink = RedisSink.to(servers.get(i).uri())
                    .requestTimeout(Duration.ofSeconds(3))
                    .build();
            open.add(sink);
            sinks[i] = sink;
        }
        TunableConsistency.Builder builder = TunableConsistency.over(sinks)
                .reads(2)
                .writes(2)
                .versions(versions)
                .metrics(meters);
        Chain chain =
                Chain.named("three").metrics(meters).to(settings.apply(builder).build());
        EventLoops loops = EventLoops.of(1);
        Listener listener =
                RespListener.on("127.0.0.1:0").eventLoops(loops).metrics(meters).serve(chain);
        open.add(loops);
        open.add(chain::close);
        open.add(listener);
        return listener.port();
    }

    /** A client of the proxy or of a server; closed with the rest. */
    Jedis client(int port) {
        Jedis client = new Jedis("127.0.0.1", port, 20_000);
        open.add(client);
        return client;
    }

    /** A client of a server itself. */
    Jedis at(int server) {
        return client(servers.get(server).port());
    }

    @Override
    public void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        servers.forEach(RedisServer::close);
    }
}
