package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.RedisServer;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session keeps in memory that has nothing under way. */
class IdleSessionTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRequestThatATransformMadeIsGoneOnceItIsAnswered(boolean transparent) throws Exception {
        Queue<WeakReference<RespMessage>> made = new ConcurrentLinkedQueue<>();
        try (RedisServer server = RedisServer.start()) {
            RedisSink.Builder builder = RedisSink.to(server.uri());
            try (RedisSink sink = (transparent ? builder.transparent() : builder).build();
                    Listener listener = RespListener.on("127.0.0.1:0")
                            .serve(Chain.named("rewriting")
                                    .then((request, next) -> {
                                        RespMessage other =
                                                RespMessage.command((RespMessage) request, "SET", "k", "x".repeat(9));
                                        made.add(new WeakReference<>(other));
                                        return next.send(other);
                                    })
                                    .to(sink));
                    RawClient client = new RawClient("127.0.0.1", listener.port())) {
                assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
                assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
                assertThat(made).hasSize(2);
                Awaitility.await().untilAsserted(() -> {
                    System.gc();
                    assertThat(made).allMatch(each -> each.get() == null);
                });
                assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
            }
        }
    }
}
