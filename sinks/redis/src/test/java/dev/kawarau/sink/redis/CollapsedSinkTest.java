package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.control.Collapse;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link Collapse} in front of a real Redis, with many connections of Lettuce that want the same key at the same time. */
class CollapsedSinkTest {
    private static final int READERS = 16;
    private static final int ROUNDS = 300;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RedisServer server = RedisServer.start();
    private final RedisSink sink = RedisSink.at(server.uri());
    private final EventLoops loops = EventLoops.of(1);
    private Listener listener;
    private RedisClient client;

    @BeforeEach
    void serve() {
        Chain chain =
                Chain.named("collapsed").metrics(meters).then(Collapse.create()).to(sink);
        listener = RespListener.on("127.0.0.1:0").eventLoops(loops).serve(chain);
        client = RedisClient.create("redis://" + listener.address());
    }

    @AfterEach
    void stop() {
        client.shutdown(0, 0, TimeUnit.SECONDS);
        listener.close();
        sink.close();
        loops.close();
        server.close();
    }

    private int count(String name) {
        return (int) meters.get("kawarau.collapse." + name).functionCounter().count();
    }

    private List<RedisAsyncCommands<String, String>> readers() {
        List<RedisAsyncCommands<String, String>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(client.connect().async());
        }
        return readers;
    }

    @Test
    void aHotKeyIsReadLessOftenThanItIsAskedForAndNobodyReadsWhatIsOlderThanAnAcknowledgedWrite() throws Exception {
        List<RedisAsyncCommands<String, String>> readers = readers();
        AtomicInteger acknowledged = new AtomicInteger();
        StatefulRedisConnection<String, String> writer = client.connect();
        writer.sync().set("hot", "0");

        for (int round = 1; round <= ROUNDS; round++) {
            int atLeast = acknowledged.get();
            List<RedisFuture<String>> reads = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reads.add(readers.get(i).get("hot"));
                if (i == READERS / 2) {
                    int written = round;
                    writer.async().set("hot", "" + round).thenRun(() -> acknowledged.set(written));
                }
            }
            for (RedisFuture<String> read : reads) {
                assertThat(Integer.parseInt(read.get(10, TimeUnit.SECONDS))).isBetween(atLeast, round);
            }
            assertThat(writer.sync().get("hot")).isEqualTo("" + round);
        }

        assertThat(count("joined")).isGreaterThan(ROUNDS);
        assertThat(reads()).isLessThan(ROUNDS * (READERS + 1) - ROUNDS);
    }

    /** How many GETs the server has carried out. */
    private int reads() throws Exception {
        try (RawClient direct = new RawClient(server.host(), server.port())) {
            String stats = direct.call("INFO", "commandstats");
            String calls = stats.substring(stats.indexOf("cmdstat_get:calls=") + "cmdstat_get:calls=".length());
            return Integer.parseInt(calls.substring(0, calls.indexOf(',')));
        }
    }

    @Test
    void aPipelineReadsWhatItHasWrittenWhileOthersShareTheirReads() throws Exception {
        List<RedisAsyncCommands<String, String>> readers = readers();
        RedisAsyncCommands<String, String> writer = client.connect().async();
        List<RedisFuture<String>> reads = new ArrayList<>();
        List<RedisFuture<String>> others = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            writer.set("hot", "v" + i);
            reads.add(writer.get("hot"));
            others.add(readers.get(i % READERS).get("hot"));
        }
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(reads.get(i).get(10, TimeUnit.SECONDS)).isEqualTo("v" + i);
            others.get(i).get(10, TimeUnit.SECONDS);
        }
    }
}
