package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ListenerTest {
    private final Held held = new Held();
    private final Chain chain =
            Chain.named("held").metrics(new SimpleMeterRegistry()).to(held);

    @Test
    void repliesLeaveInRequestOrderHoweverTheyCome() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\nGET 2\nGET 3\n");
            Held.Request first = held.next();
            Held.Request second = held.next();
            Held.Request third = held.next();

            third.answer("c");
            second.fail(new Failure(Failure.Kind.TIMEOUT, "too late"));
            first.answer("a");

            client.expect("a\n!TIMEOUT too late\nc\n");
        }
    }

    @Test
    void requestsThatComeByteByByteAreAnswered() {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            for (char c : "GET one\nGET two\n".toCharArray()) {
                client.send(String.valueOf(c));
            }
            client.expect("GET one\nGET two\n");
        }
    }

    @Test
    void whatATransformThrowsIsAnInternalErrorAndTheConnectionStays() {
        Chain broken = Chain.named("broken")
                .then((request, next) -> {
                    if (request.query().kind() == Query.Kind.WRITE) {
                        throw new IllegalArgumentException("secret");
                    }
                    return next.send(request);
                })
                .to(Held.echo());

        try (Listener listener = LineListener.on("local:broken").serve(broken);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\nSET a b\nGET c\n")
                    .expect("GET a\n!INVALID internal error, see the log of the proxy\nGET c\n");
        }
    }

    @Test
    void aResponseThatWasReleasedTooEarlyIsAnErrorAndNotAHang() throws Exception {
        AtomicReference<Message> cached = new AtomicReference<>();
        Chain caching = Chain.named("caching")
                .then((request, next) -> cached.get() != null
                        ? Reply.of(cached.get())
                        : next.send(request).whenDone((response, failure) -> cached.set(response)))
                .to(held);

        try (Listener listener = LineListener.on("local:released").serve(caching);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n");
            held.next().answer("one");
            client.expect("one\n");

            client.send("GET b\n").expect("!INVALID internal error, see the log of the proxy\n");
            cached.set(null);
            client.send("GET c\n");
            held.next().answer("two");
            client.expect("two\n");
        }
    }

    @Test
    void aResponseThatCannotBeEncodedIsAnErrorAndHoldsUpNoOther() throws Exception {
        try (Listener listener = LineListener.on("local:broken").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\nGET b\n");
            Held.Request first = held.next();
            first.message().session().loop().execute(() -> first.promise().complete(LineMessage.broken()));
            held.next().answer("b");

            client.expect("!INVALID internal error, see the log of the proxy\nb\n");
        }
    }

    @Test
    void malformedBytesAreAnsweredInTurnAndThenTheConnectionIsClosed() throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (Listener listener = LineListener.on("127.0.0.1:0").metrics(meters).serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\nGET 2\n?\nGET 3\n");
            Held.Request first = held.next();
            Held.Request second = held.next();

            second.answer("b");
            first.answer("a");

            client.expect("a\nb\n!MALFORMED a line must not begin with ?\n").expectEnd();
            assertThat(held.texts()).containsExactly("GET 1", "GET 2");
            assertThat(meters.get("kawarau.connections.malformed").counter().count())
                    .isEqualTo(1);
        }
    }

    @Test
    void aClientThatShutsDownItsSideGetsAllItsReplies() throws Exception {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        Chain noting = Chain.named("noting")
                .then((request, next) -> {
                    if (events.isEmpty()) {
                        events.add("request");
                        request.session().onHangUp(() -> events.add("hung up"));
                        request.session().onClose(() -> events.add("closed"));
                    }
                    return next.send(request);
                })
                .to(held);

        try (Listener listener = LineListener.on("127.0.0.1:0").serve(noting);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\nGET 2\n").shutDownOutput();
            Held.Request first = held.next();
            Held.Request second = held.next();
            await().until(() -> events.contains("hung up"));
            assertThat(events).containsExactly("request", "hung up");

            first.answer("a");
            second.answer("b");

            client.expect("a\nb\n").expectEnd();
            await().untilAsserted(() -> assertThat(events).containsExactly("request", "hung up", "closed"));
        }
    }

    @Test
    void aRequestOfAClientThatVanishedReleasesWhatItHolds() throws Exception {
        try (Listener listener = LineListener.on("local:vanish").serve(chain)) {
            LineClient client = LineClient.of(listener);
            client.send("GET 1\nGET 2\n");
            Held.Request first = held.next();
            Held.Request second = held.next();
            first.message().retain();

            client.close();
            await().until(() -> listener.connections() == 0);
            second.answer("b");
            first.answer("a");

            first.message().session().loop().submit(() -> {}).sync();
            assertThat(first.text()).isEqualTo(first.message().text());
            first.message().release();
        }
    }

    @Test
    void aSessionThatATransformClosesAnswersWhatCameBeforeAndTakesNoMore() {
        Chain closing = Chain.named("closing")
                .then((request, next) -> {
                    if (request.query().operation().equals("QUIT")) {
                        request.session().close();
                        assertThat(request.session().isOpen()).isFalse();
                    }
                    return next.send(request);
                })
                .to(Held.echo());

        try (Listener listener = LineListener.on("127.0.0.1:0").serve(closing);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\nQUIT\nGET b\n").expect("GET a\nQUIT\n").expectEnd();
        }
    }

    @Test
    void aSessionThatATransformAbortsWritesNothingMoreAndTakesNoMore() throws Exception {
        List<String> taken = Collections.synchronizedList(new ArrayList<>());
        Chain aborting = Chain.named("aborting")
                .then((request, next) -> {
                    taken.add(request.query().operation());
                    Reply reply = next.send(request);
                    if (request.query().operation().equals("QUIT")) {
                        request.session().abort();
                        assertThat(request.session().isOpen()).isFalse();
                        return Reply.failed(new Failure(Failure.Kind.UNAVAILABLE, "nobody reads this"));
                    }
                    return reply;
                })
                .to(held);

        try (Listener listener = LineListener.on("127.0.0.1:0").serve(aborting);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\nQUIT\nSET b\n").expectEnd();
            held.next().answer("a");
            held.next().answer("quit");
            assertThat(taken).containsExactly("GET", "QUIT");
        }
    }

    @Test
    void stateOfASessionLivesAsLongAsItsConnection() {
        Session.Key<Integer> count = Session.Key.named("count");
        List<Long> closed = Collections.synchronizedList(new ArrayList<>());
        Chain counting = Chain.named("counting").to(request -> {
            Session session = request.session();
            Integer before = session.get(count);
            if (before == null) {
                session.onClose(() -> closed.add(session.id()));
            }
            session.set(count, before == null ? 1 : before + 1);
            return Reply.of(LineMessage.byHand(session.get(count) + " of " + session.protocol()));
        });

        try (Listener listener = LineListener.on("local:state").serve(counting)) {
            try (LineClient one = LineClient.of(listener);
                    LineClient two = LineClient.of(listener)) {
                one.send("a\nb\n").expect("1 of LINES\n2 of LINES\n");
                two.send("a\n").expect("1 of LINES\n");
            }
            await().untilAsserted(() -> assertThat(closed).hasSize(2).doesNotHaveDuplicates());
        }
    }

    @Test
    void anAddressInUseIsSaid() {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(chain)) {
            String address = listener.address().toString();

            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> LineListener.on(address).serve(chain))
                    .withMessageStartingWith("LineListener cannot listen on " + address + ": ")
                    .withMessageContaining("in use");
        }
    }

    @Test
    void aHostThatDoesNotExistIsSaid() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> LineListener.on("no-such-host.invalid:0").serve(chain))
                .withMessageContaining("cannot listen on no-such-host.invalid:0")
                .withMessageNotContaining("null");
    }

    @Test
    void settingsAreMadeOnceAndMakeSense() {
        assertThatIllegalStateException()
                .isThrownBy(() -> LineListener.on("127.0.0.1:0").maxInFlight(1).maxInFlight(2))
                .withMessage("listener on 127.0.0.1:0: maxInFlight is set already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineListener.on("127.0.0.1:0").maxInFlight(0))
                .withMessage("listener on 127.0.0.1:0: maxInFlight must be at least 1, not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineListener.on("127.0.0.1:0").idleTimeout(Duration.ZERO))
                .withMessage("listener on 127.0.0.1:0: idleTimeout must be longer than nothing, not PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> Budget.ofBytes(0));
    }

    @Test
    void itCountsItsConnectionsAndForgetsTheCountersWhenItCloses() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Listener listener = LineListener.on("local:counted").metrics(meters).serve(Held.echo());
        try (LineClient client = LineClient.of(listener)) {
            client.send("a\n").expect("a\n");

            assertThat(meters.get("kawarau.connections").gauge().value()).isEqualTo(1);
        }
        await().until(() -> meters.get("kawarau.connections").gauge().value() == 0);
        assertThat(meters.get("kawarau.connections.opened").counter().count()).isEqualTo(1);
        listener.close();

        assertThat(meters.getMeters()).isEmpty();
        assertThat(listener).hasToString("LineListener on local:counted");
    }
}
