package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Patterns match the keys that a real server finds by them. */
class GlobServerTest {
    private static final String ALPHABET = "abc-^[]\\*?";

    @Test
    void aPatternMatchesTheKeysThatTheServerFinds() throws IOException {
        try (RedisServer server = RedisServer.start();
                PlainConnection connection = new PlainConnection(server.port())) {
            TreeSet<String> keys = new TreeSet<>();
            Random random = new Random(1);
            while (keys.size() < 300) {
                keys.add(text(random, 4));
            }
            for (String key : keys) {
                connection.call("SET", key, "");
            }
            for (int seed = 0; seed < 5000; seed++) {
                String pattern = text(new Random(seed), 9);
                List<?> found = (List<?>) connection.call("KEYS", pattern);
                GlobPattern glob = new GlobPattern(Oracle.bytes(pattern));
                PlainGlob plain = new PlainGlob(Oracle.bytes(pattern));
                assertThat(keys.stream()
                                .filter(key -> glob.matches(Unpooled.wrappedBuffer(Oracle.bytes(key)), 0, key.length()))
                                .toList())
                        .as("seed %d: %s", seed, pattern)
                        .isEqualTo(found.stream().sorted().collect(Collectors.toList()))
                        .isEqualTo(keys.stream()
                                .filter(key -> plain.matches(Oracle.bytes(key)))
                                .toList());
            }
        }
    }

    private static String text(Random random, int longest) {
        StringBuilder text = new StringBuilder();
        for (int left = 1 + random.nextInt(longest); left > 0; left--) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
