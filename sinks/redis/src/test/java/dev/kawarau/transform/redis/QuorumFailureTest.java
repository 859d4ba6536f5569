package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Three real servers of which some are killed or stopped. */
class QuorumFailureTest {
    private final ThreeServers servers = new ThreeServers();

    @AfterEach
    void close() throws Exception {
        servers.close();
    }

    @Test
    void oneServerMayBeAwayAndGetsWhatItMissedWhenItIsBack() {
        Jedis client = servers.client(servers.proxy());
        client.set("k", "before");
        servers.server(2).kill();
        for (int i = 0; i < 100; i++) {
            client.set("k" + i, "away" + i);
        }
        client.set("k", "away");
        client.del("k7");
        assertThat(client.get("k")).isEqualTo("away");
        assertThat(servers.count("kawarau.quorum.hints", "replica", "3", "what", "kept"))
                .isGreaterThan(100);
        servers.server(2).restart();

        // Nobody reads the keys: hints bring them, although the client asks for something else only.
        Jedis back = servers.at(2);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(client.get("other")).isNull();
            assertThat(back.get("k99")).isEqualTo("away99");
            assertThat(back.get("k")).isEqualTo("away");
            assertThat(back.exists("k7")).isFalse();
        });
        assertThat(servers.count("kawarau.quorum.hints", "replica", "3", "what", "delivered"))
                .isGreaterThan(100);
    }

    @Test
    void aReadRepairsAServerThatIsBehind() {
        Jedis client = servers.client(servers.proxy(builder -> builder.hints(0, Duration.ofHours(1))));
        client.set("k", "old", redis.clients.jedis.params.SetParams.setParams().ex(1000));
        servers.server(0).kill();
        client.set("k", "new");
        client.set("gone", "x");
        client.del("gone");
        servers.server(0).restart();
        Jedis back = servers.at(0);

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(client.get("k")).isEqualTo("new");
            assertThat(client.get("gone")).isNull();
            assertThat(back.get("k")).isEqualTo("new");
            assertThat(back.ttl("k")).isEqualTo(-1);
            assertThat(back.get("{gone}~stamp")).isEqualTo(servers.at(1).get("{gone}~stamp"));
        });
        assertThat(servers.count("kawarau.quorum.stale", "replica", "1")).isPositive();
        assertThat(servers.count("kawarau.quorum.hints", "what", "delivered")).isZero();
    }

    @Test
    void aPausedServerHoldsNobodyUp() {
        Jedis client = servers.client(servers.proxy());
        client.set("k", "v");
        servers.server(1).pause();
        long begin = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            client.set("k", "v" + i);
            assertThat(client.get("k")).isEqualTo("v" + i);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        servers.server(1).resume();
        Jedis back = servers.at(1);
        await().untilAsserted(() -> assertThat(back.get("k")).isEqualTo("v199"));
    }

    @Test
    void withoutAQuorumRequestsFailAndSayHowFarTheyCame() {
        Jedis client = servers.client(servers.proxy());
        client.set("k", "v");
        servers.server(0).kill();
        servers.server(1).kill();

        // It fails as soon as the second server says so, so the first answer may still be under way.
        await().untilAsserted(
                        () -> assertThatThrownBy(() -> client.get("k"))
                                .hasMessageMatching(
                                        "ERR [01] of 3 replicas answered, and 2 must; nothing was changed \\(replica [12]: redis at .*"));
        assertThatThrownBy(() -> client.set("k", "w"))
                .hasMessageMatching(
                        "ERR [01] of 3 replicas answered, and 2 must; the write was not applied \\(replica [12]: .*");
        assertThat(servers.count("kawarau.quorum.missed", "kind", "read")).isPositive();
        assertThat(servers.count("kawarau.quorum.missed", "kind", "write")).isPositive();

        servers.server(0).restart();
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(client.get("k")).isEqualTo("v"));
    }

    @Test
    void withTooFewServersAwakeARequestEndsInTime() {
        Jedis client = servers.client(servers.proxy(builder -> builder.timeout(Duration.ofMillis(300))));
        client.set("k", "v");
        servers.server(0).pause();
        servers.server(1).pause();
        try {
            assertThatThrownBy(() -> client.set("k", "w"))
                    .hasMessageStartingWith(
                            "ERR 1 of 3 replicas answered, and 2 must, within 0.3 s; the write was not applied");
            assertThatThrownBy(() -> client.get("k")).hasMessageContaining("within 0.3 s; nothing was changed");
        } finally {
            servers.server(0).resume();
            servers.server(1).resume();
        }
        await().untilAsserted(() -> assertThat(client.get("k")).isEqualTo("v"));
    }

    @Test
    void aServerThatForgotItsScriptsIsSentThemAgain() {
        Jedis client = servers.client(servers.proxy());
        client.set("k", "1");
        for (int i = 0; i < 3; i++) {
            servers.at(i).scriptFlush();
        }
        assertThat(client.set("k", "2")).isEqualTo("OK");
        assertThat(client.get("k")).isEqualTo("2");
    }
}
