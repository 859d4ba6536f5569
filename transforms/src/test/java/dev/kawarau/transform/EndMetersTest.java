package dev.kawarau.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.transform.consistency.TunableConsistency;
import dev.kawarau.transform.redis.RedisVersionStamp;
import dev.kawarau.transform.route.LoadBalance;
import dev.kawarau.transform.route.ParallelMap;
import dev.kawarau.transform.route.Route;
import dev.kawarau.transform.route.Scatter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The meters of what ends a chain, while another of the same name takes its place. */
class EndMetersTest {
    private static Chain end() {
        return Chain.named("end").metrics(new SimpleMeterRegistry()).to(NullSink.create());
    }

    static Stream<Named<Function<MeterRegistry, Chain>>> ends() {
        return Stream.of(
                Named.of(
                        "Route",
                        registry -> Route.by(request -> "main")
                                .to("main", end())
                                .metrics(registry)
                                .build()),
                Named.of(
                        "Scatter",
                        registry -> Scatter.toAll()
                                .to("main", end())
                                .metrics(registry)
                                .build()),
                Named.of(
                        "ParallelMap",
                        registry ->
                                ParallelMap.to(end(), end()).metrics(registry).build()),
                Named.of(
                        "LoadBalance",
                        registry ->
                                LoadBalance.to(end(), end()).metrics(registry).build()),
                Named.of(
                        "TunableConsistency",
                        registry -> TunableConsistency.over(end(), end(), end())
                                .reads(2)
                                .writes(2)
                                .versions(RedisVersionStamp.create())
                                .metrics(registry)
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void theyStayUntilTheLastOfThatNameIsClosed(Function<MeterRegistry, Chain> maker) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Chain old = maker.apply(registry);
        Meter.Id[] shown = registry.getMeters().stream().map(Meter::getId).toArray(Meter.Id[]::new);
        assertThat(shown).isNotEmpty();
        Chain successor = maker.apply(registry);

        old.close();
        old.close();
        assertThat(registry.getMeters()).extracting(Meter::getId).containsExactlyInAnyOrder(shown);

        successor.close();
        assertThat(registry.getMeters()).isEmpty();
    }
}
