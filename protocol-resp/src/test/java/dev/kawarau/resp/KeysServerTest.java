package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Recorded requests with wrong arguments: the table names the keys that a real server does (COMMAND GETKEYS). */
class KeysServerTest {
    private static final int FIRST_SEED = Integer.getInteger("kawarau.seed", 0);
    private static final List<String> WORDS = List.of(
            "STORE",
            "STOREDIST",
            "STREAMS",
            "COUNT",
            "BLOCK",
            "GROUP",
            "BY",
            "GET",
            "LIMIT",
            "KEYS",
            "AUTH",
            "AUTH2",
            "WEIGHTS",
            "REPLACE",
            "NOACK",
            "streams",
            "0",
            "1",
            "2",
            "3",
            "-1",
            "02",
            "k",
            "a*",
            "");

    /** Of these the server also names or does not name keys in requests that it refuses when they are called. */
    private static final Set<String> GUESSED = Set.of("XREAD", "XREADGROUP", "SORT_RO", "PFMERGE");

    @Test
    void keysAreThoseThatTheServerNames() throws IOException {
        List<List<String>> requests = Traffic.requests().frames().stream()
                .map(frame -> PlainRequests.of(frame).requests.get(0).arguments())
                .toList();
        int named = 0;
        try (RedisServer server = RedisServer.start();
                PlainConnection connection = new PlainConnection(server.port())) {
            for (int seed = FIRST_SEED; seed < FIRST_SEED + 5000; seed++) {
                Random random = new Random(seed);
                List<String> words = mutated(requests.get(random.nextInt(requests.size())), random);
                CommandLine line = CommandLine.of(words.toArray(String[]::new));
                RespCommand command = RespCommands.find(line);
                Object answer = keysByServer(connection, words);
                boolean told = !command.keysUnknown(line) && !GUESSED.contains(command.name());
                if (answer instanceof List<?> keys && told) {
                    named++;
                    assertThat(line.keys()).as("seed %d: %s", seed, words).isEqualTo(keys);
                } else if (told) {
                    assertThat(line.keys())
                            .as("seed %d: %s: %s", seed, words, answer)
                            .isEmpty();
                }
            }
        }
        assertThat(named).isGreaterThan(1000);
    }

    private static Object keysByServer(PlainConnection connection, List<String> words) throws IOException {
        List<String> call = new ArrayList<>(List.of("COMMAND", "GETKEYS"));
        call.addAll(words);
        return connection.call(call.toArray(String[]::new));
    }

    private static List<String> mutated(List<String> request, Random random) {
        List<String> words = new ArrayList<>(request);
        for (int left = random.nextInt(4); left > 0; left--) {
            int at = 1 + random.nextInt(words.size());
            String word = WORDS.get(random.nextInt(WORDS.size()));
            if (at == words.size() || random.nextInt(3) == 0) {
                words.add(at, word);
            } else if (random.nextBoolean()) {
                words.set(at, word);
            } else {
                words.remove(at);
            }
        }
        return words;
    }
}
