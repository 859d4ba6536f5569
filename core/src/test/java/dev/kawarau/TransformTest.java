package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransformTest {
    private final LineMessage request = LineMessage.byHand("GET a");
    private final LineMessage response = LineMessage.byHand("b");

    @Test
    void whatATransformThrowsIsItsReply() {
        IllegalStateException broken = new IllegalStateException("broken");
        Chain chain = Chain.named("orders")
                .then((message, next) -> {
                    throw broken;
                })
                .to(message -> Reply.of(response));

        assertThat(chain.send(request).failure()).isSameAs(broken);
        chain.close();
    }

    @Test
    void anErrorIsAFailedReplyToo() {
        Chain chain = Chain.named("orders")
                .then((message, next) -> {
                    throw new AssertionError("broken");
                })
                .to(message -> Reply.of(response));

        assertThat(chain.send(request).failure()).isInstanceOf(AssertionError.class);
        chain.close();
    }

    @Test
    void noReplyAtAllIsAFailureThatNamesTheOffender() {
        Chain chain = Chain.named("orders").then((message, next) -> null).to(message -> Reply.of(response));

        assertThat(chain.send(request).failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("transform \"lambda\" in chain \"orders\" returned null, not a reply");
        chain.close();
    }

    @Test
    void aSinkThatThrowsOrHasNoReplyFailsTheReply() {
        IllegalStateException broken = new IllegalStateException("broken");
        Chain throwing = Chain.named("orders").to(message -> {
            throw broken;
        });
        Chain silent = Chain.named("orders").to(message -> null);

        assertThat(throwing.send(request).failure()).isSameAs(broken);
        assertThat(silent.send(request).failure())
                .hasMessage("the sink of chain \"orders\", lambda, returned null, not a reply");
        throwing.close();
        silent.close();
    }

    @Test
    void aTransformSeesWhatIsBelowItAsAReplyThatNeverThrows() {
        List<Throwable> seen = new ArrayList<>();
        Chain chain = Chain.named("orders")
                .then((message, next) -> next.send(message).recover(failure -> {
                    seen.add(failure);
                    return Reply.of(response);
                }))
                .then((message, next) -> {
                    throw new Failure(Failure.Kind.DENIED, "no");
                })
                .to(message -> Reply.of(response));

        assertThat(chain.send(request).message()).isSameAs(response);
        assertThat(seen).singleElement().isInstanceOf(Failure.class);
        chain.close();
    }

    @Test
    void aTransformMayCallTheRestOfTheChainSeveralTimesOrNever() {
        List<Message> sent = new ArrayList<>();
        Chain chain = Chain.named("orders")
                .then((message, next) -> message == request
                        ? next.send(message).flatMap(first -> next.send(response))
                        : Reply.of(message))
                .to(message -> {
                    sent.add(message);
                    return Reply.of(message);
                });

        assertThat(chain.send(request).message()).isSameAs(response);
        assertThat(chain.send(response).message()).isSameAs(response);
        assertThat(sent).containsExactly(request, response);
        chain.close();
    }

    @Test
    void aRequestThatATransformIntroducesIsAnsweredToItAlone() {
        Chain chain = Chain.named("copying")
                .then((message, next) -> {
                    next.send(LineMessage.instead(message, "COPY"));
                    return next.send(message);
                })
                .to(message -> Reply.of(LineMessage.response(message, ((LineMessage) message).text())));

        try (Listener listener = LineListener.on("local:copying").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\nGET b\n").expect("GET a\nGET b\n");
        }
    }
}
