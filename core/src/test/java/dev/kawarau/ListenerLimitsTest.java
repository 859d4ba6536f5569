package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
            assertThat(others).noneMatch(LineClient::hasReceived);
            first.close();
            // One after the other, in whatever order their event loops saw them.
            while (!others.isEmpty()) {
                await().until(() -> others.stream().anyMatch(LineClient::hasReceived));
                List<LineClient> served =
                        others.stream().filter(LineClient::hasReceived).toList();
                assertThat(served).hasSize(1);
                served.get(0).close();
                others.removeAll(served);
            }
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
    void noConnectionThatWaitedIsServedWhenTheListenerStops() throws Exception {
        Listener listener = LineListener.on("127.0.0.1:0")
                .maxConnections(2, ListenerBuilder.Overflow.WAIT)
                .serve(chain);
        try (LineClient busy = LineClient.of(listener).send("busy\n");
                LineClient idle = LineClient.of(listener)) {
            Held.Request request = held.next();
            await().until(() -> listener.connections() == 2);
            LineClient waiting = LineClient.of(listener).send("waiting\n");

            CompletableFuture<Boolean> stopped =
                    CompletableFuture.supplyAsync(() -> listener.stop(Duration.ofSeconds(20)));
            idle.expectEnd();
            waiting.expectEnd();
            request.answer("ok");

            busy.expect("ok\n").expectEnd();
            assertThat(stopped.join()).isTrue();
            assertThat(held.texts()).containsExactly("busy");
            waiting.close();
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
            String lines = "GET a\n".repeat(2_000);
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
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .maxHeldBytes(4 << 20)
                        .metrics(meters)
                        .serve(flood);
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

    @Test
    void aConnectionThatHoldsAsManyBytesAsItMayIsReadNoFurther() throws Exception {
        // Far more than one turn of a loop reads.
        String large = "x".repeat(4 << 20);
        try (Listener listener =
                        LineListener.on("127.0.0.1:0").maxHeldBytes(1 << 20).serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send((large + "\n").repeat(3));
            Held.Request request = held.next();
            request.message().session().loop().submit(() -> {}).sync();
            assertThat(eventually(() -> held.texts().size() > 1)).isFalse();

            request.answer("a");
            client.expect("a\n");
            held.next().answer("b");
            client.expect("b\n");
            held.next().answer("c");
            client.expect("c\n");
        }
    }

    @Test
    void aClientThatReadsAgainIsServedAtOnceHoweverLittleItMayHold() {
        String large = "x".repeat(100_000);
        AtomicInteger requests = new AtomicInteger();
        Chain flood = Chain.named("flood").to(request -> {
            requests.incrementAndGet();
            return Reply.of(LineMessage.response(request, large));
        });
        // No timer comes to the rescue.
        Duration never = Duration.ofHours(1);
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .maxHeldBytes(50_000)
                        .frameTimeout(never)
                        .writeTimeout(never)
                        .serve(flood);
                LineClient client = LineClient.of(listener)) {
            client.stopReading();
            int sent = 0;
            boolean taken = true;
            while (taken) {
                client.send("GET a\n");
                int now = ++sent;
                taken = eventually(() -> requests.get() == now);
            }

            client.readAgain();
            for (int i = 0; i < sent; i++) {
                client.expect(large + "\n");
            }
            assertThat(requests).hasValue(sent);
        }
    }

    @Test
    void aClientThatReadsNothingIsCutOffWhenTheBudgetIsUsedUp() {
        String large = "x".repeat(1 << 20);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Budget budget = Budget.ofBytes(2 << 20);
        Chain flood = Chain.named("flood").to(request -> Reply.of(LineMessage.response(request, large)));
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .budget(budget)
                        .metrics(meters)
                        .maxHeldBytes(1 << 20)
                        .writeTimeout(Duration.ofHours(1))
                        .serve(flood);
                LineClient greedy = LineClient.of(listener)) {
            greedy.stopReading().send("GET a\n".repeat(40));
            await().until(() ->
                    meters.get("kawarau.connections.opened").counter().count() == 1);
            await().until(() -> listener.connections() == 0);
            await().until(() -> budget.usedBytes() == 0);

            try (LineClient other = LineClient.of(listener)) {
                other.send("GET a\n").expect(large + "\n");
            }
        }
    }

    @Test
    void aProcessTakesOnlySoManyRequestsAtOnce() throws Exception {
        Budget budget = Budget.ofBytes(1 << 20).withRequests(64);
        try (Listener listener = LineListener.on("127.0.0.1:0").budget(budget).serve(chain);
                LineClient first = LineClient.of(listener);
                LineClient second = LineClient.of(listener)) {
            first.send("a\n".repeat(100));
            List<Held.Request> waiting = take(100);
            await().until(() -> budget.requestsInFlight() == 100);
            second.send("b\n");
            waiting.add(held.next());
            second.send("b\n");
            waiting.get(100).message().session().loop().submit(() -> {}).sync();
            assertThat(held.texts()).as("a read after the budget was used up").hasSize(101);

            waiting.forEach(request -> request.answer("c"));
            first.expect("c\n".repeat(100));
            held.next().answer("d");
            second.expect("c\nd\n");
            await().until(() -> budget.requestsInFlight() == 0);
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
