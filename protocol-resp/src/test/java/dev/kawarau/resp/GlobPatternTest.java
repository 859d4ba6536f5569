package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns, against the KEYS of a real server. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GlobPatternTest {

    @Test
    void anyPatternMatchesTheKeysThatTheServersDoes() throws IOException {
        long seed = 20_261_120L;
        Random random = new Random(seed);
        try (RedisServer server = RedisServer.start();
                PlainConnection connection = new PlainConnection(server.port())) {
            Set<String> keys = new TreeSet<>();
            while (keys.size() < 150) {
                keys.add(text(random, "abcd-]^\\*?[\u0000\u00e9", 1 + random.nextInt(5)));
            }
            for (String key : keys) {
                connection.call("SET", key, "");
            }
            int matched = 0;
            for (int round = 0; round < 3_000; round++) {
                String pattern = text(random, "aabcd--]]^\\\\***??[[[", random.nextInt(9));
                List<?> expected = (List<?>) connection.call("KEYS", pattern);
                Set<String> found = keys.stream()
                        .filter(key -> matches(pattern, key))
                        .collect(Collectors.toCollection(TreeSet::new));
                assertThat(found)
                        .as("seed %d, round %d: %s", seed, round, pattern)
                        .hasSameElementsAs(
                                expected.stream().map(String.class::cast).toList());
                matched += found.size();
            }
            assertThat(matched).isGreaterThan(3_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*a", "*?", "?*", "*a*", "*[a-b]", "*\\a", "*[^b]"})
    void manyStarsTakeNoTimeThatGrowsWithTheirNumber(String part) {
        String pattern = part.repeat(500) + "!";
        String text = "a".repeat(5_000);

        assertThat(matches(pattern, text)).isFalse();
        assertThat(matches(pattern, text + "!")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\\", "a\\", "[", "[^", "[a", "[a-", "[a-]", "[\\", "[^\\", "[a-\\", "*[", "*\\", "[]", "[^]", ""
            })
    void aPatternThatBreaksOffReadsNothingBehindItsEnd(String pattern) {
        for (String text : new String[] {"", "a", "\\", "[", "]", "ab", "a\\", "a[", "^"}) {
            assertThat(matches(pattern, text)).isEqualTo(matches(pattern, text));
        }
        assertThat(matches(pattern, "something else")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "app:*, app:*, true",
        "app:*, app:orders:*, true",
        "app:*, app:[ab]?, true",
        "app:*, app:, true",
        "app:*, ap*, false",
        "app:*, *, false",
        "app:*, a[p]p:*, false",
        "app:*, app, false",
        "*, a*, true",
        "a?c, a?c, true",
        "a?c, a*c, false",
        "a?c, abc, false",
        "a*c, a*c, true",
        "a*c, a*b*c, false",
        "[ab]*, a*, false",
        "\\a*, \\a*, true",
        "\\a*, a*, false"
    })
    void aPatternCoversOnlyWhatItSurelyMatches(String pattern, String other, boolean covers) {
        ByteBuf bytes = bytes(other);

        assertThat(pattern(pattern).covers(bytes, 1, bytes.readableBytes() - 1)).isEqualTo(covers);
    }

    private static boolean matches(String pattern, String text) {
        ByteBuf bytes = bytes(text);
        return pattern(pattern).matches(bytes, 1, bytes.readableBytes() - 1);
    }

    private static GlobPattern pattern(String pattern) {
        return new GlobPattern(pattern.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Without a byte to spare behind it, so that reading past it fails. */
    private static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(("x" + text).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
