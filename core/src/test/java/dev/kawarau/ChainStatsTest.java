package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChainStatsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final VirtualTime time = new VirtualTime();
    private final Held held = new Held();
    private final Chain chain = Chain.named("orders")
            .metrics(meters)
            .then((request, next) -> ((LineMessage) request).text().equals("DENY")
                    ? Reply.failed(new Failure(Failure.Kind.DENIED, "no"))
                    : next.send(request))
            .to(held);
    private Listener listener;
    private LineClient client;

    @BeforeEach
    void serve() {
        listener = LineListener.on("local:stats").eventLoops(time.loops()).serve(chain);
        client = LineClient.of(listener);
    }

    @AfterEach
    void close() {
        client.close();
        listener.close();
        chain.close();
        time.close();
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void requestsAndFailuresAreCountedForTheChainAndForEachTransform() throws Exception {
        client.send("GET a\nDENY\nGET b\n");
        held.next().answer("a");
        held.next().answer("!ERROR of the database");
        client.expect("a\n!DENIED no\n!ERROR of the database\n");

        for (String transform : new String[] {"", "lambda"}) {
            await().untilAsserted(() -> {
                assertThat(count("kawarau.requests", transform)).isEqualTo(3);
                assertThat(count("kawarau.failures", transform)).isEqualTo(2);
                assertThat(gauge("kawarau.inflight", transform)).isZero();
            });
        }
    }

    @Test
    void whatIsUnderWayShows() throws Exception {
        client.send("GET a\nGET b\n");
        Held.Request first = held.next();
        Held.Request second = held.next();

        assertThat(gauge("kawarau.inflight", "")).isEqualTo(2);
        assertThat(gauge("kawarau.inflight", "lambda")).isEqualTo(2);
        first.answer("a");
        second.answer("b");
        client.expect("a\nb\n");
    }

    @Test
    void latencyIsMeasuredByTheLoopsClock() throws Exception {
        client.send("GET a\n");
        Held.Request request = held.next();
        time.pass(Duration.ofSeconds(3));
        request.answer("a");
        client.expect("a\n");

        assertThat(meters.get("kawarau.latency")
                        .tag("transform", "")
                        .functionTimer()
                        .totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(3_000);
        assertThat(meters.get("kawarau.latency")
                        .tag("transform", "")
                        .functionTimer()
                        .count())
                .isEqualTo(1);
        assertThat(gauge("kawarau.latency.max", "")).isEqualTo(3);
    }

    @Test
    void theBucketsAreCumulative() throws Exception {
        for (int seconds : new int[] {0, 0, 1, 100}) {
            client.send("GET a\n");
            Held.Request request = held.next();
            time.pass(Duration.ofSeconds(seconds));
            request.answer("a");
            client.expect("a\n");
        }

        assertThat(within("1.6384E-5")).isEqualTo(2);
        assertThat(within("0.536870912")).isEqualTo(2);
        assertThat(within("1.073741824")).isEqualTo(3);
        assertThat(within("8.589934592")).isEqualTo(3);
        assertThat(within("+Inf")).isEqualTo(4);
    }

    private double within(String le) {
        return meters.get("kawarau.latency.within")
                .tag("transform", "")
                .tag("le", le)
                .functionCounter()
                .count();
    }

    private double count(String name, String transform) {
        return meters.get(name).tag("transform", transform).functionCounter().count();
    }

    private double gauge(String name, String transform) {
        return meters.get(name).tag("transform", transform).gauge().value();
    }
}
