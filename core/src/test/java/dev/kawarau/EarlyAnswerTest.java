package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EarlyAnswerTest {
    private final ExecutorService pool = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aBlockingTransformMayReadItsRequestThoughTheClientWasAnswered() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        BlockingQueue<String> read = new LinkedBlockingQueue<>();
        BlockingQueue<String> sunk = new LinkedBlockingQueue<>();
        Chain chain = Chain.named("early")
                .then((request, next) -> {
                    next.send(request);
                    return Reply.of(LineMessage.byHand("early"));
                })
                .then(Transform.blocking(pool, (request, next) -> {
                    try {
                        assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
                        read.add(((LineMessage) request).text());
                    } catch (Exception | AssertionError failed) {
                        read.add(failed.toString());
                    }
                    return next.send(request);
                }))
                .to(request -> {
                    sunk.add(((LineMessage) request).text());
                    return Reply.of(LineMessage.response(request, "late"));
                });
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n").expect("early\n");
            answered.countDown();

            assertThat(read.poll(20, TimeUnit.SECONDS)).isEqualTo("GET a");
            assertThat(sunk.poll(20, TimeUnit.SECONDS)).isEqualTo("GET a");
        }
    }
}
