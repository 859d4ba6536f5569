package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where requests go; each chain answers with its number, or fails. */
class LoadBalanceTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final VirtualTime time = new VirtualTime();
    private final List<Numbered> chains = List.of(new Numbered(0), new Numbered(1), new Numbered(2));

    @AfterEach
    void end() {
        time.close();
    }

    private static final class Numbered implements Chain {
        private final RespMessage number;
        private final ConcurrentLinkedQueue<Promise> held = new ConcurrentLinkedQueue<>();
        private volatile Failure failure;
        private volatile boolean holds;
        private volatile boolean keeps;

        Numbered(int number) {
            this.number = RespMessage.of(RespValue.integer(number));
        }

        @Override
        public Reply send(Message request) {
            if (failure != null) {
                return Reply.failed(failure);
            }
            if (holds) {
                Promise promise = new Promise();
                held.add(promise);
                return promise;
            }
            return Reply.of(number);
        }

        @Override
        public boolean leave(Session session) {
            return !keeps;
        }
    }

    private LoadBalance.Builder balance() {
        return LoadBalance.to(chains.get(0), chains.get(1), chains.get(2))
                .eject(2, Duration.ofSeconds(1), Duration.ofSeconds(3))
                .metrics(meters);
    }

    private ChainTester serving(LoadBalance.Policy policy) {
        return serving(balance().by(policy).build());
    }

    private ChainTester serving(Chain end) {
        return ChainTester.of(
                (address, served) ->
                        RespListener.on(address).eventLoops(time.loops()).serve(served),
                (request, next) -> end.send(request));
    }

    private static String ask(TestClient client, String request) {
        return client.send(request + "\r\n").receive(4);
    }

    private static List<String> ask(TestClient client, String request, int times) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            answers.add(ask(client, request));
        }
        return answers;
    }

    private void lost(int chain, boolean lost) {
        chains.get(chain).failure = lost ? new Failure(Failure.Kind.UNAVAILABLE, "x") : null;
    }

    private double requests(int target) {
        return meters.get("kawarau.balance.requests")
                .tag("target", Integer.toString(target))
                .functionCounter()
                .count();
    }

    @Test
    void byDefaultAllOfASessionGoesToOneChainAndSessionsAreSpread() {
        try (ChainTester chain = serving(LoadBalance.Policy.SESSION)) {
            Set<String> homes = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                TestClient client = chain.connect();
                String home = ask(client, "GET a");
                homes.add(home);
                assertThat(ask(client, "SET b c", 5)).containsOnly(home);
                assertThat(ask(client, "SELECT 1")).isEqualTo(home);
            }
            assertThat(homes).hasSize(3);
        }
        assertThat(requests(0)).isEqualTo(7);
    }

    @Test
    void inTurn() {
        try (ChainTester chain = serving(LoadBalance.Policy.ROUND_ROBIN)) {
            assertThat(ask(chain.client(), "GET a", 6))
                    .containsExactly(":0\r\n", ":1\r\n", ":2\r\n", ":0\r\n", ":1\r\n", ":2\r\n");
        }
    }

    @Test
    void whereFewestRequestsAreUnderWay() {
        try (ChainTester chain = serving(LoadBalance.Policy.LEAST_IN_FLIGHT)) {
            hold(chain, 6);
            assertThat(inFlight(0) + inFlight(2)).isEqualTo(2);
            assertThat(ask(chain.connect(), "GET b", 20)).containsOnly(":1\r\n");
            answerAll(chain, 6);
        }
    }

    @Test
    void ofTwoThatAreDrawnByChanceTheLessBusyOne() {
        try (ChainTester chain = serving(LoadBalance.Policy.TWO_CHOICES)) {
            hold(chain, 900);
            assertThat(requests(1)).as("5 of 9 draws name it").isBetween(430.0, 570.0);
            assertThat(inFlight(0)).as("those that do not are even").isBetween(150.0, 250.0);
            answerAll(chain, 900);
        }
    }

    /** Lets the first and the last chain hold what they get, of so many requests of one client. */
    private void hold(ChainTester chain, int requests) {
        chains.get(0).holds = true;
        chains.get(2).holds = true;
        chain.client().send("GET a\r\n".repeat(requests));
        await().until(() -> requests(0) + requests(1) + requests(2) == requests);
    }

    private void answerAll(ChainTester chain, int requests) {
        time.loops()
                .group()
                .next()
                .execute(() -> chains.forEach(one -> {
                    one.holds = false;
                    one.held.forEach(promise -> promise.complete(one.number));
                }));
        assertThat(chain.client().receive(4 * requests)).hasSize(4 * requests);
        await().until(() -> inFlight(0) + inFlight(1) + inFlight(2) == 0);
    }

    private double inFlight(int target) {
        return meters.get("kawarau.balance.inflight")
                .tag("target", Integer.toString(target))
                .gauge()
                .value();
    }

    @Test
    void aKeyAlwaysGoesToTheSameChainAndOneMoreChainTakesOverItsShareAndNothingElse() {
        LoadBalance two = LoadBalance.to(chains.get(0), chains.get(1))
                .by(LoadBalance.Policy.KEY)
                .metrics(new SimpleMeterRegistry())
                .build();
        try (ChainTester before = serving(two);
                ChainTester after = serving(LoadBalance.Policy.KEY)) {
            int moved = 0;
            for (int i = 0; i < 600; i++) {
                String was = ask(before.client(), "GET key:" + i);
                String is = ask(after.client(), "SET key:" + i + " v");
                assertThat(ask(after.client(), "GET key:" + i)).isEqualTo(is);
                if (!is.equals(was)) {
                    assertThat(is).isEqualTo(":2\r\n");
                    moved++;
                }
            }
            assertThat(moved).isBetween(150, 250);
        }
    }

    @Test
    void aTransactionStaysAtTheHomeOfItsSession() {
        try (ChainTester chain = serving(LoadBalance.Policy.ROUND_ROBIN)) {
            String home = ask(chain.client(), "MULTI");
            assertThat(ask(chain.client(), "GET a", 4)).containsOnly(home);
            assertThat(ask(chain.client(), "EXEC")).isEqualTo(home);
            assertThat(ask(chain.client(), "GET a", 3)).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatFailsSeveralTimesIsSparedAndThenTriedAgainEachTimeLater() {
        try (ChainTester chain = serving(LoadBalance.Policy.ROUND_ROBIN)) {
            TestClient client = chain.client();
            lost(1, true);
            assertThat(failures(client, 9)).isEqualTo(2);
            assertThat(failures(client, 9)).isZero();
            time.pass(Duration.ofMillis(1_001));
            assertThat(failures(client, 9)).as("one more is enough").isEqualTo(1);
            time.pass(Duration.ofMillis(1_500));
            assertThat(failures(client, 9)).as("twice as long").isZero();
            time.pass(Duration.ofMillis(501));
            lost(1, false);
            assertThat(ask(client, "GET a", 6)).contains(":1\r\n");
            lost(1, true);
            assertThat(failures(client, 9))
                    .as("it was well, so it takes two again")
                    .isEqualTo(2);
        }
        assertThat(meters.get("kawarau.balance.ejections")
                        .tag("target", "1")
                        .functionCounter()
                        .count())
                .isEqualTo(3);
    }

    private static int failures(TestClient client, int requests) {
        int failed = 0;
        for (int i = 0; i < requests; i++) {
            String answer = client.send("GET a\r\n").receive(4);
            if (answer.startsWith("-")) {
                failed++;
                client.receive("-ERR x\r\n".length() - 4);
            }
        }
        return failed;
    }

    @Test
    void whereAllFailNoneIsSpared() {
        try (ChainTester chain = serving(LoadBalance.Policy.ROUND_ROBIN)) {
            for (int i = 0; i < 3; i++) {
                lost(i, true);
            }
            assertThat(failures(chain.client(), 30)).isEqualTo(30);
            lost(2, false);
            assertThat(failures(chain.client(), 30)).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aSessionMovesFromAHomeThatFailsIfThatLetsItGo() {
        try (ChainTester chain = serving(LoadBalance.Policy.SESSION)) {
            TestClient client = chain.client();
            int home = Integer.parseInt(ask(client, "GET a").substring(1, 2));
            lost(home, true);
            chains.get(home).keeps = true;
            assertThat(failures(client, 5)).isEqualTo(5);
            chains.get(home).keeps = false;
            String other = ask(client, "GET a");
            assertThat(other).startsWith(":").isNotEqualTo(":" + home + "\r\n");
            assertThat(ask(client, "GET a", 5)).containsOnly(other);
        }
    }

    @Test
    void whatIsNoSettingIsRefusedInWords() {
        assertThatIllegalArgumentException().isThrownBy(LoadBalance::over).withMessageContaining("needs a chain");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> balance().eject(0, Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .withMessageContaining("at least one failure");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> balance().eject(1, Duration.ofSeconds(2), Duration.ofSeconds(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> balance().eject(1, Duration.ofSeconds(2), Duration.ofHours(2)));
    }
}
