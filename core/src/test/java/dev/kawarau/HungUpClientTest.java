package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HungUpClientTest {
    private final Held held = new Held();

    @ParameterizedTest
    @EnumSource(
            value = EventLoops.Transport.class,
            names = {"EPOLL", "NIO"})
    void whatAClientSentBeforeItHungUpIsServedAlsoIfItHadToWait(EventLoops.Transport transport) throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        Chain chain = Chain.named("held")
                .metrics(new SimpleMeterRegistry())
                .then((request, next) -> {
                    request.session().onHangUp(hungUp::countDown);
                    return next.send(request);
                })
                .to(held);
        try (EventLoops loops = EventLoops.of(transport, 1);
                Listener listener = LineListener.on("127.0.0.1:0")
                        .eventLoops(loops)
                        .maxInFlight(1)
                        .serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("1\n2\n3\nunfinished");
            Held.Request first = held.next();
            client.shutDownOutput();
            if (transport == EventLoops.Transport.EPOLL) {
                // It says so although nobody reads; NIO does not.
                assertThat(hungUp.await(20, TimeUnit.SECONDS)).isTrue();
            }

            first.answer("a");
            client.expect("a\n");
            held.next().answer("b");
            held.next().answer("c");
            client.expect("b\nc\n").expectEnd();
            assertThat(held.texts()).containsExactly("1", "2", "3");
        }
    }

    @Test
    void aClientThatHungUpInTheMiddleOfARequestIsGone() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("1\nunfinished").shutDownOutput();
            held.next().answer("a");
            client.expect("a\n").expectEnd();
        }
    }
}
