package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.transform.control.Timeout;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What goes to which copy, and what waits for what. */
class ParallelMapTest {
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    /** Keys that belong to the first and to the second of two copies. */
    private static final String FIRST = key(0);

    private static final String SECOND = key(1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final OtherSide first = OtherSide.holding();
    private final OtherSide second = OtherSide.holding();

    private static String key(int copy) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "key" + i)
                .filter(key ->
                        Placement.of(Unpooled.wrappedBuffer(key.getBytes(StandardCharsets.ISO_8859_1)), 2, all -> true)
                                == copy)
                .findFirst()
                .orElseThrow();
    }

    private ParallelMap over(Chain... copies) {
        return ParallelMap.to(copies).metrics(meters).build();
    }

    private static ChainTester serving(Chain end, Transform... before) {
        List<Transform> transforms = new ArrayList<>(List.of(before));
        transforms.add((request, next) -> end.send(request));
        return ChainTester.of(
                (address, served) -> RespListener.on(address).serve(served), transforms.toArray(Transform[]::new));
    }

    private static void arrived(OtherSide copy, String... operations) {
        await().untilAsserted(() -> assertThat(copy.operations()).containsExactly(operations));
    }

    private double waited() {
        return meters.get("kawarau.parallel.waited").functionCounter().count();
    }

    /** The copy that is the home of the only session, whose number the test does not know. */
    private boolean firstIsHome(ChainTester chain) throws InterruptedException {
        chain.client().send("PING\r\n");
        await().until(() -> first.operations().size() + second.operations().size() == 1);
        boolean isFirst = first.operations().size() == 1;
        (isFirst ? first : second).answer(OK);
        chain.client().expect("+OK\r\n");
        return isFirst;
    }

    @Test
    void requestsForDifferentKeysAreUnderWayAtOnceAndAnsweredInTheirOrder() throws InterruptedException {
        try (ChainTester chain = serving(over(first, second))) {
            chain.client().send("GET " + FIRST + "\r\nGET " + SECOND + "\r\nSET " + FIRST + " v\r\n");
            arrived(first, "GET", "SET");
            arrived(second, "GET");
            second.answer(RespMessage.of(RespValue.integer(2)));
            first.answer(RespMessage.of(RespValue.integer(1)));
            first.answer(RespMessage.of(RespValue.integer(3)));
            chain.client().expect(":1\r\n:2\r\n:3\r\n");
        }
        assertThat(waited()).isZero();
        assertThat(meters.get("kawarau.parallel.requests")
                        .tag("target", "0")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void aRequestOfSeveralCopiesWaitsForAllBeforeItAndHoldsUpWhatIsBehindIt() throws InterruptedException {
        try (ChainTester chain = serving(over(first, second))) {
            OtherSide home = firstIsHome(chain) ? first : second;
            OtherSide other = home == first ? second : first;
            String here = home == first ? FIRST : SECOND;
            String there = home == first ? SECOND : FIRST;

            chain.client()
                    .send("SET " + here + " v\r\nSET " + there + " v\r\nMGET " + here + " " + there + "\r\nGET " + there
                            + "\r\nGET " + here + "\r\n");
            arrived(home, "PING", "SET");
            arrived(other, "SET");
            home.answer(OK);
            chain.client().expect("+OK\r\n");
            assertThat(home.operations()).as("one is under way elsewhere").hasSize(2);
            other.answer(OK);
            arrived(home, "PING", "SET", "MGET");
            assertThat(other.operations()).hasSize(1);
            home.answer(OK);
            arrived(other, "SET", "GET");
            arrived(home, "PING", "SET", "MGET", "GET");
            home.answer(OK);
            other.answer(OK);
            chain.client().expect("+OK\r\n".repeat(4));
        }
        assertThat(waited()).isEqualTo(3);
    }

    @Test
    void whatGoesHomeOneAfterTheOtherNeedsNotWait() throws InterruptedException {
        try (ChainTester chain = serving(over(first, second))) {
            boolean firstIsHome = firstIsHome(chain);
            OtherSide home = firstIsHome ? first : second;
            chain.client()
                    .send("MULTI\r\nSET a b\r\nSET c d\r\nEXEC\r\nPING\r\nGET " + (firstIsHome ? FIRST : SECOND)
                            + "\r\n");
            arrived(home, "PING", "MULTI", "SET", "SET", "EXEC", "PING", "GET");
            for (int i = 0; i < 6; i++) {
                home.answer(OK);
            }
            chain.client().expect("+OK\r\n".repeat(6));
        }
        assertThat(waited()).isZero();
    }

    @Test
    void whatMayBlockHoldsUpWhatIsForOtherCopies() throws InterruptedException {
        try (ChainTester chain = serving(over(first, second))) {
            chain.client().send("BLPOP " + FIRST + " 0\r\nGET " + FIRST + "\r\nGET " + SECOND + "\r\n");
            arrived(first, "BLPOP", "GET");
            assertThat(second.operations()).isEmpty();
            first.answer(OK);
            arrived(second, "GET");
            first.answer(OK);
            second.answer(OK);
            chain.client().expect("+OK\r\n".repeat(3));
        }
    }

    @Test
    void aDatabaseThatIsSelectedIsSelectedAtAllCopiesBeforeWhatIsBehindIt() {
        OtherSide a = OtherSide.answering(OK);
        OtherSide b = OtherSide.answering(OK);
        try (ChainTester chain = serving(over(a, b))) {
            chain.client()
                    .send("GET " + FIRST + "\r\nGET " + SECOND + "\r\nSELECT 1\r\nGET " + FIRST + "\r\nGET " + SECOND
                            + "\r\n")
                    .expect("+OK\r\n".repeat(5));
        }
        assertThat(a.operations()).containsExactly("GET", "SELECT", "GET");
        assertThat(b.operations()).containsExactly("GET", "SELECT", "GET");
    }

    @Test
    void whatACopyFailsWithIsTheAnswerAndTheRestGoesOn() throws InterruptedException {
        OtherSide broken = OtherSide.by(request -> {
            throw new Failure(Failure.Kind.UNAVAILABLE, "gone");
        });
        try (ChainTester chain = serving(over(broken, second))) {
            chain.client()
                    .send("GET " + SECOND + "\r\nGET " + FIRST + "\r\nMGET " + FIRST + " " + SECOND + "\r\nGET " + FIRST
                            + "\r\n");
            second.answer(OK);
            chain.client().expect("+OK\r\n-ERR gone\r\n");
            if (second.operations().size() == 2) {
                second.answer(OK);
                chain.client().expect("+OK\r\n");
            } else {
                chain.client().expect("-ERR gone\r\n");
            }
            chain.client().expect("-ERR gone\r\n");
        }
    }

    @Test
    void whatWasAnsweredWhileItWaitedIsNotSent() throws InterruptedException {
        try (ChainTester chain = serving(over(first, second), Timeout.after(Duration.ofMillis(50)))) {
            chain.client().send("GET " + FIRST + "\r\nGET " + SECOND + "\r\nMGET " + FIRST + " " + SECOND + "\r\n");
            chain.client().expect("-ERR no reply within 50 ms\r\n".repeat(3));
            first.answer(OK);
            second.answer(OK);
            arrived(first, "GET");
            arrived(second, "GET");
        }
    }

    @Test
    void aSessionStaysWhileAnythingIsUnderWay() throws InterruptedException {
        List<Boolean> left = new ArrayList<>();
        ParallelMap map = over(first, second);
        Chain asking = request -> {
            Reply reply = map.send(request);
            left.add(map.leave(request.session()));
            return reply.whenDone((response, failure) -> left.add(map.leave(request.session())));
        };
        try (ChainTester chain = serving(asking)) {
            chain.client().send("GET " + FIRST + "\r\n");
            first.answer(OK);
            chain.client().expect("+OK\r\n");
        }
        assertThat(left).containsExactly(false, true);
    }

    /** As many threads as copies meet inside the transform, which one copy would never bring together. */
    @Test
    void aTransformThatBlocksIsAtWorkOnAsManyRequestsOfASessionAsThereAreCopies() {
        int copies = 4;
        ExecutorService threads = Executors.newFixedThreadPool(copies);
        CyclicBarrier meeting = new CyclicBarrier(copies);
        Transform meet = (request, next) -> {
            try {
                meeting.await(10, TimeUnit.SECONDS);
            } catch (Exception nobody) {
                throw new Failure(Failure.Kind.TIMEOUT, "they did not meet", false, nobody);
            }
            return next.send(request);
        };
        Chain[] chains = new Chain[copies];
        StringBuilder pipeline = new StringBuilder();
        for (int i = 0; i < copies; i++) {
            int copy = i;
            chains[i] = Chain.named("copy " + i)
                    .metrics(meters)
                    .then(Transform.blocking(threads, meet))
                    .to(request -> Reply.of(OK));
            Stream.iterate(0, n -> n + 1)
                    .filter(n -> Placement.of(Unpooled.copyInt(n), copies, all -> true) == copy)
                    .limit(1)
                    .forEach(n -> pipeline.append("*2\r\n$3\r\nGET\r\n$4\r\n")
                            .append(Unpooled.copyInt(n).toString(StandardCharsets.ISO_8859_1))
                            .append("\r\n"));
        }
        try (ChainTester chain = serving(over(chains))) {
            chain.client().send(pipeline.toString().repeat(3)).expect("+OK\r\n".repeat(3 * copies));
        } finally {
            threads.shutdownNow();
            Stream.of(chains).forEach(Chain::close);
        }
    }

    /** A store whose copies each take their time, as chance has it: the client reads what it wrote, by whatever command. */
    @Test
    void aClientFindsWhatItWouldFindWithoutCopies() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ConcurrentHashMap<String, String> store = new ConcurrentHashMap<>();
        Chain[] copies = new Chain[3];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = new SlowCopy(store, new Random(random.nextLong()));
        }
        StringBuilder pipeline = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        ConcurrentHashMap<String, String> model = new ConcurrentHashMap<>();
        for (int i = 0; i < 2_000; i++) {
            String key = "k" + random.nextInt(8);
            String other = "k" + random.nextInt(8);
            String request = switch (random.nextInt(5)) {
                case 0, 1 -> "SET " + key + " v" + i;
                case 2, 3 -> "GET " + key;
                default -> random.nextBoolean() ? "MGET " + key + " " + other : "DBSIZE";
            };
            pipeline.append(request).append("\r\n");
            expected.append('+')
                    .append(SlowCopy.carryOut(model, request.split(" ")))
                    .append("\r\n");
        }
        try (ChainTester chain = serving(over(copies))) {
            assertThat(chain.client().send(pipeline.toString()).receive(expected.length()))
                    .as("seed %d", seed)
                    .isEqualTo(expected.toString());
        }
    }

    @Test
    void itPrintsAsItNestsAndForgetsItsMetrics() {
        ParallelMap map =
                over(Chain.named("inner").metrics(new SimpleMeterRegistry()).to(first));

        assertThat(map.toString()).startsWith("ParallelMap\n  0: chain \"inner\"\n    -> ");
        map.close();
        assertThat(meters.getMeters()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(ParallelMap::over)
                .withMessage("ParallelMap needs a chain to send to");
    }
}
