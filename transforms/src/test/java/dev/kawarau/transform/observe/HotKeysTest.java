package dev.kawarau.transform.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.Failure;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CqlChain;
import dev.kawarau.transform.control.RespChain;
import dev.kawarau.transform.observe.HotKeys.By;
import dev.kawarau.transform.observe.HotKeys.Hot;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HotKeysTest {
    private static final String OK = "+OK\r\n";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(HotKeys hot) {
        return RespChain.answeringOk(time, hot);
    }

    @Test
    void keysAreCountedAndTheHottestComesFirst() {
        HotKeys hot = HotKeys.create();
        try (ChainTester chain = chain(hot)) {
            chain.client()
                    .send("GET a\r\nSET b 1\r\nGET b\r\nDEL b\r\nPING\r\n")
                    .expect(OK.repeat(5));

            assertThat(hot.top(10)).containsExactly(new Hot("0", "b", 3, 0, 0.75), new Hot("0", "a", 1, 0, 0.25));
            assertThat(hot.top(1)).hasSize(1);
            assertThat(chain.meters()
                            .get("kawarau.hotkeys.share")
                            .tag("by", "requests")
                            .gauge()
                            .value())
                    .isEqualTo(0.75);
            assertThat(hot.top(1).get(0)).hasToString("0 \"b\": 3, 75.0% of all");
        }
    }

    @Test
    void bytesAreThoseOfRequestAndResponse() {
        HotKeys hot = HotKeys.create();
        try (ChainTester chain = chain(hot)) {
            String request = "*2\r\n$3\r\nGET\r\n$1\r\na\r\n";
            chain.client().send(request).expect(OK);

            assertThat(hot.top(1, By.BYTES)).containsExactly(new Hot("0", "a", request.length() + OK.length(), 0, 1));
            assertThat(hot.topNamespaces(1, By.BYTES))
                    .containsExactly(new Hot("0", "", request.length() + OK.length(), 0, 1));
        }
    }

    @Test
    void theTimeOfASlowKeyAddsUp() {
        HotKeys hot = HotKeys.builder().noFading().build();
        try (ChainTester chain = chain(hot)) {
            chain.client().send("GET fast\r\nGET fast\r\nGET fast\r\n").expect(OK.repeat(3));
            chain.sink().holds();
            chain.client().send("GET slow\r\n");
            for (int i = 0; i < 3; i++) {
                chain.sink().next();
            }
            Arrival slow = chain.sink().next();
            time.pass(Duration.ofMillis(40));
            slow.fail(new Failure(Failure.Kind.TIMEOUT, "late"));
            chain.client().expect("-ERR late");

            assertThat(hot.top(10, By.TIME)).containsExactly(new Hot("0", "slow", 40_000_000, 0, 1));
            assertThat(hot.top(10)).first().extracting(Hot::key).isEqualTo("fast");
        }
    }

    @Test
    void aRequestOfSeveralKeysCountsForEachAndItsBytesAreSharedOut() {
        HotKeys hot = HotKeys.create();
        try (ChainTester chain = chain(hot)) {
            String request = "*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$1\r\nb\r\n";
            chain.client().send(request).expect(OK);
            double half = (request.length() + OK.length()) / 2.0;

            assertThat(hot.top(2)).containsExactly(new Hot("0", "a", 1, 0, 0.5), new Hot("0", "b", 1, 0, 0.5));
            assertThat(hot.top(2, By.BYTES)).extracting(Hot::amount).containsExactly(half, half);
        }
    }

    @Test
    void ofVeryManyKeysTheFirstHundredAreLookedAt() {
        HotKeys hot = HotKeys.create();
        try (ChainTester chain = chain(hot)) {
            String keys = IntStream.range(0, 1_000).mapToObj(i -> " k" + i).collect(Collectors.joining());
            chain.client().send("MGET" + keys + "\r\n").expect(OK);

            assertThat(hot.top(1_000)).hasSize(100);
        }
    }

    @Test
    void whatIsOldFades() {
        HotKeys hot = HotKeys.builder().halfLife(Duration.ofSeconds(1)).build();
        try (ChainTester chain = chain(hot)) {
            chain.client().send("GET old\r\n".repeat(8)).expect(OK.repeat(8));
            time.pass(Duration.ofSeconds(2));
            chain.client().send("GET new\r\n".repeat(3)).expect(OK.repeat(3));

            assertThat(hot.top(2)).extracting(Hot::key).containsExactly("new", "old");
            assertThat(hot.top(2).get(0).amount()).isCloseTo(3, within(0.003));
            assertThat(hot.top(2).get(1).amount()).isCloseTo(2, within(0.002));

            time.pass(Duration.ofSeconds(40)); // long enough for weights to be scaled
            assertThat(hot.top(2)).isEmpty();
            chain.client().send("GET new\r\n").expect(OK);
            assertThat(hot.top(2)).singleElement().extracting(Hot::key).isEqualTo("new");
            assertThat(hot.top(1).get(0).amount()).isCloseTo(1, within(0.001));
        }
    }

    @Test
    void whatWasCountedCanBeForgotten() {
        HotKeys hot = HotKeys.create();
        try (ChainTester chain = chain(hot)) {
            chain.client().send("GET a\r\n").expect(OK);
            hot.reset();
            chain.client().send("GET b\r\n").expect(OK);

            assertThat(hot.top(10)).containsExactly(new Hot("0", "b", 1, 0, 1));
        }
    }

    @Test
    void longKeysAreToldApartThoughOnlyTheirBeginningIsKept() {
        HotKeys hot = HotKeys.builder().keyBytes(4).build();
        try (ChainTester chain = chain(hot)) {
            chain.client().send("GET long:1\r\nGET long:2\r\nGET \"a\\n\"\r\n").expect(OK.repeat(3));

            assertThat(hot.top(10)).extracting(Hot::key).containsExactly("a\\x0a", "long...", "long...");
        }
    }

    @Test
    void memoryIsBoundedWhateverKeysCome() {
        HotKeys hot = HotKeys.builder().tracking(10).noFading().build();
        try (ChainTester chain = chain(hot)) {
            for (int i = 0; i < 20; i++) {
                String keys = IntStream.range(100 * i, 100 * i + 99)
                        .mapToObj(k -> "GET k" + k + "\r\n")
                        .collect(Collectors.joining());
                chain.client().send(keys + "GET hot\r\n").expect(OK.repeat(100));
            }

            assertThat(hot.top(100))
                    .hasSize(10)
                    .allSatisfy(one -> assertThat(one.error()).isLessThanOrEqualTo(200));
        }
    }

    @Test
    void aReplyThatComesAfterItsClientLeftIsNotLookedAt() {
        HotKeys hot = HotKeys.create();
        try (ChainTester chain = chain(hot)) {
            chain.sink().holds();
            try (TestClient client = chain.connect()) {
                client.send("GET a\r\n");
                chain.sink().next();
            }
            time.pass(Duration.ofMillis(5));
            chain.sink().arrivals().get(0).answer(RespMessage.of(RespValue.ok()));
            time.settle();

            assertThat(hot.top(1)).extracting(Hot::key).containsExactly("a");
        }
    }

    @Test
    void tablesOfCqlAreRankedByWhatIsAskedOfThem() {
        HotKeys hot = HotKeys.create();
        try (CqlChain chain = CqlChain.of(time, hot)) {
            chain.answer(new Query("SELECT v FROM shop.orders WHERE k = 1"));
            chain.answer(new Query("SELECT v FROM shop.orders WHERE k = 2"));
            chain.answer(new Query("INSERT INTO shop.tea (k) VALUES (1)"));

            assertThat(hot.topNamespaces(10, By.REQUESTS))
                    .extracting(Hot::namespace)
                    .containsExactly("shop.orders", "shop.tea");
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        HotKeys.Builder builder = HotKeys.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.tracking(0))
                .withMessage("a HotKeys follows 1 to 1,000,000 keys, not 0");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.keyBytes(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.halfLife(Duration.ZERO))
                .withMessageEndingWith("with noFading() all counts until reset()");
    }
}
