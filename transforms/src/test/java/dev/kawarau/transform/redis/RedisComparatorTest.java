package dev.kawarau.transform.redis;

import static dev.kawarau.transform.route.Comparison.Outcome.DIFFERENT;
import static dev.kawarau.transform.route.Comparison.Outcome.EQUAL;
import static dev.kawarau.transform.route.Comparison.Outcome.SKIPPED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.transform.route.Comparison;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RedisComparatorTest {
    private static final RespVersion RESP2 = RespVersion.RESP2;
    private static final RespVersion RESP3 = RespVersion.RESP3;

    private static Comparison compare(
            RedisComparator comparator, String request, RespMessage original, RespMessage copy) {
        CompletableFuture<Comparison> result = new CompletableFuture<>();
        try (ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), (message, next) -> {
                    result.complete(comparator.compare(message, original, copy));
                    return next.send(message);
                })) {
            chain.sink().answers(original);
            chain.client().send(request + "\r\n");
            return result.join();
        }
    }

    private static Comparison compare(String request, RespValue original, RespValue copy) {
        return compare(RedisComparator.create(), request, RespMessage.of(original, RESP2), RespMessage.of(copy, RESP2));
    }

    private static RespValue list(String... elements) {
        RespValue[] values = new RespValue[elements.length];
        for (int i = 0; i < elements.length; i++) {
            values[i] = RespValue.bulk(elements[i]);
        }
        return RespValue.array(values);
    }

    @Test
    void aListHasAnOrderAndASetHasNone() {
        assertThat(compare("LRANGE l 0 -1", list("a", "b"), list("b", "a")).outcome())
                .isEqualTo(DIFFERENT);
        assertThat(compare("SMEMBERS s", list("a", "b"), list("b", "a")).outcome())
                .isEqualTo(EQUAL);
        assertThat(compare("SMEMBERS s", list("a", "b"), list("b", "b")).outcome())
                .isEqualTo(DIFFERENT);
        assertThat(compare("KEYS *", list("a", "b"), list("b", "a")).outcome()).isEqualTo(EQUAL);
    }

    @Test
    void aMapHasNoOrderButItsKeysKeepTheirValues() {
        assertThat(compare("HGETALL h", list("a", "1", "b", "2"), list("b", "2", "a", "1"))
                        .outcome())
                .isEqualTo(EQUAL);
        assertThat(compare("HGETALL h", list("a", "1", "b", "2"), list("a", "2", "b", "1"))
                        .outcome())
                .isEqualTo(DIFFERENT);
    }

    @Test
    void whatIsLeftOfALifeMayDifferByASecond() {
        assertThat(compare("PTTL k", RespValue.integer(5_000), RespValue.integer(4_100))
                        .outcome())
                .isEqualTo(EQUAL);
        assertThat(compare("PTTL k", RespValue.integer(5_000), RespValue.integer(3_900))
                        .outcome())
                .isEqualTo(DIFFERENT);
        assertThat(compare("TTL k", RespValue.integer(5), RespValue.integer(4)).outcome())
                .isEqualTo(EQUAL);
        assertThat(compare("TTL k", RespValue.integer(0), RespValue.integer(-1)).outcome())
                .isEqualTo(DIFFERENT);
        assertThat(compare(
                                RedisComparator.create().ttlTolerance(Duration.ofMillis(10)),
                                "PTTL k",
                                RespMessage.of(RespValue.integer(5_000)),
                                RespMessage.of(RespValue.integer(4_980)))
                        .outcome())
                .isEqualTo(DIFFERENT);
    }

    @Test
    void whatDiffersByNatureIsSkippedAndMoreIfAsked() {
        assertThat(compare("TIME", list("1", "2"), list("3", "4")).outcome()).isEqualTo(SKIPPED);
        assertThat(compare("CLIENT ID", RespValue.integer(1), RespValue.integer(2))
                        .outcome())
                .isEqualTo(SKIPPED);
        assertThat(compare(
                                RedisComparator.create().skipping("get"),
                                "GET k",
                                RespMessage.of(RespValue.bulk("a")),
                                RespMessage.of(RespValue.bulk("b")))
                        .outcome())
                .isEqualTo(SKIPPED);
    }

    @Test
    void aScanIsComparedWhereItCameWhole() {
        RespValue whole = RespValue.array(RespValue.bulk("0"), list("a", "b"));
        RespValue otherOrder = RespValue.array(RespValue.bulk("0"), list("b", "a"));
        RespValue part = RespValue.array(RespValue.bulk("17"), list("a"));
        assertThat(compare("SCAN 0", whole, otherOrder).outcome()).isEqualTo(EQUAL);
        assertThat(compare("SCAN 0", whole, RespValue.array(RespValue.bulk("0"), list("a")))
                        .outcome())
                .isEqualTo(DIFFERENT);
        assertThat(compare("SCAN 0", whole, part).outcome()).isEqualTo(SKIPPED);
    }

    @Test
    void errorsAreTheSameIfTheirCodesAre() {
        assertThat(compare("GET k", RespValue.error("WRONGTYPE one"), RespValue.error("WRONGTYPE other"))
                        .outcome())
                .isEqualTo(EQUAL);
        Comparison different = compare("GET k", RespValue.bulk("secret"), RespValue.error("NOAUTH who"));
        assertThat(different.what()).isEqualTo("no error, the copy has NOAUTH");
    }

    @Test
    void theVersionsOfTheProtocolMaySayTheSame() {
        RespValue map = RespValue.map(RespValue.entry(RespValue.bulk("a"), RespValue.bulk("1")));
        assertThat(compare(
                                RedisComparator.create(),
                                "HGETALL h",
                                RespMessage.of(list("a", "1"), RESP2),
                                RespMessage.of(map, RESP3))
                        .outcome())
                .isEqualTo(EQUAL);
        assertThat(compare(
                                RedisComparator.create(),
                                "ZSCORE z m",
                                RespMessage.of(RespValue.bulk("3"), RESP2),
                                RespMessage.of(RespValue.number(3.0), RESP3))
                        .outcome())
                .isEqualTo(EQUAL);
        assertThat(compare(
                                RedisComparator.create(),
                                "GET k",
                                RespMessage.of(RespValue.nil(), RESP2),
                                RespMessage.of(RespValue.nil(), RESP3))
                        .outcome())
                .isEqualTo(EQUAL);
    }

    @Test
    void theWordsForADifferenceShowNoData() {
        assertThat(compare("GET k", RespValue.bulk("secret"), RespValue.nil()).what())
                .isEqualTo("a value of 6 characters, the copy has null");
        assertThat(compare("LRANGE l 0 -1", list("secret"), list()).what())
                .isEqualTo("a collection of 1, the copy has a collection of 0");
    }

    @Test
    void aToleranceIsNotNegative() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisComparator.create().ttlTolerance(Duration.ofMillis(-1)));
    }
}
