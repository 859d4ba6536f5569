package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where requests go; the chains are lambdas that note what comes. */
class RouteTest {
    private static final RespMessage OK = RespMessage.of(RespValue.ok());

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    private Chain noting(String name) {
        return request -> {
            log.add(name + " " + request.query().operation());
            return Reply.of(OK);
        };
    }

    private static ChainTester serving(Chain end) {
        return ChainTester.of(
                (address, served) -> RespListener.on(address).serve(served), (request, next) -> end.send(request));
    }

    private static String readsApart(Message request) {
        return request.query().kind() == Query.Kind.READ ? "replica" : "main";
    }

    private Route readsApart(Chain replica) {
        return Route.by(RouteTest::readsApart)
                .to("main", noting("main"))
                .to("replica", replica)
                .metrics(meters)
                .build();
    }

    @Test
    void aFunctionNamesTheChainForEachRequest() {
        try (ChainTester chain = serving(readsApart(noting("replica")))) {
            chain.client().send("SET a b\r\nGET a\r\nDEL a\r\n").expect("+OK\r\n+OK\r\n+OK\r\n");
        }

        assertThat(log).containsExactly("main SET", "replica GET", "main DEL");
        assertThat(meters.get("kawarau.route.requests")
                        .tag("target", "main")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void aTransactionStaysAtHomeWithAllThatIsInIt() {
        try (ChainTester chain = serving(readsApart(noting("replica")))) {
            chain.client()
                    .send("WATCH a\r\nGET a\r\nMULTI\r\nGET b\r\nEXEC\r\nGET c\r\n")
                    .expect("+OK\r\n".repeat(6));
        }

        assertThat(log).containsExactly("main WATCH", "main GET", "main MULTI", "main GET", "main EXEC", "replica GET");
    }

    @Test
    void whatIsSaidOfTheSessionIsSaidToAllChainsThatItHasBeenAt() {
        try (ChainTester chain = serving(readsApart(noting("replica")))) {
            chain.client().send("SELECT 1\r\nGET a\r\nSELECT 2\r\n").expect("+OK\r\n".repeat(3));
        }

        assertThat(log).containsExactly("main SELECT", "replica GET", "main SELECT", "replica SELECT");
    }

    @Test
    void aSessionThatOneChainCannotFollowIsClosed() {
        Chain refusing = refusing(false);
        try (ChainTester chain = serving(readsApart(refusing))) {
            chain.client()
                    .send("GET a\r\nSELECT 2\r\n")
                    .expect("+OK\r\n-ERR Route: SELECT was not carried out by all chains that the session is at;")
                    .receive(" it is closed, so that it is not in two places\r\n".length());
            chain.client().expectEnd();
        }
    }

    /** A chain that carries out nothing that is about sessions. */
    private static Chain refusing(boolean letsGo) {
        return new Chain() {
            @Override
            public Reply send(Message request) {
                return request.query().kind() == Query.Kind.SESSION
                        ? Reply.failed(new Failure(Failure.Kind.UNAVAILABLE, "not there"))
                        : Reply.of(OK);
            }

            @Override
            public boolean leave(Session session) {
                return letsGo;
            }
        };
    }

    @Test
    void aChainThatLetsGoOfASessionMayMissWhatItFindsWhenTheSessionComesAgain() {
        try (ChainTester chain = serving(readsApart(refusing(true)))) {
            chain.client().send("GET a\r\nSELECT 2\r\nGET a\r\n").expect("+OK\r\n".repeat(3));
        }
    }

    @Test
    void whoTheClientIsIsSaidToAllChainsAtOnce() {
        try (ChainTester chain = serving(readsApart(noting("replica")))) {
            chain.client().send("AUTH x\r\nHELLO 3\r\nHELLO 3 AUTH a b\r\n").expect("+OK\r\n".repeat(3));
        }

        assertThat(log)
                .containsExactly(
                        "main AUTH", "replica AUTH", "main HELLO", "replica HELLO", "main HELLO", "replica HELLO");
    }

    @Test
    void aChainThatTheSessionComesToWaitsUntilItIsKnownWhatTheSessionIsAt() {
        try (ChainTester replica = serving(noting("idle"));
                ChainTester main = serving(noting("idle"));
                ChainTester chain = serving(Route.by(RouteTest::readsApart)
                        .to("main", main.sink())
                        .to("replica", replica.sink())
                        .metrics(meters)
                        .build())) {
            replica.sink().answers(OK);
            chain.client().send("SELECT 2\r\nGET a\r\nSET a b\r\n");
            Arrival select = main.sink().next();
            assertThat(replica.sink().arrivals()).isEmpty();
            main.sink().answers(OK);
            select.answer(OK);
            chain.client().expect("+OK\r\n".repeat(3));
            assertThat(main.sink().operations()).containsExactly("SELECT", "SET");
            assertThat(replica.sink().operations()).containsExactly("GET");
        }
    }

    @Test
    void whatTheHomeRefusesNobodyElseIsTold() {
        Chain home = request ->
                Reply.of(request.query().kind() == Query.Kind.SESSION ? RespMessage.error("ERR no such database") : OK);
        Route route = Route.by(RouteTest::readsApart)
                .to("main", home)
                .to("replica", noting("replica"))
                .metrics(meters)
                .build();
        try (ChainTester chain = serving(route)) {
            chain.client().send("GET a\r\nSELECT 20\r\n").expect("+OK\r\n-ERR no such database\r\n");
        }

        assertThat(log).containsExactly("replica GET");
    }

    @Test
    void whatWouldBeMissedByOtherChainsIsRefused() {
        try (ChainTester chain = serving(readsApart(noting("replica")))) {
            chain.client()
                    .send("CLIENT REPLY SKIP\r\n")
                    .expect(
                            "-ERR Route: CLIENT|REPLY is about what comes next on one connection, and the session goes to"
                                    + " several servers\r\n");
            chain.client()
                    .send("MULTI\r\nSELECT 2\r\nEXEC\r\nGET a\r\n")
                    .expect(
                            "+OK\r\n-ERR Route: SELECT cannot be part of a transaction here, since the session goes to"
                                    + " several servers\r\n-EXECABORT Transaction discarded because of previous errors.\r\n+OK\r\n");
        }

        assertThat(log).containsExactly("main MULTI", "main DISCARD", "replica GET");
    }

    @Test
    void aNameThatNoChainHasIsAnErrorThatNamesThoseThereAre() {
        Route route = Route.by(request -> "elsewhere")
                .to("main", noting("main"))
                .metrics(meters)
                .build();
        try (ChainTester chain = serving(route)) {
            chain.client()
                    .send("GET a\r\n")
                    .expect("-ERR no chain of the Route is called \"elsewhere\"; it has [main]\r\n");
        }
    }

    @Test
    void itIsOfTheProtocolOfItsChainsWhichMustBeOne() {
        assertThat(Route.by(request -> "a")
                        .to("a", speaking("RESP"))
                        .metrics(meters)
                        .build()
                        .protocol())
                .isEqualTo("RESP");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Route.by(request -> "a")
                        .to("a", speaking("RESP"))
                        .to("b", speaking("CQL"))
                        .build())
                .withMessage("Route: the chains must speak one protocol, not RESP and CQL");
        assertThat(Route.byProtocol()
                        .to("RESP", speaking("RESP"))
                        .to("CQL", speaking("CQL"))
                        .metrics(meters)
                        .build()
                        .protocol())
                .isNull();
    }

    @Test
    void aSessionLeavesWhenAllChainsLetItGo() {
        List<String> asked = new ArrayList<>();
        Chain first = leaving(asked, "first", false);
        Chain second = leaving(asked, "second", true);
        Route route = Route.by(request -> "a")
                .to("a", first)
                .to("b", second)
                .metrics(meters)
                .build();

        assertThat(route.leave(null)).isFalse();
        assertThat(asked).containsExactly("first", "second");
    }

    @Test
    void itPrintsAsItNests() {
        Chain inner = Chain.named("inner").metrics(meters).to(speaking("RESP"));
        Route route = Route.by(request -> "a")
                .to("a", inner)
                .to("b", speaking("RESP"))
                .metrics(meters)
                .build();

        assertThat(route).hasToString("Route\n  a: chain \"inner\"\n    -> speaks RESP\n  b: speaks RESP");
        inner.close();
    }

    @Test
    void twoChainsOfOneNameAndNoneAtAllAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Route.by(request -> "a").to("a", noting("a")).to("a", noting("b")))
                .withMessage("Route: there are two chains for \"a\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Route.by(request -> "a").build())
                .withMessage("Route needs a chain to send to");
    }

    private static Chain speaking(String protocol) {
        return new Chain() {
            @Override
            public Reply send(Message request) {
                return Reply.of(OK);
            }

            @Override
            public String protocol() {
                return protocol;
            }

            @Override
            public String toString() {
                return "speaks " + protocol;
            }
        };
    }

    private static Chain leaving(List<String> asked, String name, boolean lets) {
        return new Chain() {
            @Override
            public Reply send(Message request) {
                return Reply.of(OK);
            }

            @Override
            public boolean leave(Session session) {
                asked.add(name);
                return lets;
            }
        };
    }
}
