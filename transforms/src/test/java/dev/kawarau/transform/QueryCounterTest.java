package dev.kawarau.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kawarau.Chain;
import dev.kawarau.Query;
import dev.kawarau.testkit.ChainTester;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryCounterTest {
    @Test
    void requestsAreCountedByKindAndOperation() {
        QueryCounter counter = QueryCounter.named("orders");

        try (ChainTester chain = RespChain.of(counter)) {
            chain.sink().answers(RespChain.OK);
            chain.client()
                    .send("GET a\r\nGET b\r\nset a b\r\nCLIENT SETNAME me\r\n")
                    .expect("+OK\r\n+OK\r\n+OK\r\n+OK\r\n");

            assertThat(counter.counts())
                    .isEqualTo(Map.of(
                            Query.Kind.READ, Map.of("GET", 2L),
                            Query.Kind.WRITE, Map.of("SET", 1L),
                            Query.Kind.SESSION, Map.of("CLIENT|SETNAME", 1L)));
            assertThat(chain.meters()
                            .get("kawarau.query")
                            .tags("transform", "orders", "kind", "READ", "operation", "GET")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
        }
    }

    @Test
    void unknownCommandsCountTogetherHoweverManyNamesTheyHave() {
        QueryCounter counter = QueryCounter.named("orders");

        try (ChainTester chain = RespChain.of(counter)) {
            chain.sink().answers(RespChain.OK);
            for (int i = 0; i < 100; i++) {
                chain.client().send("NOSUCH" + i + "\r\n").expect("+OK\r\n");
            }

            assertThat(counter.counts()).isEqualTo(Map.of(Query.Kind.OTHER, Map.of("OTHER", 100L)));
            assertThat(chain.meters().find("kawarau.query").meters()).hasSize(1);
        }
    }

    @Test
    void aRequestThatFailsIsCountedToo() {
        QueryCounter counter = QueryCounter.named("orders");

        try (ChainTester chain = RespChain.of(counter)) {
            chain.sink().fails(new IllegalStateException("down"));
            chain.client().send("GET a\r\n").expect("-ERR internal error, see the log of the proxy\r\n");

            assertThat(counter.counts()).isEqualTo(Map.of(Query.Kind.READ, Map.of("GET", 1L)));
        }
    }

    @Test
    void theChainThatTakesAnothersPlaceGoesOnCounting() {
        MeterRegistry meters = new SimpleMeterRegistry();
        QueryCounter first = QueryCounter.named("orders");
        QueryCounter second = QueryCounter.named("orders");
        Chain old = chain(meters, first);

        try (ChainTester tester = RespChain.of((request, next) -> old.send(request))) {
            tester.client().send("GET a\r\n").expect("-ERR handled by the null sink");
        }
        Chain now = chain(meters, second);
        old.close();
        try (ChainTester tester = RespChain.of((request, next) -> now.send(request))) {
            tester.client().send("GET a\r\n").expect("-ERR handled by the null sink");
        }

        assertThat(meters.get("kawarau.query")
                        .tag("operation", "GET")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
        now.close();
        assertThat(meters.find("kawarau.query").meters()).isEmpty();
    }

    private static Chain chain(MeterRegistry meters, QueryCounter counter) {
        return Chain.named("orders").metrics(meters).then(counter).to(NullSink.create());
    }

    @Test
    void aCounterBelongsToOneChain() {
        QueryCounter counter = QueryCounter.named("orders");
        Chain first = chain(new SimpleMeterRegistry(), counter);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> chain(new SimpleMeterRegistry(), counter))
                .withMessage("chain \"orders\": QueryCounter \"orders\" counts for a chain already;"
                        + " make a QueryCounter for each place");
        first.close();
    }

    @Test
    void twoCountersOfOneNameInOneChainAreToldApart() {
        MeterRegistry meters = new SimpleMeterRegistry();
        QueryCounter front = QueryCounter.named("queries");
        QueryCounter back = QueryCounter.named("queries");
        Chain both = Chain.named("both")
                .metrics(meters)
                .then(front)
                .then(QueryTypeFilter.allow(Query.Kind.READ))
                .then(back)
                .to(NullSink.create());

        try (ChainTester tester = RespChain.of((request, next) -> both.send(request))) {
            tester.client().send("SET a b\r\nGET a\r\n").expect("-NOPERM SET");

            assertThat(front.counts()).containsOnlyKeys(Query.Kind.WRITE, Query.Kind.READ);
            assertThat(back.counts()).containsOnlyKeys(Query.Kind.READ);
            assertThat(meters.get("kawarau.query").tag("transform", "queries-2").meters())
                    .hasSize(1);
        }
        both.close();
    }

    @Test
    void itPrintsItsName() {
        assertThat(QueryCounter.named("orders")).hasToString("QueryCounter \"orders\"");
        assertThatIllegalArgumentException().isThrownBy(() -> QueryCounter.named(" "));
    }
}
