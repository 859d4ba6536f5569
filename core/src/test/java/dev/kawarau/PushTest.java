package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class PushTest {
    private final Held held = new Held();

    @Test
    void aPushDoesNotOvertakeTheResponseOfTheRequestThatItCameAfter() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\nSUBSCRIBE\nGET 3\n");
            Held.Request first = held.next();
            Held.Request subscribe = held.next();
            Held.Request third = held.next();

            Session session = subscribe.message().session();
            session.loop().execute(() -> {
                session.push(LineMessage.push(session, "push 1"), subscribe.message());
                session.push(LineMessage.push(session, "push 2"), subscribe.message());
            });
            third.answer("c");
            subscribe.answer("b");
            first.answer("a");

            client.expect("a\nb\npush 1\npush 2\nc\n");
        }
    }

    @Test
    void aPushAfterNothingLeavesAtOnce() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request first = held.next();
            Session session = first.message().session();

            session.loop().execute(() -> session.push(LineMessage.push(session, "push"), null));
            client.expect("push\n");
            first.answer("a");
            client.expect("a\n");
            session.loop().execute(() -> session.push(LineMessage.push(session, "late"), first.message()));
            client.expect("late\n");
        }
    }

    @Test
    void transformsMayChangeOrDropAPush() throws Exception {
        Transform editing = new Transform() {
            @Override
            public Reply handle(Message request, Chain next) {
                return next.send(request);
            }

            @Override
            public Message onPush(Session session, Message push) {
                String text = ((LineMessage) push).text();
                return text.startsWith("secret") ? null : LineMessage.byHand("seen " + text);
            }
        };
        Chain chain = Chain.named("pushes").then(editing).to(held);
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request first = held.next();
            Session session = first.message().session();

            session.loop().execute(() -> {
                session.push(LineMessage.push(session, "secret"), null);
                session.push(LineMessage.push(session, "news"), null);
            });
            client.expect("seen news\n");
            first.answer("a");
            client.expect("a\n");
        }
    }

    @Test
    void aTransformThatThrowsDropsThePushAndNothingElse() throws Exception {
        Transform broken = new Transform() {
            @Override
            public Reply handle(Message request, Chain next) {
                return next.send(request);
            }

            @Override
            public Message onPush(Session session, Message push) {
                throw new IllegalStateException("broken");
            }
        };
        Chain chain = Chain.named("pushes").then(broken).to(held);
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(chain);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request first = held.next();
            Session session = first.message().session();
            session.loop().execute(() -> session.push(LineMessage.push(session, "lost"), first.message()));
            first.answer("a");
            client.expect("a\n");
        }
    }

    @Test
    void aPushThatCannotBeEncodedIsDroppedAndHoldsUpNothing() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\nGET 2\n");
            Held.Request first = held.next();
            Held.Request second = held.next();
            Session session = first.message().session();
            session.loop().execute(() -> session.push(LineMessage.broken(), first.message()));
            first.answer("a");
            second.answer("b");

            client.expect("a\nb\n");
        }
    }

    @Test
    void aPushMadeByHandIsAMessageLikeAnyOther() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request first = held.next();
            Session session = first.message().session();
            session.loop().execute(() -> {
                session.push(LineMessage.byHand("by hand"), null);
                session.push(LineMessage.byHand("after"), first.message());
                session.push(LineMessage.byHand("by hand too"), null);
            });
            client.expect("by hand\nby hand too\n");
            first.answer("a");
            client.expect("a\nafter\n");
        }
    }

    @Test
    void aResponsePushedAsACopyLeavesItsExchangeAlone() throws Exception {
        try (Listener listener = LineListener.on("127.0.0.1:0").serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET 1\n");
            Held.Request first = held.next();
            Session session = first.message().session();
            session.loop()
                    .submit(() -> {
                        LineMessage response = LineMessage.response(first.message(), "a");
                        session.push(response, null);
                        assertThat(first.text()).isEqualTo(first.message().text());
                        first.promise().complete(response);
                    })
                    .sync();
            client.expect("a\na\n");
        }
    }

    @Test
    void aPushThatWaitsWhenTheClientVanishesIsReleased() throws Exception {
        try (Listener listener = LineListener.on("local:push").serve(held)) {
            LineClient client = LineClient.of(listener);
            client.send("GET 1\n");
            Held.Request first = held.next();
            Session session = first.message().session();
            LineMessage[] push = new LineMessage[1];
            session.loop()
                    .submit(() -> {
                        push[0] = LineMessage.push(session, "push");
                        push[0].retain();
                        session.push(push[0], first.message());
                    })
                    .sync();

            client.close();
            await().until(() -> listener.connections() == 0);
            first.answer("a");

            await().until(() -> push[0].bytes().refCnt() == 1);
            push[0].release();
        }
    }
}
