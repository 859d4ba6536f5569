package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SideSessionTest {
    private static final Session.Key<SideSession> SIDE = Session.Key.named("side");
    private static final AtomicInteger numbers = new AtomicInteger();

    private final Held other = new Held();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Session> client = new AtomicReference<>();
    private final Transform copying = (request, next) -> {
        Session session = request.session();
        SideSession side = session.get(SIDE);
        if (side == null) {
            side = SideSession.beside(session);
            session.set(SIDE, side);
            client.set(session);
        }
        side.send(request, other, this::tell);
        return next.send(request);
    };
    private @Nullable Listener listener;

    private void tell(@Nullable Message response, @Nullable Throwable failure) {
        told.add(response == null ? String.valueOf(failure) : ((LineMessage) response).text());
    }

    private LineClient connect(Protocol protocol) {
        Chain chain = Chain.named("copied").then(copying).to(Held.echo());
        listener = LineListener.on("local:side-" + numbers.incrementAndGet()).serve(chain, protocol);
        return LineClient.of(listener);
    }

    @AfterEach
    void stop() {
        if (listener != null) {
            listener.close();
        }
    }

    private SideSession side() throws InterruptedException {
        return onLoop(session -> session.get(SIDE));
    }

    private <T> T onLoop(Function<Session, T> question) throws InterruptedException {
        Session session = client.get();
        return session.loop().submit(() -> question.apply(session)).sync().getNow();
    }

    private boolean isTrue(Predicate<Session> question) throws InterruptedException {
        return onLoop(question::test);
    }

    /** Brings each session beside a client's into its room first, in two steps. */
    private static Protocol inARoom() {
        return new Protocol() {
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
                return LineListener.PROTOCOL.newDecoder(session);
            }

            @Override
            public Message failure(@Nullable Message request, RuntimeException failure) {
                return LineListener.PROTOCOL.failure(request, failure);
            }

            @Override
            public List<Message> introduction(Session client, Message copy) {
                return List.of(LineMessage.instead(copy, "ENTER house"), LineMessage.instead(copy, "ENTER room"));
            }
        };
    }

    @Test
    void aCopyOutlivesItsRequestAndItsAnswerGoesToWhoeverSentIt() throws Exception {
        try (LineClient connection = connect(LineListener.PROTOCOL)) {
            connection.send("GET 1\n").expect("GET 1\n");

            Held.Request copy = other.next();
            assertThat(copy.message().text()).isEqualTo("GET 1");
            assertThat(copy.message().session()).isSameAs(side()).isNotSameAs(client.get());
            copy.answer("one");

            await().untilAsserted(() -> assertThat(told).containsExactly("one"));
        }
    }

    @Test
    void whatBelongsToACopyIsReleasedWhenItWasAnswered() throws Exception {
        try (LineClient connection = connect(LineListener.PROTOCOL)) {
            connection.send("GET 1\n").expect("GET 1\n");
            Held.Request copy = other.next();
            ByteBuf bytes = copy.message().bytes();
            assertThat(bytes.refCnt()).isPositive();

            copy.fail(new Failure(Failure.Kind.UNAVAILABLE, "gone"));

            await().until(() -> bytes.refCnt() == 0);
            assertThat(told).singleElement().asString().contains("gone");
        }
    }

    @Test
    void aChainThatThrowsFailsTheCopyAndNotTheClient() throws Exception {
        Transform careless = (request, next) -> {
            SideSession.beside(request.session())
                    .send(
                            request,
                            message -> {
                                throw new IllegalStateException("broken");
                            },
                            this::tell);
            return next.send(request);
        };
        Chain chain = Chain.named("careless").then(careless).to(Held.echo());
        try (Listener served = LineListener.on("local:careless").serve(chain);
                LineClient connection = LineClient.of(served)) {
            connection.send("GET 1\n").expect("GET 1\n");
            assertThat(told).singleElement().asString().contains("broken");
        }
    }

    @Test
    void whatIsPushedToItNeverReachesTheClient() throws Exception {
        try (LineClient connection = connect(LineListener.PROTOCOL)) {
            connection.send("GET 1\n").expect("GET 1\n");
            Held.Request copy = other.next();
            SideSession side = side();
            ByteBuf pushed = onLoop(session -> {
                LineMessage news = LineMessage.push(side, "news");
                ByteBuf bytes = news.bytes();
                side.push(news, copy.message());
                return bytes;
            });
            copy.answer("one");

            connection.send("GET 2\n").expect("GET 2\n");
            other.next().answer("two");
            assertThat(pushed.refCnt()).isZero();
        }
    }

    @Test
    void copiesWaitUntilTheSessionIsWhereTheClientIsAndKeepTheirOrder() throws Exception {
        try (LineClient connection = connect(inARoom())) {
            connection.send("GET 1\nGET 2\n").expect("GET 1\nGET 2\n");
            other.next().answer("in");
            connection.send("GET 3\n").expect("GET 3\n");
            Held.Request room = other.next();
            assertThat(other.texts()).containsExactly("ENTER house", "ENTER room");

            room.answer("in");

            for (int i = 1; i <= 3; i++) {
                Held.Request copy = other.next();
                assertThat(copy.text()).isEqualTo("GET " + i);
                copy.answer("answer " + i);
            }
            await().untilAsserted(() -> assertThat(told).containsExactly("answer 1", "answer 2", "answer 3"));
        }
    }

    @Test
    void nothingIsCarriedOutWhereTheClientIsNot() throws Exception {
        try (LineClient connection = connect(inARoom())) {
            connection.send("GET 1\nGET 2\n").expect("GET 1\nGET 2\n");
            other.next().answer("! the house is shut");

            await().untilAsserted(
                            () -> assertThat(told).hasSize(2).allMatch(text -> text.contains("cannot be brought")));
            assertThat(other.texts()).containsExactly("ENTER house");
            assertThat(isTrue(session -> session.get(SIDE).isOpen())).isFalse();
        }
    }

    @Test
    void closingItLetsWhatIsUnderWayEndAndTheClientAlone() throws Exception {
        try (LineClient connection = connect(LineListener.PROTOCOL)) {
            connection.send("GET 1\n").expect("GET 1\n");
            Held.Request copy = other.next();
            SideSession side = side();
            AtomicInteger ended = new AtomicInteger();
            onLoop(session -> {
                side.onClose(ended::incrementAndGet);
                side.close();
                return true;
            });
            assertThat(isTrue(session -> side.isOpen())).isFalse();
            assertThat(isTrue(session -> side.isBusy())).isTrue();
            assertThat(ended).hasValue(0);

            copy.answer("one");

            await().until(() -> ended.get() == 1);
            assertThat(told).containsExactly("one");
            assertThat(isTrue(Session::isOpen)).isTrue();
        }
    }

    @Test
    void itHasStateOfItsOwnAndTheClientsLoopClockAndAddress() throws Exception {
        Session.Key<String> name = Session.Key.named("name");
        try (LineClient connection = connect(LineListener.PROTOCOL)) {
            connection.send("GET 1\n").expect("GET 1\n");
            other.next().answer("one");
            SideSession side = side();

            onLoop(session -> {
                session.set(name, "client");
                side.set(name, "side");
                assertThat(session.get(name)).isEqualTo("client");
                assertThat(side.get(name)).isEqualTo("side");
                side.set(name, null);
                assertThat(side.get(name)).isNull();
                assertThat(side.loop()).isSameAs(session.loop());
                assertThat(side.remoteAddress()).isEqualTo(session.remoteAddress());
                assertThat(side.isOrdered()).isEqualTo(session.isOrdered());
                assertThat(side.id()).isNotEqualTo(session.id());
                return true;
            });
        }
    }

    @Test
    void whoeverIsToldMaySendAgainAndMayThrow() throws Exception {
        Transform insisting = (request, next) -> {
            SideSession side = SideSession.beside(request.session());
            side.send(request, Held.echo(), (first, failure) -> {
                side.send(request, Held.echo(), this::tell);
                throw new IllegalStateException("for the log");
            });
            return next.send(request);
        };
        Chain chain = Chain.named("insisting").then(insisting).to(Held.echo());
        try (Listener served = LineListener.on("local:insisting").serve(chain);
                LineClient connection = LineClient.of(served)) {
            connection.send("GET 1\n").expect("GET 1\n");
            assertThat(told).containsExactly("GET 1");
        }
    }
}
