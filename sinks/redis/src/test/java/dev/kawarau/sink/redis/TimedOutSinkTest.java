package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.control.Timeout;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A {@link Timeout} in front of a Redis that stops for a while: late replies reach nobody, and everybody gets their own. */
class TimedOutSinkTest {
    private final RedisServer server = RedisServer.start();
    private final RedisSink sink = RedisSink.at(server.uri());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Chain chain;
    private Listener listener;
    private RawClient client;

    @BeforeEach
    void serve() throws IOException {
        chain = Chain.named("timed")
                .metrics(meters)
                .then(Timeout.after(Duration.ofMillis(200)))
                .to(sink);
        listener = RespListener.on("127.0.0.1:0").serve(chain);
        client = new RawClient("127.0.0.1", listener.port());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        listener.close();
        chain.close();
        sink.close();
        server.close();
    }

    private void awaitLate(int replies) {
        Awaitility.await()
                .until(() ->
                        meters.get("kawarau.timeout.late").functionCounter().count() == replies);
    }

    @Test
    void whoeverAsksNextGetsTheirOwnReply() throws IOException {
        client.call("SET", "a", "1");
        client.call("SET", "b", "2");
        server.pause();
        assertThat(client.call("GET", "a")).isEqualTo("-ERR no reply within 200 ms");
        server.resume();
        assertThat(client.call("GET", "b")).isEqualTo("$2");
        awaitLate(1);
        assertThat(client.call("GET", "a")).isEqualTo("$1");
    }

    @Test
    void aTransactionOfWhichARequestTimedOutIsNotCarriedOut() throws IOException {
        assertThat(client.call("MULTI")).isEqualTo("+OK");
        server.pause();
        assertThat(client.call("SET", "a", "1")).startsWith("-ERR no reply within 200 ms");
        server.resume();
        awaitLate(1);
        assertThat(client.call("EXEC")).startsWith("-EXECABORT");
        assertThat(client.call("GET", "a")).isEqualTo("$nil");
    }
}
