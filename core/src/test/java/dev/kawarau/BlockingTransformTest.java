package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingTransformTest {
    private final ExecutorService pool = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void itRunsOnTheExecutorAndAllElseOnTheEventLoop() {
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(pool, (request, next) -> {
                    threads.add(
                            "handle on the loop: " + request.session().loop().inEventLoop());
                    return next.send(request)
                            .whenDone((response, failure) -> threads.add("callback on the loop: "
                                    + request.session().loop().inEventLoop()));
                }))
                .to(request -> {
                    threads.add("sink on the loop: " + request.session().loop().inEventLoop());
                    return Reply.of(LineMessage.response(request, "ok"));
                });

        serve(chain, client -> client.send("GET a\n").expect("ok\n"));

        assertThat(threads)
                .containsExactly("handle on the loop: false", "sink on the loop: true", "callback on the loop: true");
    }

    @Test
    void theRequestsOfOneSessionAreHandledOneAfterTheOtherAndInOrder() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(pool, (request, next) -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    order.add(((LineMessage) request).text());
                    running.decrementAndGet();
                    return next.send(request);
                }))
                .to(Held.echo());
        StringBuilder lines = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            lines.append("GET ").append(i).append('\n');
            expected.add("GET " + i);
        }

        serve(chain, client -> client.send(lines.toString()).expect(lines.toString()));

        assertThat(order).containsExactlyElementsOf(expected);
        assertThat(most).hasValue(1);
    }

    @Test
    void whatComesByAnotherChainDoesNotOvertakeWhatIsBeingHandled() {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        List<String> arrived = Collections.synchronizedList(new ArrayList<>());
        Chain sink = request -> {
            arrived.add(((LineMessage) request).text());
            return Reply.of(LineMessage.response(request, "ok"));
        };
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Chain slow = Chain.named("slow")
                .metrics(meters)
                .then(Transform.blocking(pool, (request, next) -> {
                    handling.countDown();
                    pass(released);
                    return next.send(request);
                }))
                .to(sink);
        Chain quick = Chain.named("quick").to(sink);
        try (Listener listener = LineListener.on("local:blocking swap").serve(slow);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            pass(handling);
            CompletableFuture<Chain> left = listener.serve(quick).toCompletableFuture();
            client.send("GET 2\n");
            await().until(() -> meters.get("kawarau.inflight").gauges().stream().anyMatch(gauge -> gauge.value() == 2));
            released.countDown();
            client.expect("ok\nok\n");
            assertThat(arrived).containsExactly("GET 1", "GET 2");
            assertThat(left).succeedsWithin(Duration.ofSeconds(20)).isSameAs(slow);
        }
        slow.close();
        quick.close();
    }

    @Test
    void aSessionStaysForAsLongAsTheTransformHoldsIt() {
        AtomicBoolean lets = new AtomicBoolean();
        Transform holding = new Transform() {
            @Override
            public Reply handle(Message request, Chain next) {
                return next.send(request);
            }

            @Override
            public boolean leave(Session session) {
                return lets.get();
            }
        };
        Chain old = Chain.named("old").then(Transform.blocking(pool, holding)).to(Held.echo());
        Chain another = Chain.named("another").to(request -> Reply.of(LineMessage.response(request, "another")));
        try (Listener listener = LineListener.on("local:blocking stays").serve(old);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n").expect("GET 1\n");
            listener.serve(another);
            client.send("GET 2\n").expect("GET 2\n");
            lets.set(true);
            client.send("GET 3\n").expect("another\n");
        }
        old.close();
        another.close();
    }

    @Test
    void theChainsOfTheTransformAreKnown() {
        Chain other = Chain.named("other").to(Held.echo());
        Transform sending = new Transform() {
            @Override
            public Reply handle(Message request, Chain next) {
                return other.send(request);
            }

            @Override
            public List<Chain> chains() {
                return List.of(other);
            }
        };
        assertThat(Transform.blocking(pool, sending).chains()).containsExactly(other);
        other.close();
    }

    @Test
    void sessionsDoNotWaitForOneAnother() {
        CyclicBarrier both = new CyclicBarrier(2);
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(pool, (request, next) -> {
                    meet(both);
                    return next.send(request);
                }))
                .to(Held.echo());

        try (Listener listener = LineListener.on("local:blocking").serve(chain);
                LineClient one = LineClient.of(listener);
                LineClient two = LineClient.of(listener)) {
            one.send("GET 1\n");
            two.send("GET 2\n");
            one.expect("GET 1\n");
            two.expect("GET 2\n");
        }
        chain.close();
    }

    @Test
    void aFullExecutorIsAnErrorOfItsOwnForEachRequest() {
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(
                        task -> {
                            throw new RejectedExecutionException("full");
                        },
                        (request, next) -> next.send(request)))
                .to(Held.echo());
        int count = 3_000;

        serve(
                chain,
                client -> client.send("GET a\n".repeat(count))
                        .expect("!OVERLOADED too many requests wait for lambda, try again later\n".repeat(count)));
    }

    @Test
    void whatItThrowsAndNoReplyAtAllAreFailedReplies() {
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(
                        pool, (request, next) -> switch (request.query().operation()) {
                            case "THROW" -> throw new Failure(Failure.Kind.DENIED, "no");
                            case "NULL" -> null;
                            default -> next.send(request);
                        }))
                .to(Held.echo());

        serve(
                chain,
                client -> client.send("GET a\nTHROW\nNULL\nGET b\n")
                        .expect("GET a\n!DENIED no\n!INVALID internal error, see the log of the proxy\nGET b\n"));
    }

    @Test
    void aSinkThatThrowsHangsNobody() {
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(pool, (request, next) -> next.send(request)))
                .to(request -> {
                    if (request.query().operation().equals("THROW")) {
                        throw new Failure(Failure.Kind.UNAVAILABLE, "gone");
                    }
                    return Reply.of(LineMessage.response(request, "ok"));
                });

        serve(chain, client -> client.send("GET a\nTHROW\nGET b\n").expect("ok\n!UNAVAILABLE gone\nok\n"));
    }

    @Test
    void itMayChangeTheResponseAndAskAgain() {
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(
                        pool,
                        (request, next) -> next.send(request)
                                .flatMap(first -> next.send(LineMessage.instead(request, "SECOND")))
                                .map(second -> LineMessage.byHand("after " + ((LineMessage) second).text()))))
                .to(Held.echo());

        serve(chain, client -> client.send("FIRST\n").expect("after SECOND\n"));
    }

    @Test
    void aRequestIsThereForAsLongAsItRunsThoughTheClientVanishes() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch vanished = new CountDownLatch(1);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        Chain chain = Chain.named("slow")
                .then(Transform.blocking(pool, (request, next) -> {
                    started.countDown();
                    pass(vanished);
                    seen.add(((LineMessage) request).text());
                    return next.send(request);
                }))
                .to(Held.echo());

        try (Listener listener = LineListener.on("local:blocking").serve(chain)) {
            LineClient client = LineClient.of(listener);
            client.send("GET a\n");
            pass(started);
            client.close();
            await().until(() -> listener.connections() == 0);
            vanished.countDown();

            await().untilAsserted(() -> assertThat(seen).containsExactly("GET a"));
        }
        chain.close();
    }

    private interface Talk {
        void with(LineClient client);
    }

    private static void serve(Chain chain, Talk talk) {
        try (Listener listener = LineListener.on("local:blocking").serve(chain);
                LineClient client = LineClient.of(listener)) {
            talk.with(client);
        }
        chain.close();
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
