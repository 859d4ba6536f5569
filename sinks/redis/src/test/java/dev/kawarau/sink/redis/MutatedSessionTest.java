package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Budget;
import dev.kawarau.EventLoops;
import dev.kawarau.testkit.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Sessions with a few bytes changed, again and again, while other clients on the same connections to the server check
 * that each gets its own answers and nobody else's. The seed is said with every failure.
 */
class MutatedSessionTest {
    private static final long SEED = Long.getLong("kawarau.seed", 20_261_120L);
    private static final int SESSIONS = Integer.getInteger("kawarau.sessions", 150);
    private static final int LONGEST_END = 20_000;

    /** Nothing that harms the server on purpose: it is real, and would stop or pause for everybody. */
    private static final List<String> SESSION = List.of(
            "HELLO 3",
            "HELLO 2",
            "HELLO 3 AUTH default x SETNAME n",
            "AUTH default x",
            "PING",
            "SET f:a 1",
            "GET f:a",
            "MGET f:a f:b f:c",
            "INCR f:n",
            "LPUSH f:l 1 2 3",
            "BLPOP f:l f:none 0",
            "BLPOP f:none 0",
            "LRANGE f:l 0 -1",
            "HSET f:h a 1",
            "HGETALL f:h",
            "ZADD f:z 1 a",
            "ZRANGE f:z 0 -1 WITHSCORES",
            "XADD f:s * a 1",
            "XREAD BLOCK 0 STREAMS f:s $",
            "XREAD COUNT 1 STREAMS f:s 0",
            "MULTI",
            "EXEC",
            "DISCARD",
            "WATCH f:a",
            "UNWATCH",
            "SELECT 1",
            "SELECT 0",
            "SUBSCRIBE f:ch",
            "PSUBSCRIBE f:*",
            "UNSUBSCRIBE",
            "PUNSUBSCRIBE",
            "PUBLISH f:ch m",
            "CLIENT REPLY OFF",
            "CLIENT REPLY SKIP",
            "CLIENT REPLY ON",
            "CLIENT SETNAME f",
            "CLIENT GETNAME",
            "CLIENT ID",
            "CLIENT TRACKING ON",
            "CLIENT TRACKING OFF",
            "CLIENT NO-EVICT ON",
            "MONITOR",
            "RESET",
            "NOSUCH a b",
            "EVAL 1 0",
            "EVAL redis.call('SET',KEYS[1],ARGV[1]) 1 f:e 1",
            "OBJECT ENCODING f:a",
            "SORT f:l BY f:w* GET #",
            "COMMAND COUNT",
            "WAIT 0 10",
            "REPLCONF capa eof",
            "PSYNC ? -1",
            "SYNC",
            "READONLY",
            "ASKING",
            "SCAN 0",
            "COPY f:a f:b DB 2",
            "QUIT");

    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void nobodyElseNoticesAndNothingIsLeft() throws Exception {
        Budget budget = Budget.ofBytes(64 << 20);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (RedisServer server = RedisServer.start();
                EventLoops loop = EventLoops.of(1);
                Proxy proxy = Proxy.before(
                        RedisSink.to(server.uri()).requestTimeout(Duration.ofSeconds(5)),
                        listener -> listener.eventLoops(loop).budget(budget).frameTimeout(Duration.ofSeconds(2)))) {
            List<Future<?>> hostile = new ArrayList<>();
            List<Future<Integer>> checkers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                long seed = SEED + i;
                hostile.add(threads.submit(() -> {
                    hostile(proxy.listener().port(), new Random(seed));
                    return null;
                }));
            }
            for (String version : List.of("2", "3")) {
                checkers.add(threads.submit(() -> check(proxy, version)));
            }
            for (Future<?> each : hostile) {
                each.get(SESSIONS, TimeUnit.SECONDS);
            }
            over.set(true);
            for (Future<Integer> each : checkers) {
                assertThat(each.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
            }
            await().until(() ->
                    proxy.listener().connections() == 0 && budget.usedBytes() == 0 && budget.requestsInFlight() == 0);
        } catch (AssertionError | Exception failed) {
            throw new AssertionError("seed " + SEED, failed);
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    /** One session after the other; each must come to an end when the client has said all. */
    private static void hostile(int port, Random random) throws IOException {
        for (int i = 0; i < SESSIONS; i++) {
            byte[] bytes = mutated(session(random), random);
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(LONGEST_END);
                send(socket, bytes, random);
                if (random.nextInt(5) > 0) {
                    socket.shutdownOutput();
                    readToTheEnd(socket.getInputStream());
                }
            } catch (SocketTimeoutException hung) {
                throw new AssertionError(
                        "no end of the session " + Frame.printable(new String(bytes, ISO_8859_1)), hung);
            } catch (SocketException reset) {
                // The listener may hang up on what it does not understand.
            }
        }
    }

    private static void readToTheEnd(InputStream in) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        long last = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_END);
        while (in.read(chunk) >= 0) {
            if (System.nanoTime() > last) {
                throw new SocketTimeoutException("more and more comes");
            }
        }
    }

    private static void send(Socket socket, byte[] bytes, Random random) throws IOException {
        int at = 0;
        while (at < bytes.length) {
            int length =
                    random.nextInt(4) == 0 ? bytes.length - at : Math.min(bytes.length - at, 1 + random.nextInt(200));
            socket.getOutputStream().write(bytes, at, length);
            at += length;
        }
    }

    private static byte[] session(Random random) {
        StringBuilder session = new StringBuilder();
        for (int i = 1 + random.nextInt(40); i > 0; i--) {
            String line = SESSION.get(random.nextInt(SESSION.size()));
            session.append(random.nextInt(8) == 0 ? line + "\r\n" : RawClient.request(line.split(" ")));
        }
        return session.toString().getBytes(ISO_8859_1);
    }

    private static byte[] mutated(byte[] session, Random random) {
        byte[] bytes = session;
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            int length = Math.min(bytes.length - at, 1 + random.nextInt(30));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            switch (random.nextInt(7)) {
                case 0 -> out.write(bytes[at] ^ 1 << random.nextInt(8));
                case 1 -> out.write(random.nextInt(256));
                case 2 -> length = Math.min(length, 3);
                case 3 -> {
                    out.write(bytes, at, length);
                    out.write(bytes, at, length);
                }
                case 4 -> {
                    out.writeBytes("\r\n".getBytes(ISO_8859_1));
                    length = 0;
                }
                case 5 -> {
                    out.write(0);
                    length = 0;
                }
                default -> out.write("*$:+-0123456789\r\n".charAt(random.nextInt(17)));
            }
            int rest = Math.min(bytes.length, at + Math.max(length, 0));
            out.write(bytes, rest, bytes.length - rest);
            bytes = out.toByteArray();
        }
        return bytes;
    }

    /** Every answer is compared; the values are of this client alone. */
    private int check(Proxy proxy, String version) throws IOException {
        int rounds = 0;
        while (!over.get()) {
            try (RawClient client = proxy.raw()) {
                assertThat(client.call("HELLO", version)).startsWith(version.equals("2") ? "*[" : "%[");
                for (int i = 0; i < 20; i++) {
                    String key = "check:" + version + ":" + rounds % 7;
                    String value = "value-" + version + "-" + rounds++;
                    client.write(RawClient.request("SET", key, value)
                            + RawClient.request("GET", key)
                            + RawClient.request("ECHO", value));
                    assertThat(client.reply()).isEqualTo("+OK");
                    assertThat(client.reply()).isEqualTo("$" + value);
                    assertThat(client.reply()).isEqualTo("$" + value);
                    client.write(RawClient.request("WATCH", key)
                            + RawClient.request("MULTI")
                            + RawClient.request("GET", key)
                            + RawClient.request("EXEC")
                            + RawClient.request("GET", key));
                    assertThat(client.reply()).isEqualTo("+OK");
                    assertThat(client.reply()).isEqualTo("+OK");
                    assertThat(client.reply()).isEqualTo("+QUEUED");
                    assertThat(client.reply()).isEqualTo("*[$" + value + "]");
                    assertThat(client.reply()).isEqualTo("$" + value);
                }
            }
        }
        return rounds;
    }
}
