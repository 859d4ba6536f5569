package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainBuilderTest {
    private final LineMessage request = LineMessage.byHand("GET a");
    private final LineMessage response = LineMessage.byHand("b");
    private final List<String> events = new ArrayList<>();
    private final List<String> built = new ArrayList<>();

    @Test
    void requestsPassTheTransformsInOrderAndResponsesBackwards() {
        Chain chain = Chain.named("orders").then(noting("a")).then(noting("b")).to(sink("LINES"));

        assertThat(chain.send(request).message()).isSameAs(response);
        assertThat(events).containsExactly("a in", "b in", "sink", "b out", "a out");
        chain.close();
    }

    @Test
    void pushesPassTheTransformsBackwardsUntilOneDropsThem() {
        Chain chain = Chain.named("orders")
                .then(pushing("a", false))
                .then(pushing("b", true))
                .then(pushing("c", false))
                .to(sink("LINES"));

        assertThat(chain.onPush(null, response)).isNull();
        assertThat(events).containsExactly("c", "b");
        chain.close();
    }

    @Test
    void aChainWithoutASinkIsRefused() {
        ChainBuilder builder = Chain.named("orders").then(noting("a"));

        assertThatIllegalStateException()
                .isThrownBy(() -> builder.to(null))
                .withMessage("chain \"orders\": has no sink");
    }

    @Test
    void nothingCanFollowASink() {
        ChainBuilder builder = Chain.named("orders");
        Chain chain = builder.to(sink("LINES"));

        assertThatIllegalStateException()
                .isThrownBy(() -> builder.then(noting("a")))
                .withMessage("chain \"orders\": nothing can follow sink of LINES");
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.to(sink("LINES")))
                .withMessage("chain \"orders\": nothing can follow sink of LINES");
        chain.close();
    }

    @Test
    void aTransformMustSendToChainsOfTheSameProtocol() {
        Chain shadow = Chain.named("shadow").to(sink("WORDS"));
        ChainBuilder builder = Chain.named("orders").then(sendingTo(shadow));

        assertThatIllegalStateException()
                .isThrownBy(() -> builder.to(sink("LINES")))
                .withMessage(
                        "chain \"orders\": copier sends to chain \"shadow\", which speaks WORDS; sink of LINES speaks"
                                + " LINES");
        Chain.named("orders").then(sendingTo(shadow)).to(sink("WORDS")).close();
        Chain.named("orders").then(sendingTo(shadow)).to(sink(null)).close();
        shadow.close();
    }

    @Test
    void aSessionLeavesAChainWhenItCanLeaveAllThatItsTransformsSendTo() {
        Chain staying = leaving("shadow", false);
        Chain chain = Chain.named("orders").then(sendingTo(staying)).to(leaving("sink", true));

        assertThat(chain.leave(null)).isFalse();
        assertThat(events).containsExactly("asked sink", "asked shadow");
        chain.close();
        Chain free =
                Chain.named("orders").then(sendingTo(leaving("shadow", true))).to(leaving("sink", true));
        assertThat(free.leave(null)).isTrue();
        free.close();
    }

    @Test
    void aTransformIsAskedFirstForItMaySendOnWhatItHolds() {
        for (boolean lets : List.of(true, false)) {
            events.clear();
            Transform holding = new Transform() {
                @Override
                public Reply handle(Message message, Chain next) {
                    return next.send(message);
                }

                @Override
                public List<Chain> chains() {
                    return List.of(leaving("shadow", true));
                }

                @Override
                public boolean leave(Session session) {
                    events.add("asked holding");
                    return lets;
                }
            };
            Chain chain = Chain.named("orders").then(holding).then(holding).to(leaving("sink", true));

            assertThat(chain.leave(null)).isEqualTo(lets);
            assertThat(events.subList(0, 3)).containsExactly("asked holding", "asked holding", "asked sink");
            assertThat(events.contains("asked shadow")).isEqualTo(lets);
            chain.close();
        }
    }

    @Test
    void aNullTransformABlankNameAndASecondRegistryAreRefused() {
        assertThatNullPointerException()
                .isThrownBy(() -> Chain.named("orders").then(null))
                .withMessage("chain \"orders\": a transform is null");
        assertThatIllegalArgumentException().isThrownBy(() -> Chain.named(" "));
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        Chain.named("orders").metrics(new SimpleMeterRegistry()).metrics(new SimpleMeterRegistry()))
                .withMessage("chain \"orders\": metrics is set already");
    }

    @Test
    void aBuilderThatIsUsedOnChangesNoChain() {
        ChainBuilder builder = Chain.named("orders").then(noting("a"));
        Chain chain = builder.to(sink("LINES"));

        assertThatIllegalStateException().isThrownBy(() -> builder.then(noting("b")));
        chain.send(request);

        assertThat(events).containsExactly("a in", "sink", "a out");
        chain.close();
    }

    @Test
    void aChainSpeaksItsSinksProtocolHoweverDeep() {
        Chain inner = Chain.named("inner").to(sink("LINES"));
        Chain outer = Chain.named("outer").to(inner);

        assertThat(outer.protocol()).isEqualTo("LINES");
        assertThat(Chain.named("any").to(r -> Reply.of(response)).protocol()).isNull();
        outer.close();
        inner.close();
    }

    @Test
    void aListenerRefusesAChainOfAnotherProtocol() {
        Chain chain = Chain.named("orders").to(sink("CQL"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineListener.on("local:refused").serve(chain))
                .withMessage("LineListener cannot serve chain \"orders\": sink of CQL speaks CQL");
        chain.close();
    }

    @Test
    void aChainPrintsAsItNests() {
        Chain inner = Chain.named("inner").then(noting("deep")).to(sink("LINES"));
        Transform lambda = (message, next) -> next.send(message);
        Transform branch = new Transform() {
            @Override
            public Reply handle(Message message, Chain next) {
                return inner.send(message);
            }

            @Override
            public String toString() {
                return "branch to\n" + inner;
            }
        };
        Chain outer = Chain.named("outer")
                .then(lambda)
                .then(branch)
                .then(Transform.blocking(Runnable::run, noting("slow")))
                .to(inner);

        assertThat(outer).hasToString("""
                chain "outer"
                  -> lambda
                  -> branch to
                     chain "inner"
                       -> deep
                       -> sink of LINES
                  -> blocking slow
                  -> chain "inner"
                       -> deep
                       -> sink of LINES""");
        outer.close();
        inner.close();
    }

    @Test
    void transformsAreToldTheirDistinctNamesInOrder() {
        MeterRegistry meters = new SimpleMeterRegistry();
        Chain chain = Chain.named("orders")
                .metrics(meters)
                .then(noting("a"))
                .then(noting("a-2"))
                .then(noting("a"))
                .then(noting("a"))
                .to(sink("LINES"));

        assertThat(built).containsExactly("orders/a", "orders/a-2", "orders/a-3", "orders/a-4");
        chain.close();
    }

    @Test
    void closingActionsRunBackwardsAndThenTransformsAreClosedButNeverTheSink() {
        List<String> closed = new ArrayList<>();
        Chain chain = Chain.named("orders")
                .then(closing("a", closed))
                .then(closing("b", closed))
                .to(new ClosableSink(closed));

        chain.close();
        chain.close();

        assertThat(closed).containsExactly("action of b", "action of a", "a", "b");
    }

    @Test
    void aClosingActionThatThrowsKeepsNothingFromClosing() {
        List<String> closed = new ArrayList<>();
        Transform broken = new Transform() {
            @Override
            public Reply handle(Message message, Chain next) {
                return next.send(message);
            }

            @Override
            public void onBuild(TransformContext context) {
                context.onClose(() -> {
                    throw new IllegalStateException("broken");
                });
            }
        };
        Chain chain =
                Chain.named("orders").then(closing("a", closed)).then(broken).to(sink("LINES"));

        chain.close();

        assertThat(closed).containsExactly("action of a", "a");
    }

    @Test
    void aChainThatATransformRefusesToBePartOfLeavesNothingBehind() {
        MeterRegistry meters = new SimpleMeterRegistry();
        List<String> closed = new ArrayList<>();
        Transform refusing = new Transform() {
            @Override
            public Reply handle(Message message, Chain next) {
                return next.send(message);
            }

            @Override
            public void onBuild(TransformContext context) {
                throw new IllegalStateException("no");
            }
        };

        assertThatIllegalStateException()
                .isThrownBy(() -> Chain.named("orders")
                        .metrics(meters)
                        .then(closing("a", closed))
                        .then(refusing)
                        .to(sink("LINES")))
                .withMessage("no");
        assertThat(closed).containsExactly("action of a", "a");
        assertThat(meters.getMeters()).isEmpty();
    }

    private Transform noting(String name) {
        return new Transform() {
            @Override
            public Reply handle(Message message, Chain next) {
                events.add(name + " in");
                return next.send(message).whenDone((answer, failure) -> events.add(name + " out"));
            }

            @Override
            public void onBuild(TransformContext context) {
                built.add(context.chain() + "/" + context.name());
            }

            @Override
            public String name() {
                return name;
            }
        };
    }

    private Transform pushing(String name, boolean drop) {
        return new Transform() {
            @Override
            public Reply handle(Message message, Chain next) {
                return next.send(message);
            }

            @Override
            public Message onPush(Session session, Message push) {
                events.add(name);
                return drop ? null : push;
            }
        };
    }

    private static Transform closing(String name, List<String> closed) {
        class Closing implements Transform, AutoCloseable {
            @Override
            public Reply handle(Message message, Chain next) {
                return next.send(message);
            }

            @Override
            public void onBuild(TransformContext context) {
                context.onClose(() -> closed.add("action of " + name));
            }

            @Override
            public void close() {
                closed.add(name);
            }
        }
        return new Closing();
    }

    private record ClosableSink(List<String> closed) implements Sink {
        @Override
        public Reply send(Message message) {
            return Reply.of(message);
        }

        @Override
        public void close() {
            closed.add("sink");
        }
    }

    private static Transform sendingTo(Chain other) {
        return new Transform() {
            @Override
            public Reply handle(Message message, Chain next) {
                return next.send(message);
            }

            @Override
            public List<Chain> chains() {
                return List.of(other);
            }

            @Override
            public String name() {
                return "copier";
            }
        };
    }

    private Chain leaving(String name, boolean lets) {
        return new Chain() {
            @Override
            public Reply send(Message message) {
                return Reply.of(response);
            }

            @Override
            public boolean leave(Session session) {
                events.add("asked " + name);
                return lets;
            }
        };
    }

    private Chain sink(String protocol) {
        return new Chain() {
            @Override
            public Reply send(Message message) {
                events.add("sink");
                return Reply.of(response);
            }

            @Override
            public String protocol() {
                return protocol;
            }

            @Override
            public String toString() {
                return "sink of " + protocol;
            }
        };
    }
}
