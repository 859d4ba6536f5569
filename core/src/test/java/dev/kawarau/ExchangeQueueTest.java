package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExchangeQueueTest {
    private final List<String> written = new ArrayList<>();

    @Test
    void withoutAnOrderNothingStaysBehindASlowRequest() {
        ExchangeQueue queue = queue(false);
        Exchange slow = add(queue);
        List<WeakReference<Exchange>> fast = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Exchange exchange = add(queue);
            fast.add(new WeakReference<>(exchange));
            queue.answer(exchange, LineMessage.byHand("fast"));
        }
        Exchange last = add(queue);

        await().until(() -> {
            System.gc();
            return fast.stream().allMatch(exchange -> exchange.get() == null);
        });
        assertThat(written).hasSize(100).containsOnly("fast");
        assertThat(queue.size()).isEqualTo(2);
        queue.answer(slow, LineMessage.byHand("slow"));
        assertThat(queue.isEmpty()).isFalse();
        queue.answer(last, LineMessage.byHand("last"));
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.bytes()).isZero();
        assertThat(written.subList(100, 102)).containsExactly("slow", "last");
    }

    @Test
    void inOrderEachResponseWaitsForThoseBeforeIt() {
        ExchangeQueue queue = queue(true);
        Exchange first = add(queue);
        Exchange second = add(queue);
        Exchange third = add(queue);

        assertThat(queue.answer(second, LineMessage.byHand("b"))).isFalse();
        assertThat(queue.answer(first, LineMessage.byHand("a"))).isTrue();
        assertThat(written).containsExactly("a", "b");
        assertThat(queue.answer(third, LineMessage.byHand("c"))).isTrue();
        assertThat(written).containsExactly("a", "b", "c");
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.answer(add(queue), LineMessage.byHand("d"))).isTrue();
        assertThat(written).endsWith("d");
    }

    private ExchangeQueue queue(boolean ordered) {
        return new ExchangeQueue(ordered, exchange -> written.add(((LineMessage) exchange.response()).text()));
    }

    private static Exchange add(ExchangeQueue queue) {
        Exchange exchange = new Exchange(null, null);
        queue.add(exchange);
        return exchange;
    }
}
