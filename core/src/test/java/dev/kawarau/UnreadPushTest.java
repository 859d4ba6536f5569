package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnreadPushTest {
    private final Held held = new Held();

    @Test
    void whatIsPushedToAClientThatDoesNotReadCountsInTheBudget() throws Exception {
        Budget budget = Budget.ofBytes(1 << 30);
        String large = "x".repeat(1 << 20);
        // No timer comes to the rescue.
        Duration never = Duration.ofHours(1);
        try (Listener listener = LineListener.on("127.0.0.1:0")
                        .budget(budget)
                        .frameTimeout(never)
                        .writeTimeout(never)
                        .serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("SUBSCRIBE\n");
            Held.Request subscribe = held.next();
            subscribe.answer("ok");
            client.expect("ok\n").stopReading();
            Session session = subscribe.message().session();
            for (int i = 0; i < 40; i++) {
                session.loop()
                        .submit(() -> session.push(LineMessage.push(session, large), null))
                        .sync();
            }
            await().until(() -> budget.usedBytes() > 20 << 20);
        }
        await().until(() -> budget.usedBytes() == 0);
    }

    @Test
    void whatIsPushedBehindAResponseThatIsNotThereYetCountsInTheBudget() throws Exception {
        Budget budget = Budget.ofBytes(1 << 30);
        String large = "x".repeat(1 << 20);
        try (Listener listener = LineListener.on("127.0.0.1:0").budget(budget).serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request slow = held.next();
            Session session = slow.message().session();
            for (int i = 0; i < 40; i++) {
                session.loop()
                        .submit(() -> session.push(LineMessage.push(session, large), slow.message()))
                        .sync();
            }
            assertThat(budget.usedBytes()).isGreaterThan(40 << 20);

            slow.answer("a");
            client.expect("a\n" + (large + "\n").repeat(40));
            await().until(() -> budget.usedBytes() == 0);
        }
    }
}
