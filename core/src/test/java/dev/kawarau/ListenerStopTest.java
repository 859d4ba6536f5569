package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class ListenerStopTest {
    private final Held held = new Held();
    private final Chain chain =
            Chain.named("held").metrics(new SimpleMeterRegistry()).to(held);

    @Test
    void whatIsUnderWayIsAnsweredAndThenConnectionsClose() throws Exception {
        Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
        try (LineClient busy = LineClient.of(listener);
                LineClient idle = LineClient.of(listener)) {
            busy.send("GET 1\nGET 2\n");
            Held.Request first = held.next();
            Held.Request second = held.next();
            await().until(() -> listener.connections() == 2);

            CompletableFuture<Boolean> stopped =
                    CompletableFuture.supplyAsync(() -> listener.stop(Duration.ofSeconds(20)));
            idle.expectEnd();
            assertThat(stopped).isNotDone();
            second.answer("b");
            first.answer("a");

            busy.expect("a\nb\n").expectEnd();
            assertThat(stopped.join()).isTrue();
        }
    }

    @Test
    void requestsThatComeAfterwardsAreNotTaken() throws Exception {
        Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
        try (LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request first = held.next();
            CompletableFuture<Boolean> stopped =
                    CompletableFuture.supplyAsync(() -> listener.stop(Duration.ofSeconds(20)));
            await().until(() -> !first.message().session().isOpen());

            client.send("GET 2\n");
            first.answer("a");

            client.expect("a\n");
            assertThat(stopped.join()).isTrue();
            assertThat(held.texts()).containsExactly("GET 1");
        }
    }

    @Test
    void noMoreConnectionsAreTaken() {
        Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
        int port = listener.port();
        listener.close();

        Assertions.assertThatIOException().isThrownBy(() -> connect(port));
        assertThat(listener.connections()).isZero();
    }

    private static void connect(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            throw new AssertionError("connected to " + socket);
        }
    }

    @Test
    void whatIsNotAnsweredInTimeIsCutOff() throws Exception {
        Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
        try (LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request request = held.next();

            assertThat(listener.stop(Duration.ofMillis(50))).isFalse();

            client.expectEnd();
            request.answer("too late");
            request.message().session().loop().submit(() -> {}).sync();
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        Listener listener = LineListener.on("local:twice").serve(chain);

        listener.close();
        listener.close();

        LineListener.on("local:twice").serve(chain).close();
    }
}
