package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.kawarau.Chain;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisKeyPrefixTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    GET a                               | GET t:a
                    MSET a 1 b 2                        | MSET t:a 1 t:b 2
                    BLPOP a b 0                         | BLPOP t:a t:b 0
                    ZUNIONSTORE d 2 a b WEIGHTS 1 2     | ZUNIONSTORE t:d 2 t:a t:b WEIGHTS 1 2
                    XREADGROUP GROUP g STREAMS COUNT 1 STREAMS a b > > | XREADGROUP GROUP g STREAMS COUNT 1 STREAMS t:a t:b > >
                    GEORADIUS a 1 1 1 m STORE d         | GEORADIUS t:a 1 1 1 m STORE t:d
                    OBJECT ENCODING a                   | OBJECT ENCODING t:a
                    COPY a b DB 1                       | COPY t:a t:b DB 1
                    SORT a BY w_* LIMIT 0 STORE GET o_*->f GET # BY nosort STORE d | SORT t:a BY t:w_* LIMIT 0 STORE GET t:o_*->f GET # BY nosort STORE t:d
                    KEYS h[ae]*                         | KEYS t:h[ae]*
                    SCAN 0                              | SCAN 0 MATCH t:*
                    SCAN 0 COUNT 5 MATCH a* TYPE list   | SCAN 0 COUNT 5 MATCH t:a* TYPE list
                    SCAN 0 MATCH a* MATCH b*            | SCAN 0 MATCH t:a* MATCH t:b*
                    SUBSCRIBE a __keyspace@0__:k __keyevent@0__:del | SUBSCRIBE t:a __keyspace@0__:t:k __keyevent@0__:del
                    PSUBSCRIBE a* __keyspace@*__:k* __keyevent@0__:* | PSUBSCRIBE t:a* __keyspace@*__:t:k* __keyevent@0__:*
                    UNSUBSCRIBE                         | UNSUBSCRIBE
                    SSUBSCRIBE __keyevent@0__:del       | SSUBSCRIBE t:__keyevent@0__:del
                    PUBLISH a m                         | PUBLISH t:a m
                    PUBSUB CHANNELS                     | PUBSUB CHANNELS t:*
                    PUBSUB NUMSUB a b                   | PUBSUB NUMSUB t:a t:b
                    CLIENT TRACKING ON BCAST            | CLIENT TRACKING ON BCAST PREFIX t:
                    CLIENT TRACKING ON PREFIX a PREFIX BCAST BCAST | CLIENT TRACKING ON PREFIX t:a PREFIX t:BCAST BCAST
                    CLUSTER KEYSLOT a                   | CLUSTER KEYSLOT t:a
                    PING                                | PING
                    GET a b                             | GET
                    XINFO STREAM                        | XINFO STREAM
                    """)
    void requestsGetThePrefix(String asked, String sent) {
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of("t:"))) {
            chain.sink().answers(RespMessage.error("ERR no"));
            chain.client().send(asked + "\r\n").expect("-ERR no\r\n");

            assertThat(Wire.words(chain.sink().next().text())).isEqualTo(List.of(sent.split(" ", -1)));
        } catch (AssertionError e) {
            throw new AssertionError(asked + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FLUSHALL",
                "DBSIZE",
                "NOSUCH a",
                "CONFIG GET *",
                "CLIENT NOSUCH",
                "EVAL return 0",
                "MIGRATE h 1 a 0 1",
                "PSUBSCRIBE __key*__:*",
                "PUBLISH __keyevent@0__:del b:a",
                "CLIENT TRACKING ON REDIRECT 5"
            })
    void whatCannotBeTheTenantsAloneIsRefused(String asked) {
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of("t:"))) {
            chain.client().send(asked + "\r\n").expect("-NOPERM ");

            assertThat(chain.sink().arrivals()).isEmpty();
            assertThat(chain.meters()
                            .get("kawarau.keyprefix.refused")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void aCountOfKeysThatDoesNotFitIsRefused() {
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of("t:"))) {
            chain.client().send("ZUNION 2 a\r\nZUNION 0x1 a\r\n").expect("-ERR the number of keys of ZUNION");

            assertThat(chain.sink().arrivals()).isEmpty();
        }
    }

    @Test
    void aReplyWithTheKeyOfAnotherTenantIsWithheld() {
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of("t:"))) {
            chain.sink().answers(RespMessage.of(RespValue.array(RespValue.bulk("t:a"), RespValue.bulk("u:secret"))));
            chain.client().send("KEYS *\r\n").expect("-ERR the server's reply is not one");

            assertThat(chain.meters()
                            .get("kawarau.keyprefix.withheld")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
        }
    }

    @Test
    void patternsTakeThePrefixLiterally() {
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of("t[a]?:"))) {
            chain.sink().answers(RespMessage.of(RespValue.array()));
            chain.client().send("KEYS *\r\n").expect("*0\r\n");

            assertThat(Wire.words(chain.sink().next().text())).containsExactly("KEYS", "t\\[a\\]\\?:*");
        }
    }

    @Test
    void scriptsPassIfAllowedWithThePrefixBeforeTheirKeys() {
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of("t:").scripts())) {
            chain.sink().answers(RespChain.OK);
            chain.client().send("EVALSHA x 1 a b\r\n").expect("+OK\r\n");

            assertThat(Wire.words(chain.sink().next().text())).containsExactly("EVALSHA", "x", "1", "t:a", "b");
        }
    }

    @Test
    void aClientWithoutAPrefixHasNoKeys() {
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of(session -> null))) {
            chain.sink().answers(RespChain.OK);
            chain.client().send("GET a\r\n").expect("-NOPERM this client is no tenant, so it has no keys\r\n");
            chain.client().send("PING\r\n").expect("+OK\r\n");
        }
    }

    @Test
    void theUserDecidesAndAnotherUserHasOtherKeys() {
        RespUsers users = RespUsers.of(
                RespUser.named("shop").password("a"), RespUser.named("blog").password("b"));
        RedisKeyPrefix prefix =
                RedisKeyPrefix.of(session -> RespSession.of(session).userName() + ":");
        try (ChainTester chain = ChainTester.of(
                (address, served) -> RespListener.on(address).users(users).serve(served), prefix)) {
            chain.sink().answers(RespChain.OK);
            chain.client()
                    .send("AUTH shop a\r\nGET k\r\nAUTH blog b\r\nGET k\r\n")
                    .expect("+OK\r\n+OK\r\n+OK\r\n+OK\r\n");

            assertThat(chain.sink().arrivals().stream().flatMap(arrival -> Wire.words(arrival.text()).stream()))
                    .containsExactly("GET", "shop:k", "GET", "blog:k");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "shop", "a:b:", "a*:", "__a:", "a b:", "a':"})
    void aPrefixIsANameAndAColon(String prefix) {
        assertThatIllegalArgumentException().isThrownBy(() -> RedisKeyPrefix.of(prefix));
    }

    @Test
    void itIsPartOfOneChain() {
        RedisKeyPrefix prefix = RedisKeyPrefix.of("t:");
        try (ChainTester chain = RespChain.of(prefix)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> Chain.named("other").then(prefix).to(chain.chain()))
                    .withMessageContaining("RedisKeyPrefix.of(\"t:\") is part of a chain already");
        }
        assertThat(Stream.of(prefix, prefix.scripts()).map(Object::toString))
                .containsExactly("RedisKeyPrefix.of(\"t:\")", "RedisKeyPrefix.of(\"t:\").scripts()");
    }
}
