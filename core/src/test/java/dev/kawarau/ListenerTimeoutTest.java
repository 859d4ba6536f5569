package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenerTimeoutTest {
    private final VirtualTime time = new VirtualTime();
    private final Held held = new Held();

    @AfterEach
    void stopTime() {
        time.close();
    }

    @Test
    void aConnectionOnWhichNothingMovesIsClosed() {
        try (Listener listener = LineListener.on("local:idle")
                        .eventLoops(time.loops())
                        .idleTimeout(Duration.ofSeconds(10))
                        .serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            client.send("a\n").expect("a\n");
            time.pass(Duration.ofSeconds(9));
            client.send("b\n").expect("b\n");
            time.pass(Duration.ofSeconds(9));
            assertThat(client.hasEnded()).isFalse();

            time.pass(Duration.ofSeconds(5));

            client.expectEnd();
        }
    }

    @Test
    void aConnectionThatWaitsForAReplyIsNotIdle() throws Exception {
        try (Listener listener = LineListener.on("local:waits")
                        .eventLoops(time.loops())
                        .idleTimeout(Duration.ofSeconds(10))
                        .serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("a\n");
            Held.Request request = held.next();
            time.pass(Duration.ofMinutes(1));

            request.answer("b");

            client.expect("b\n");
        }
    }

    @Test
    void aConnectionIsNeverIdleUnlessThatIsAskedFor() {
        try (Listener listener =
                        LineListener.on("local:never").eventLoops(time.loops()).serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            client.send("a\n").expect("a\n");
            time.pass(Duration.ofMinutes(10));

            client.send("b\n").expect("b\n");
        }
    }

    @Test
    void aRequestThatIsNotFinishedInTimeIsAnErrorAfterTheEarlierReplies() throws Exception {
        try (Listener listener = LineListener.on("local:half")
                        .eventLoops(time.loops())
                        .frameTimeout(Duration.ofSeconds(30))
                        .serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\nGET");
            Held.Request request = held.next();
            time.pass(Duration.ofSeconds(29));
            client.send(" b");
            time.pass(Duration.ofSeconds(20));

            request.answer("one");

            client.expect("one\n!TIMEOUT the rest of the request did not come in time\n")
                    .expectEnd();
        }
    }

    @Test
    void aClientWhoseReadsAlwaysEndInTheMiddleOfARequestIsNotLate() {
        try (Listener listener = LineListener.on("local:stream")
                        .eventLoops(time.loops())
                        .frameTimeout(Duration.ofSeconds(30))
                        .serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            client.send("GET ");
            for (int i = 0; i < 10; i++) {
                client.send("a\nGET ").expect("GET a\n");
                time.pass(Duration.ofSeconds(9));
            }
            assertThat(client.hasEnded()).isFalse();
        }
    }

    @Test
    void aLongRequestHasMoreTime() {
        try (Listener listener = LineListener.on("local:long")
                        .eventLoops(time.loops())
                        .frameTimeout(Duration.ofSeconds(5))
                        .serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            String much = "x".repeat(1 << 20);
            client.send(much);
            time.pass(Duration.ofSeconds(15));
            assertThat(client.hasEnded()).isFalse();

            client.send("\n").expect(much + "\n");
        }
    }

    @Test
    void aClientThatNeverReadsIsClosed() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        String large = "x".repeat(1 << 20);
        Chain flood = Chain.named("flood").to(request -> Reply.of(LineMessage.response(request, large)));
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .writeTimeout(Duration.ofMillis(200))
                        .metrics(meters)
                        .serve(flood);
                LineClient client = LineClient.of(listener)) {
            client.stopReading().send("GET a\n".repeat(64));

            await().until(() ->
                    meters.get("kawarau.connections.opened").counter().count() == 1);
            await().until(() -> listener.connections() == 0);
        }
    }
}
