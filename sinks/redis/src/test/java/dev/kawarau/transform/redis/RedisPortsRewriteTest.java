package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisPortsRewriteTest {
    private static final String NODES = "a1 10.0.0.1:6379@16379,host-1 myself,master - 0 0 1 connected 0-16383\n"
            + "a2 10.0.0.2:6379@16379,,shard-id=7 slave a1 0 0 1 connected\n";
    private static final RedisPortsRewrite ONE_PROXY = RedisPortsRewrite.to(
            Map.of(new InetSocketAddress("10.0.0.1", 6379), new InetSocketAddress("127.0.0.1", 7001)));

    /** The text of the answer to a request that the server answers so. */
    private static String answer(RedisPortsRewrite rewrite, String request, RespValue answer) {
        try (ChainTester chain = RespChain.of(rewrite)) {
            RespMessage end = RespMessage.of(RespValue.simple("END"));
            chain.sink().answers(asked -> asked.query().operation().equals("PING") ? end : RespMessage.of(answer));
            chain.client().send(request + "\r\nPING\r\n");
            StringBuilder received = new StringBuilder();
            while (received.indexOf("+END\r\n") < 0) {
                String more = chain.client().receive(1);
                assertThat(more).as("after " + received).isNotEmpty();
                received.append(more);
            }
            return received.substring(0, received.indexOf("+END\r\n"));
        }
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private static RespValue slotsNode(String host, String id) {
        return RespValue.array(
                RespValue.bulk(host),
                RespValue.integer(6379),
                RespValue.bulk(id),
                RespValue.array(RespValue.bulk("hostname"), RespValue.bulk("host-1")));
    }

    private static RespValue slots() {
        return RespValue.array(
                RespValue.array(
                        RespValue.integer(0),
                        RespValue.integer(99),
                        slotsNode("10.0.0.1", "a1"),
                        slotsNode("10.0.0.2", "a2")),
                RespValue.array(RespValue.integer(100), RespValue.integer(16383), slotsNode("10.0.0.2", "a2")));
    }

    @Test
    void byPortEveryNodeKeepsItsAddressAndName() {
        RedisPortsRewrite byPort = RedisPortsRewrite.toPort(6380);

        assertThat(answer(byPort, "CLUSTER NODES", RespValue.bulk(NODES)))
                .isEqualTo(bulk(NODES.replace(":6379", ":6380")));
        assertThat(answer(byPort, "CLUSTER SLOTS", slots()))
                .contains("$8\r\n10.0.0.1\r\n:6380\r\n$2\r\na1\r\n*2\r\n$8\r\nhostname\r\n$6\r\nhost-1\r\n")
                .doesNotContain("6379");
        assertThat(answer(byPort, "GET a", RespValue.error("MOVED 1 10.0.0.9:6379")))
                .isEqualTo("-MOVED 1 10.0.0.9:6380\r\n");
        assertThat(answer(byPort, "GET a", RespValue.error("ASK 1 :6379"))).isEqualTo("-ASK 1 :6380\r\n");
    }

    @Test
    void byAddressANodeIsWhereItsProxyIsAndOneWithoutIsLeftOut() {
        assertThat(answer(ONE_PROXY, "CLUSTER NODES", RespValue.bulk(NODES)))
                .isEqualTo(bulk("a1 127.0.0.1:7001@16379, myself,master - 0 0 1 connected 0-16383\n"));
        assertThat(answer(ONE_PROXY, "CLUSTER SLOTS", slots()))
                .isEqualTo("*1\r\n*3\r\n:0\r\n:99\r\n*4\r\n$9\r\n127.0.0.1\r\n:7001\r\n$2\r\na1\r\n*0\r\n");
        assertThat(answer(
                        ONE_PROXY,
                        "CLUSTER REPLICAS a1",
                        RespValue.array(RespValue.bulk("a2 10.0.0.2:6379@16379 slave a1 0 0 1 connected"))))
                .isEqualTo("*0\r\n");
    }

    @Test
    void aRedirectionToANodeWithoutAProxySaysSo() {
        assertThat(answer(ONE_PROXY, "GET a", RespValue.error("MOVED 1 10.0.0.2:6379")))
                .isEqualTo("-ERR slot 1 is on 10.0.0.2:6379, which has no proxy; name one in RedisPortsRewrite.to\r\n");
    }

    @Test
    void redirectionsWithinTheResultsOfATransactionAreRewritten() {
        assertThat(answer(ONE_PROXY, "EXEC", RespValue.array(RespValue.ok(), RespValue.error("MOVED 1 10.0.0.1:6379"))))
                .isEqualTo("*2\r\n+OK\r\n-MOVED 1 127.0.0.1:7001\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLUSTER SLOTS", "CLUSTER SHARDS", "CLUSTER NODES", "CLUSTER REPLICAS a", "GET a"})
    void whatIsNotAsDocumentedPassesAsItIs(String request) {
        for (RespValue odd : new RespValue[] {
            RespValue.nil(),
            RespValue.integer(7),
            RespValue.array(RespValue.nilArray(), RespValue.array(RespValue.bulk("a"))),
            RespValue.array(RespValue.array(RespValue.integer(1), RespValue.integer(2), RespValue.array())),
            RespValue.array(RespValue.array(RespValue.bulk("nodes"), RespValue.array(RespValue.ok()))),
            RespValue.bulk("no line: of 10.0.0.1\n\n"),
            RespValue.error("MOVED 10.0.0.1:6379"),
            RespValue.error("MOVED x 10.0.0.1:6379"),
            RespValue.error("MOVED 1 10.0.0.1:99999999")
        }) {
            assertThat(answer(ONE_PROXY, request, odd))
                    .isEqualTo(RespMessage.of(odd).bytes().toString(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void wrongSettingsAreRefused() {
        InetSocketAddress proxy = new InetSocketAddress("127.0.0.1", 7001);
        assertThatIllegalArgumentException().isThrownBy(() -> RedisPortsRewrite.toPort(0));
        assertThatIllegalArgumentException().isThrownBy(() -> RedisPortsRewrite.to(Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisPortsRewrite.to(Map.of(
                        new InetSocketAddress("10.0.0.1", 1), proxy, new InetSocketAddress("10.0.0.2", 1), proxy)))
                .withMessageContaining("two nodes have the same proxy");
    }
}
