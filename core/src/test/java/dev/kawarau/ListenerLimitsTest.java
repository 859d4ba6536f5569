package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class ListenerLimitsTest {
    private final Held held = new Held();
    private final Chain chain =
            Chain.named("held").metrics(new SimpleMeterRegistry()).to(held);

    @Test
    void aConnectionBeyondTheLimitIsRefusedWithTheProtocolsError() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .maxConnections(1, ListenerBuilder.Overflow.REFUSE)
                        .metrics(meters)
                        .serve(Held.echo());
                LineClient first = LineClient.of(listener)) {
            first.send("a\n").expect("a\n");

            try (LineClient second = LineClient.of(listener)) {
                second.expect("!OVERLOADED max number of clients reached\n").expectEnd();
            }
            first.send("b\n").expect("b\n");
            first.close();
            await().until(() -> listener.connections() == 0);

            try (LineClient third = LineClient.of(listener)) {
                third.send("c\n").expect("c\n");
            }
            assertThat(meters.get("kawarau.connections.refused").counter().count())
                    .isEqualTo(1);
        }
    }

    @Test
    void aConnectionBeyondTheLimitWaitsForItsTurn() {
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .maxConnections(1, ListenerBuilder.Overflow.WAIT)
                        .serve(Held.echo());
                LineClient first = LineClient.of(listener)) {
            first.send("a\n").expect("a\n");
            List<LineClient> others = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                others.add(LineClient.of(listener).send(i + "\n"));
            }

            first.send("b\n").expect("b\n");
            assertThat(listener.connections()).isEqualTo(1);
            first.close();
            // Whose turn it is is up to the order in which they were accepted.
            others.get(0).expect("0\n").close();
            others.get(1).expect("1\n").close();
            others.get(2).expect("2\n").close();
        }
    }

    @Test
    void aConnectionThatGaveUpWaitingTakesNobodysTurn() {
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .maxConnections(1, ListenerBuilder.Overflow.WAIT)
                        .serve(Held.echo());
                LineClient first = LineClient.of(listener)) {
            first.send("a\n").expect("a\n");
            LineClient impatient = LineClient.of(listener).send("x\n");
            impatient.close();
            LineClient patient = LineClient.of(listener).send("b\n");

            first.close();

            patient.expect("b\n").close();
        }
    }

    @Test
    void noConnectionThatWaitedIsServedAfterTheStop() {
        List<String> served = new ArrayList<>();
        Chain noting = Chain.named("noting").to(request -> {
            served.add(((LineMessage) request).text());
            return Reply.of(LineMessage.byHand("ok"));
        });
        Listener listener = LineListener.on("127.0.0.1:0")
                .maxConnections(1, ListenerBuilder.Overflow.WAIT)
                .serve(noting);
        try (LineClient first = LineClient.of(listener).send("first\n").expect("ok\n");
                LineClient second = LineClient.of(listener).send("second\n");
                LineClient third = LineClient.of(listener).send("third\n")) {
            listener.close();

            first.expectEnd();
            second.expectEnd();
            third.expectEnd();
            assertThat(served).containsExactly("first");
            assertThat(listener.connections()).isZero();
        }
    }

    @Test
    void readingStopsAtTheInFlightLimitAndGoesOnWhenRepliesHaveLeft() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .maxInFlight(4)
                        .metrics(meters)
                        .serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("1\n2\n3\n4\n5\n6\n7\n8\n9\n");
            List<Held.Request> first = take(4);
            first.get(0).message().session().loop().submit(() -> {}).sync();
            assertThat(held.texts()).hasSize(4);

            first.get(0).answer("a");
            client.expect("a\n");
            assertThat(held.texts()).as("until half of them have left").hasSize(4);
            first.get(1).answer("b");
            client.expect("b\n");
            take(2).forEach(request -> request.answer("x"));
            first.get(2).answer("c");
            first.get(3).answer("d");
            client.expect("c\nd\nx\nx\n");
            take(3).forEach(request -> request.answer("y"));
            client.expect("y\ny\ny\n");

            assertThat(meters.get("kawarau.paused").timeGauge().value()).isPositive();
        }
    }

    @Test
    void aLimitOfOneAndAnswersAtOnceServeAllThatOneReadBrought() {
        try (Listener listener = LineListener.on("local:one").maxInFlight(1).serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            String lines = "GET a\n".repeat(5_000);
            client.send(lines).expect(lines);
        }
    }

    @Test
    void aClientThatTakesNoRepliesIsReadNoFurtherUntilItDoes() {
        String large = "x".repeat(1 << 20);
        AtomicInteger requests = new AtomicInteger();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Chain flood = Chain.named("flood").metrics(meters).to(request -> {
            requests.incrementAndGet();
            return Reply.of(LineMessage.response(request, large));
        });
        int replies = 40;
        try (Listener listener = LineListener.on("127.0.0.1:0").metrics(meters).serve(flood);
                LineClient client = LineClient.of(listener)) {
            client.stopReading();
            // One at a time, since a read that brought several requests answers them all.
            int sent = 0;
            while (requests.get() == sent && sent < replies) {
                client.send("GET a\n");
                sent++;
                int now = sent;
                if (!eventually(() -> requests.get() == now)) {
                    break;
                }
            }
            assertThat(requests).as("requests that were read").hasValueLessThan(replies);

            client.readAgain();
            for (int i = 0; i < sent; i++) {
                client.expect(large + "\n");
            }
            assertThat(requests).hasValue(sent);
        }
    }

    /** Whether it comes true within a time that is long for something that has not to wait. */
    private static boolean eventually(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }

    private List<Held.Request> take(int count) throws InterruptedException {
        List<Held.Request> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(held.next());
        }
        return taken;
    }
}
