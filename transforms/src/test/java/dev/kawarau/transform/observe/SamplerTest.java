package dev.kawarau.transform.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.NullSink;
import dev.kawarau.transform.control.CqlChain;
import dev.kawarau.transform.control.RespChain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int REQUESTS = 1_000;

    private final VirtualTime time = new VirtualTime();
    private final Seen seen = new Seen();

    @AfterEach
    void end() {
        time.close();
    }

    private static class Seen implements Transform, AutoCloseable {
        private final List<String> requests = new CopyOnWriteArrayList<>();
        private final List<String> life = new ArrayList<>();

        @Override
        public Reply handle(Message request, Chain next) {
            dev.kawarau.Query query = request.query();
            requests.add(query.operation()
                    + query.keys().stream()
                            .map(key -> " " + key.toString(StandardCharsets.UTF_8))
                            .collect(Collectors.joining()));
            return next.send(request);
        }

        @Override
        public void onBuild(TransformContext context) {
            life.add("built as " + context.name());
        }

        @Override
        public void close() {
            life.add("closed");
        }

        @Override
        public String toString() {
            return "Seen";
        }
    }

    private ChainTester chain(Transform transform) {
        return RespChain.answeringOk(time, transform);
    }

    private static void send(ChainTester chain, List<String> commands) {
        for (int i = 0; i < commands.size(); i += 100) {
            List<String> some = commands.subList(i, Math.min(i + 100, commands.size()));
            chain.client().send(String.join("\r\n", some) + "\r\n").expect("+OK\r\n".repeat(some.size()));
        }
    }

    private static List<String> gets(int keys) {
        return IntStream.range(0, REQUESTS).mapToObj(i -> "GET k" + i % keys).toList();
    }

    /** What of 1,000 requests a sampler picks; their order is that of the client. */
    private List<String> picked(Sampler sampler, int keys) {
        seen.requests.clear();
        try (ChainTester chain = chain(sampler)) {
            send(chain, gets(keys));
            assertThat(chain.sink().arrivals()).as("all reach the sink, once").hasSize(REQUESTS);
            assertThat(chain.meters()
                            .get("kawarau.sampler.taken")
                            .functionCounter()
                            .count())
                    .isEqualTo(seen.requests.size());
        }
        return List.copyOf(seen.requests);
    }

    @Test
    void aFractionOfTheRequestsPassesInTheirOrder() {
        List<String> some = picked(Sampler.oneIn(10, seen), REQUESTS);

        assertThat(some).hasSizeBetween(62, 138); // 100, and less than four standard deviations beside it
        assertThat(some.stream().map(command -> Integer.parseInt(command.substring("GET k".length()))))
                .isSorted();
    }

    @Test
    void theSameSeedPicksTheSameAndAnotherOneOthers() {
        List<String> some = picked(Sampler.percent(5, seen), REQUESTS);

        assertThat(picked(Sampler.percent(5, seen).seed(0), REQUESTS)).isEqualTo(some);
        assertThat(picked(Sampler.percent(5, seen).seed(1), REQUESTS)).isNotEqualTo(some);
    }

    @Test
    void noneAndAllAreFractionsToo() {
        assertThat(picked(Sampler.percent(0, seen), 1)).isEmpty();
        assertThat(picked(Sampler.percent(100, seen), 1)).hasSize(REQUESTS);
        assertThat(picked(Sampler.oneIn(1, seen).byKey(), 1)).hasSize(REQUESTS);
    }

    @Test
    void aKeyIsAlwaysPickedOrNever() {
        List<String> some = picked(Sampler.percent(20, seen).byKey(), 100);

        Map<String, Long> byKey =
                some.stream().collect(Collectors.groupingBy(command -> command, Collectors.counting()));
        assertThat(byKey.values()).containsOnly(REQUESTS / 100L);
        assertThat(byKey).hasSizeBetween(4, 36); // 20, and less than four standard deviations beside it
        assertThat(picked(Sampler.percent(20, seen).byKey(), 100)).isEqualTo(some);
        assertThat(picked(Sampler.percent(20, seen).byKey().seed(7), 100)).isNotEqualTo(some);
    }

    @Test
    void oneKeyOfSeveralIsEnoughAndWithoutKeysNothingIsPicked() {
        String key = picked(Sampler.percent(20, seen).byKey(), 100).get(0).substring("GET ".length());
        String other = IntStream.range(0, 100)
                .mapToObj(i -> "k" + i)
                .filter(candidate -> !seen.requests.contains("GET " + candidate))
                .findFirst()
                .orElseThrow();
        seen.requests.clear();

        try (ChainTester chain = chain(Sampler.percent(20, seen).byKey())) {
            send(chain, List.of("MGET " + other + " " + key, "MGET " + other, "PING", "KEYS *"));
        }

        assertThat(seen.requests).containsExactly("MGET " + other + " " + key);
    }

    @Test
    void aSessionIsPickedAsAWholeWithWhatChangesItsState() {
        Map<Integer, Integer> requestsOfSessions = new HashMap<>();
        try (ChainTester chain = chain(Sampler.percent(50, seen).bySession())) {
            for (int i = 0; i < 100; i++) {
                seen.requests.clear();
                try (TestClient client = chain.connect()) {
                    client.send("SELECT 1\r\nMULTI\r\nGET a\r\nEXEC\r\nPING\r\n")
                            .expect("+OK\r\n".repeat(5));
                }
                requestsOfSessions.merge(seen.requests.size(), 1, Integer::sum);
            }
        }
        assertThat(requestsOfSessions).containsOnlyKeys(0, 5);
        assertThat(requestsOfSessions.get(5)).isBetween(30, 70);
    }

    @Test
    void whatLaterRequestsDependOnGoesPastATransformThatOnlyLooks() {
        try (ChainTester chain = chain(Sampler.percent(100, seen))) {
            send(chain, List.of("SELECT 1", "GET a", "MULTI", "EXEC"));
        }
        assertThat(seen.requests).containsExactly("GET a");
    }

    @Test
    void whatLaterRequestsDependOnPassesThroughATransformThatSendsToOtherChains() {
        Chain shadow = NullSink.create();
        Seen sending = new Seen() {
            @Override
            public List<Chain> chains() {
                return List.of(shadow);
            }

            @Override
            public boolean leave(Session session) {
                return false;
            }
        };
        Sampler sampler = Sampler.oneIn(1_000_000, sending);

        try (ChainTester chain = chain(sampler)) {
            send(chain, List.of("SELECT 1", "GET a", "AUTH a b", "SET a b"));
        }

        assertThat(sending.requests).containsExactly("SELECT", "AUTH");
        assertThat(sampler.chains()).containsExactly(shadow);
        assertThat(sampler.leave(null)).isFalse();
    }

    @Test
    void statementsOfCqlArePickedTheSameWay() {
        try (CqlChain chain = CqlChain.of(time, Sampler.percent(100, seen))) {
            chain.answer(new Query("SELECT v FROM ks.t WHERE k = 1"));
        }
        assertThat(seen.requests).singleElement().asString().startsWith("SELECT");
        seen.requests.clear();
        try (CqlChain chain = CqlChain.of(time, Sampler.percent(0, seen))) {
            chain.answer(new Query("SELECT v FROM ks.t WHERE k = 1"));
        }
        assertThat(seen.requests).isEmpty();
    }

    @Test
    void theTransformIsBuiltAndClosedWithTheChain() {
        try (ChainTester chain = chain(Sampler.oneIn(2, seen))) {
            assertThat(seen.life).containsExactly("built as Sampler");
            assertThat(chain.chain()).asString().contains("-> Sampler of 50.0% of requests -> Seen");
        }
        assertThat(seen.life).containsExactly("built as Sampler", "closed");
    }

    @Test
    void aFractionThatIsNoneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.oneIn(0, seen))
                .withMessage("a Sampler takes one request in 1 or more, not in 0");
        assertThatIllegalArgumentException().isThrownBy(() -> Sampler.percent(100.1, seen));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.percent(Double.NaN, seen))
                .withMessage("a Sampler takes 0 to 100 percent of the requests, not NaN");
    }
}
