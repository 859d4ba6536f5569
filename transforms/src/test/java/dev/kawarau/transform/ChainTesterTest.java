package dev.kawarau.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** The test kit with a protocol that its own module does not know. */
class ChainTesterTest {
    @Test
    void requestsAreAnsweredByHandInAnyOrderAndLeaveInTheirs() {
        try (ChainTester chain = RespChain.of()) {
            chain.client().send("GET a\r\nGET b\r\n");
            Arrival first = chain.sink().next();
            Arrival second = chain.sink().next();

            second.fail(new Failure(Failure.Kind.UNAVAILABLE, "no database"));
            first.answer(RespChain.OK);

            chain.client().expect("+OK\r\n-ERR no database\r\n");
            assertThat(first.text()).isEqualTo("*2\r\n$3\r\nGET\r\n$1\r\na\r\n");
        }
    }

    @Test
    void otherBytesThanExpectedAreShown() {
        try (ChainTester chain = RespChain.of()) {
            chain.sink().answers(RespChain.OK);
            chain.client().send("GET a\r\n");

            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> chain.client().expect("$1\r\n"))
                    .withMessage("expected from the server: \"$1\\r\\n\"\n but received: \"+OK\\r\"");
        }
    }

    @Test
    void aRequestThatTheTestNeverAnsweredFailsTheTest() {
        ChainTester chain = RespChain.of();
        chain.client().send("GET a\r\n");
        chain.sink().next();

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(chain::close)
                .withMessage("the test never answered GET \"*2\\r\\n$3\\r\\nGET\\r\\n$1\\r\\na\\r\\n\" at the sink");
    }

    @Test
    void aMessageThatATransformKeepsFailsTheTest() {
        BlockingQueue<Message> kept = new LinkedBlockingQueue<>();
        ChainTester chain = RespChain.of((request, next) -> {
            kept.add(request.retain());
            return next.send(request);
        });
        chain.sink().answers(RespChain.OK);
        chain.client().send("*2\r\n$3\r\nGET\r\n$1\r\na\r\n").expect("+OK\r\n");

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> chain.close(Duration.ofMillis(100)))
                .withMessageContaining("the bytes of GET \"*2\\r\\n$3\\r\\nGET\\r\\n$1\\r\\na\\r\\n\" are still held");
        kept.remove().release();
    }

    @Test
    void aTransformThatNeverRepliesFailsTheTest() {
        BlockingQueue<Promise> forgotten = new LinkedBlockingQueue<>();
        BlockingQueue<Message> requests = new LinkedBlockingQueue<>();
        ChainTester chain = RespChain.of((request, next) -> {
            Promise promise = new Promise();
            forgotten.add(promise);
            requests.add(request);
            return promise;
        });
        chain.client().send("GET a\r\n");
        Message request = take(requests);

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> chain.close(Duration.ofMillis(100)))
                .withMessageContaining("transform \"lambda\" never replied to 1 request(s)");
        request.session().loop().execute(() -> forgotten.remove().complete(RespChain.OK));
    }

    private static <T> T take(BlockingQueue<T> queue) {
        try {
            return queue.take();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
