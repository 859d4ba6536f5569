package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Budget;
import dev.kawarau.EventLoops;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** A client that sends a million requests and never reads a reply. */
class UnreadRepliesTest {
    private static final int REQUESTS = 1_000_000;

    /** What all connections may hold and what one may, in KiB, and the length of the value that the hog asks for. */
    @ParameterizedTest
    @CsvSource({
        "4096, 256, 200",
        "16384, 1024, 2000",
        "32768, 8192, 100000",
        "16384, 65536, 100000",
        "32768, 8192, 1500000"
    })
    void whoNeverReadsTakesAsMuchMemoryAsAllowedAndHoldsUpNobody(int budgetKiB, int heldKiB, int length)
            throws Exception {
        Budget budget = Budget.ofBytes(budgetKiB << 10);
        // What was under way when the limit was reached comes too.
        long limit = (Math.max(budgetKiB, heldKiB) << 10) + Math.max(4 << 20, 128L * length);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (RedisServer server = RedisServer.start();
                EventLoops loop = EventLoops.of(1);
                Proxy proxy = Proxy.before(
                        server.uri(),
                        listener -> listener.eventLoops(loop).budget(budget).maxHeldBytes(heldKiB << 10));
                Jedis direct = new Jedis(server.host(), server.port());
                RawClient hog = proxy.raw();
                RawClient other = proxy.raw()) {
            direct.set("k", "v".repeat(length));
            assertThat(other.call("PING")).isEqualTo("+PONG");
            long before = DirectMemory.used();
            Future<?> sent = threads.submit(() -> send(hog));
            long most = 0;
            long mostDirect = 0;
            int rounds = 0;
            // Until the hog has got as far as it ever will: nothing more is carried out for it.
            long carriedOut = -1;
            while (rounds < 50 || carriedOut != carriedOut(direct)) {
                carriedOut = carriedOut(direct);
                for (int i = 0; i < 20; i++) {
                    assertThat(other.call("ECHO", "round " + rounds)).isEqualTo("$round " + rounds);
                    most = Math.max(most, budget.usedBytes());
                    mostDirect = Math.max(mostDirect, DirectMemory.used() - before);
                }
                rounds++;
            }
            assertThat(most).isLessThan(limit);
            assertThat(mostDirect).isLessThan(2 * limit + (64 << 20));
            assertThat(carriedOut).isLessThan(REQUESTS / 10);
            hog.close();
            sent.get(20, TimeUnit.SECONDS);
            await().until(() -> budget.usedBytes() < 100_000 && proxy.listener().connections() == 1);
            assertThat(other.call("ECHO", "after")).isEqualTo("$after");
        } finally {
            threads.shutdownNow();
        }
    }

    private static void send(RawClient hog) {
        String requests = RawClient.request("GET", "k").repeat(1_000);
        try {
            for (int i = 0; i < REQUESTS / 1_000; i++) {
                hog.write(requests);
            }
        } catch (IOException closed) {
            // So it should be, some time.
        }
    }

    private static long carriedOut(Jedis direct) {
        String stats = direct.info("commandstats");
        int at = stats.indexOf("cmdstat_get:calls=");
        return at < 0 ? 0 : Long.parseLong(stats.substring(at + 18, stats.indexOf(',', at)));
    }
}
