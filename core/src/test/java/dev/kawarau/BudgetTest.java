package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private final Held held = new Held();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void whatConnectionsHoldIsCountedAndGivenBack() throws Exception {
        Budget budget = Budget.ofBytes(100 << 20);
        try (Listener listener =
                LineListener.on("127.0.0.1:0").budget(budget).metrics(meters).serve(held)) {
            LineClient client = LineClient.of(listener);
            client.send("x".repeat(1 << 20) + "\n");
            Held.Request request = held.next();
            await().until(() -> budget.usedBytes() > nearly(1 << 20));
            assertThat(budget.usedBytes()).isLessThan((1 << 20) + (64 << 10));

            request.answer("a");
            client.expect("a\n");
            await().until(() -> budget.usedBytes() == 0);

            client.send("y".repeat(1 << 20));
            await().until(() -> budget.usedBytes() > nearly(1 << 20));
            client.close();
            await().until(() -> budget.usedBytes() == 0);
        }
    }

    @Test
    void nobodyIsReadOnWhileTheBudgetIsUsedUp() throws Exception {
        Budget budget = Budget.ofBytes(256 << 10);
        String large = "x".repeat(512 << 10);
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .budget(budget)
                        .metrics(meters)
                        .serve(held);
                LineClient first = LineClient.of(listener);
                LineClient second = LineClient.of(listener)) {
            first.send(large + "\n");
            Held.Request one = held.next();
            await().until(() -> budget.usedBytes() > nearly(512 << 10));

            second.send(large + "\n" + large + "\n");
            // It may finish what it began, since nobody else is about to; then it has to wait.
            Held.Request two = held.next();
            await().until(() -> budget.usedBytes() > nearly(1 << 20));
            two.message().session().loop().submit(() -> {}).sync();
            assertThat(held.texts()).hasSize(2);

            one.answer("a");
            first.expect("a\n");
            two.answer("b");
            second.expect("b\n");
            held.next().answer("c");
            second.expect("c\n");
            assertThat(meters.get("kawarau.paused").timeGauge().value()).isPositive();
        }
        await().until(() -> budget.usedBytes() == 0);
    }

    @Test
    void aBurstIsReadNoFurtherThanOneConnectionMayHold() throws Exception {
        Budget budget = Budget.ofBytes(512 << 10);
        try (Listener listener =
                LineListener.on("127.0.0.1:0").budget(budget).metrics(meters).serve(held)) {
            LineClient client = LineClient.of(listener);
            client.send(("x".repeat(4_000) + "\n").repeat(2_000));
            Held.Request first = held.next();
            await().until(() -> budget.usedBytes() > 240 << 10);
            first.message().session().loop().submit(() -> {}).sync();
            // One more read, of the largest kind.
            assertThat(budget.usedBytes()).isLessThan((256 << 10) + 2 * (64 << 10));

            first.answer("a");
            for (int left = 2_000 - 1; left > 0; left--) {
                held.next().answer("a");
            }
            client.expect("a\n".repeat(2_000));
            client.close();
        }
        await().until(() -> budget.usedBytes() == 0);
    }

    @Test
    void theWholeNeverStandsStill() {
        Budget budget = Budget.ofBytes(64 << 10);
        String large = "x".repeat(1 << 20);
        try (Listener listener =
                LineListener.on("127.0.0.1:0").budget(budget).metrics(meters).serve(Held.echo())) {
            List<LineClient> clients = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                LineClient client = LineClient.of(listener);
                clients.add(client);
                client.send(i + large.substring(1 << 19));
            }
            for (int i = 0; i < 8; i++) {
                clients.get(i).send(large.substring(1 << 19) + "\n" + i + large + "\n");
            }
            for (int i = 0; i < 8; i++) {
                clients.get(i).expect(i + large + "\n").expect(i + large + "\n");
                clients.get(i).close();
            }
            await().until(() -> listener.connections() == 0);
        }
        await().until(() -> budget.usedBytes() == 0);
    }

    @Test
    void aConnectionThatGoesAwayInTheMiddleOfItsTurnGivesItUp() {
        Budget budget = Budget.ofBytes(64 << 10);
        String large = "x".repeat(256 << 10);
        try (Listener listener =
                LineListener.on("127.0.0.1:0").budget(budget).metrics(meters).serve(Held.echo())) {
            LineClient selfish = LineClient.of(listener);
            selfish.send(large);
            await().until(() -> budget.usedBytes() > nearly(256 << 10));
            LineClient waiting = LineClient.of(listener);
            waiting.send(large);
            await().until(() -> budget.usedBytes() > 256 << 10);

            selfish.close();

            waiting.send("\n").expect(large + "\n").close();
            await().until(() -> budget.usedBytes() == 0);
        }
    }

    /** The budget knows what a connection holds to within a few kilobytes. */
    private static long nearly(int bytes) {
        return bytes - (16 << 10);
    }

    @Test
    void theSharedBudgetIsHalfOfTheDirectMemory() {
        assertThat(Budget.shared().maxBytes()).isGreaterThanOrEqualTo(64 << 20);
        assertThat(Budget.shared()).isSameAs(Budget.shared());
    }
}
