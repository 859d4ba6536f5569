package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The kernel gives a new socket the number of one just closed. What it had to say of the old one, in the same turn of the
 * loop, must not reach a connection to the server that is only being made.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DescriptorReuseTest {
    private static final int CLIENTS = 20;

    @Test
    void connectionsMadeInTheTurnInWhichOthersEndAreNotTakenForThem() throws Exception {
        Set<Session> leaving = Collections.newSetFromMap(new IdentityHashMap<>());
        Transform closesThem = (request, next) -> {
            switch (request.query().operation()) {
                case "ECHO" -> leaving.add(request.session());
                case "SUBSCRIBE" -> leaving.forEach(Session::close);
                default -> {}
            }
            return next.send(request);
        };
        try (RedisServer server = RedisServer.start();
                EventLoops loop = EventLoops.of(1);
                RedisSink sink = RedisSink.at(server.uri());
                Listener listener = RespListener.on("127.0.0.1:0")
                        .eventLoops(loop)
                        .serve(Chain.named("test").then(closesThem).to(sink))) {
            List<RawClient> gone = clients(listener.port());
            List<RawClient> staying = clients(listener.port());
            for (RawClient client : gone) {
                assertThat(client.call("ECHO", "bye")).isEqualTo("$bye");
            }

            CountDownLatch written = new CountDownLatch(1);
            loop.group().next().execute(() -> awaitQuietly(written));
            for (RawClient client : staying) {
                client.send("SUBSCRIBE", "news");
            }
            for (RawClient client : gone) {
                client.close();
            }
            written.countDown();

            for (RawClient client : staying) {
                assertThat(client.reply()).isEqualTo("*[$subscribe, $news, :1]");
                client.close();
            }
        }
    }

    private static List<RawClient> clients(int port) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            RawClient client = new RawClient("127.0.0.1", port);
            assertThat(client.call("PING")).isEqualTo("+PONG");
            clients.add(client);
        }
        return clients;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
