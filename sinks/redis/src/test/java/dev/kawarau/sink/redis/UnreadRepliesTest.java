package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Budget;
import dev.kawarau.EventLoops;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** Clients that send requests and never read a reply. */
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
        // What one read of the server's connection brings comes too, and the rest of a reply that is longer.
        long limit = ((long) budgetKiB << 10) + (1 << 20) + length;
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

    /** Each by itself holds less than one connection may. */
    @Test
    void manyWhoNeverReadDoNotHoldUpOthersForLong() throws Exception {
        Budget budget = Budget.ofBytes(16 << 20);
        List<Socket> hogs = new ArrayList<>();
        try (RedisServer server = RedisServer.start();
                EventLoops loop = EventLoops.of(1);
                Proxy proxy = Proxy.before(
                        server.uri(), listener -> listener.eventLoops(loop).budget(budget));
                Jedis direct = new Jedis(server.host(), server.port());
                RawClient other = proxy.raw()) {
            direct.set("k", "v".repeat(100_000));
            byte[] requests = RawClient.request("GET", "k").repeat(40).getBytes(US_ASCII);
            for (int i = 0; i < 40; i++) {
                Socket hog = new Socket();
                hogs.add(hog);
                hog.setReceiveBufferSize(4_096);
                hog.connect(new InetSocketAddress("127.0.0.1", proxy.listener().port()));
                hog.getOutputStream().write(requests);
            }
            await().until(() -> budget.usedBytes() >= budget.maxBytes());

            for (int round = 0; round < 100; round++) {
                assertThat(other.call("GET", "k")).hasSize(100_001);
            }
            assertThat(budget.usedBytes()).isLessThan(budget.maxBytes());
        } finally {
            for (Socket hog : hogs) {
                hog.close();
            }
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
