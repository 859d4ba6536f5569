package dev.kawarau.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class SharedMetersTest {
    private static final Tags TAGS = Tags.of("chain", "orders");
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final SharedMeters first = new SharedMeters();
    private final LongAdder firstCount = first.counter("count", "what is counted");
    private final SharedMeters second = new SharedMeters();
    private final LongAdder secondCount = second.counter("count", "what is counted");

    private double shown() {
        return registry.get("count").functionCounter().count();
    }

    @Test
    void twoOfOneNameShowTheirSumWhichDoesNotFallWhenOneGoes() {
        Runnable hideFirst = first.show(registry, TAGS);
        Runnable hideSecond = second.show(registry, TAGS);
        firstCount.add(3);
        secondCount.add(4);
        assertThat(shown()).isEqualTo(7);

        hideFirst.run();
        secondCount.increment();
        assertThat(shown()).isEqualTo(8);

        hideSecond.run();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void oneThatIsPartOfAChainAndOfItsSuccessorCountsOnce() {
        Runnable hideOld = first.show(registry, TAGS);
        Runnable hideNew = first.show(registry, TAGS);
        firstCount.add(3);
        assertThat(shown()).isEqualTo(3);

        hideOld.run();
        firstCount.increment();
        assertThat(shown()).isEqualTo(4);

        hideNew.run();
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void whatGoesUpAndDownIsThatOfThoseThatAreShown() {
        double[] values = {2, 5};
        first.gauge("gauge", "what is there", Tags.of("side", "a"), () -> values[0]);
        second.gauge("gauge", "what is there", Tags.of("side", "a"), () -> values[1]);
        Runnable hideFirst = first.show(registry, TAGS);
        second.show(registry, TAGS);
        assertThat(registry.get("gauge").tag("side", "a").gauge().value()).isEqualTo(7);

        hideFirst.run();
        assertThat(registry.get("gauge").gauge().value()).isEqualTo(5);
    }
}
