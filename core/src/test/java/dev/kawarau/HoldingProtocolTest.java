package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A protocol whose decoder keeps what has come of a request, and whose encoder says what a response answers. */
class HoldingProtocolTest {
    private final AtomicInteger closed = new AtomicInteger();
    private final Protocol protocol = new Holding();

    @Test
    void aRequestThatTheDecoderHoldsAPartOfMustBeFinishedInTime() {
        try (VirtualTime time = new VirtualTime();
                Listener listener = LineListener.on("local:holding")
                        .eventLoops(time.loops())
                        .frameTimeout(Duration.ofSeconds(10))
                        .serve(Held.echo(), protocol);
                LineClient client = LineClient.of(listener)) {
            client.send("beg");
            time.pass(Duration.ofSeconds(9));
            assertThat(client.hasEnded()).isFalse();

            time.pass(Duration.ofSeconds(5));

            client.expect("!TIMEOUT the rest of the request did not come in time\n");
            client.expectEnd();
        }
        assertThat(closed).hasValue(1);
    }

    @Test
    void whatTheDecoderHoldsCountsAgainstTheBudgetUntilItsConnectionIsGone() {
        Budget budget = Budget.ofBytes(100 << 20);
        try (Listener listener = LineListener.on("127.0.0.1:0")
                .budget(budget)
                .metrics(new SimpleMeterRegistry())
                .serve(Held.echo(), protocol)) {
            LineClient client = LineClient.of(listener);
            client.send("x".repeat(1 << 20));
            await().until(() -> budget.usedBytes() >= 1 << 20);

            client.close();

            await().until(() -> budget.usedBytes() == 0);
            assertThat(closed).hasValue(1);
        }
    }

    @Test
    void theEncoderIsToldWhichRequestAResponseAnswers() {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(Held.echo(), protocol);
                LineClient client = LineClient.of(listener)) {
            client.send("a\nb\n").expect("a: a\nb: b\n");
        }
    }

    private final class Holding implements Protocol {
        @Override
        public String name() {
            return LineListener.PROTOCOL.name();
        }

        @Override
        public boolean ordered() {
            return true;
        }

        @Override
        public RequestDecoder newDecoder(Session session) {
            return new Holder(session);
        }

        @Override
        public ResponseEncoder newEncoder(Session session) {
            return (request, response, out) -> {
                if (request instanceof LineMessage line) {
                    LineMessage.byHand(line.text() + ": " + ((LineMessage) response).text())
                            .writeTo(out);
                } else {
                    response.writeTo(out);
                }
            };
        }

        @Override
        public Message failure(Message request, RuntimeException failure) {
            return LineListener.PROTOCOL.failure(request, failure);
        }
    }

    private final class Holder implements Protocol.RequestDecoder {
        private final Session session;
        private final ByteBuf held;

        Holder(Session session) {
            this.session = session;
            this.held = session.alloc().buffer();
        }

        @Override
        public Message decode(ByteBuf in) {
            int end = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
            held.writeBytes(in, end < 0 ? in.readableBytes() : end + 1 - in.readerIndex());
            if (end < 0) {
                return null;
            }
            ByteBuf line = session.alloc().buffer().writeBytes(held);
            held.clear();
            return LineMessage.of(session, line, 0, line.readableBytes());
        }

        @Override
        public int heldBytes() {
            return held.readableBytes();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            held.release();
        }
    }
}
