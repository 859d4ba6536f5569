package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisCluster;
import dev.kawarau.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.HostAndPort;

/** Cluster clients in front of a real cluster, each node of which has a proxy: they see proxies, and nothing else. */
class RedisPortsRewriteClusterTest {
    private static final List<AutoCloseable> open = new ArrayList<>();
    private static final Map<InetSocketAddress, InetSocketAddress> proxies = new ConcurrentHashMap<>();
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
        EventLoops loops = EventLoops.of(1);
        open.add(cluster);
        open.add(loops);
        // The map is complete when the first client comes.
        RedisPortsRewrite rewrite = RedisPortsRewrite.to(proxies::get);
        for (RedisServer server : cluster.servers()) {
            RedisSink sink = RedisSink.at(server.uri());
            Chain chain = Chain.named("node-" + server.port()).then(rewrite).to(sink);
            Listener listener = RespListener.on("127.0.0.1:0").eventLoops(loops).serve(chain);
            open.addAll(List.of(sink, chain::close, listener));
            proxies.put(
                    new InetSocketAddress("127.0.0.1", server.port()),
                    new InetSocketAddress("127.0.0.1", listener.port()));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private static Set<Integer> ports() {
        return proxies.values().stream().map(InetSocketAddress::getPort).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Jedis keeps the replicas that a node told it of, which may have told it before they joined. */
    private static Set<Integer> masters() {
        return cluster.servers().subList(0, 3).stream()
                .map(server -> proxies.get(new InetSocketAddress("127.0.0.1", server.port()))
                        .getPort())
                .collect(Collectors.toSet());
    }

    private static int anyPort() {
        return ports().iterator().next();
    }

    @Test
    void lettuceSeesProxiesAndReachesEverySlotThroughThem() {
        RedisClusterClient client = RedisClusterClient.create(RedisURI.create("127.0.0.1", anyPort()));
        try {
            RedisAdvancedClusterCommands<String, String> commands =
                    client.connect().sync();
            for (int i = 0; i < 200; i++) {
                commands.set("key" + i, "value" + i);
            }
            for (int i = 0; i < 200; i++) {
                assertThat(commands.get("key" + i)).isEqualTo("value" + i);
            }
            assertThat(client.getPartitions().stream()
                            .map(RedisClusterNode::getUri)
                            .map(RedisURI::getPort)
                            .collect(Collectors.toSet()))
                    .isEqualTo(ports());
        } finally {
            client.shutdown();
        }
    }

    @Test
    void jedisSeesProxiesAndReachesEverySlotThroughThem() {
        try (redis.clients.jedis.RedisClusterClient jedis = redis.clients.jedis.RedisClusterClient.builder()
                .nodes(Set.of(new HostAndPort("127.0.0.1", anyPort())))
                .build()) {
            for (int i = 0; i < 200; i++) {
                jedis.set("jedis" + i, "value" + i);
                assertThat(jedis.get("jedis" + i)).isEqualTo("value" + i);
            }
            assertThat(jedis.getClusterNodes().keySet().stream()
                            .map(node -> HostAndPort.from(node).getPort())
                            .collect(Collectors.toSet()))
                    .isSubsetOf(ports())
                    .containsAll(masters());
        }
    }

    /** What comes back is what the node says, with one port for another. */
    @ParameterizedTest
    @ValueSource(strings = {"2", "3"})
    void everyAnswerIsThatOfTheNodeButForPorts(String version) throws Exception {
        RedisServer node = cluster.servers().get(0);
        int proxy = proxies.get(new InetSocketAddress("127.0.0.1", node.port())).getPort();
        try (Wire direct = new Wire(node.port());
                Wire proxied = new Wire(proxy)) {
            direct.call("HELLO", version);
            proxied.call("HELLO", version);
            for (String request : List.of("CLUSTER SLOTS", "CLUSTER SHARDS", "GET key1", "GET key2", "GET key3")) {
                String expected = direct.call(request.split(" ", -1)).toString();
                assertThat(stable(proxied.call(request.split(" ", -1)).toString()))
                        .isEqualTo(stable(rewritten(expected)));
            }
            String nodes = direct.call("CLUSTER", "NODES").text();
            String seen = proxied.call("CLUSTER", "NODES").text();
            assertThat(addresses(seen)).isEqualTo(addresses(rewritten(nodes)));
        }
    }

    private static String rewritten(String text) {
        String rewritten = text;
        for (Map.Entry<InetSocketAddress, InetSocketAddress> one : new HashMap<>(proxies).entrySet()) {
            rewritten = rewritten
                    .replace(
                            ":" + one.getKey().getPort() + " ",
                            ":" + one.getValue().getPort() + "  ")
                    .replace(
                            ":" + one.getKey().getPort() + "@",
                            ":" + one.getValue().getPort() + "@");
        }
        return rewritten;
    }

    private static String stable(String text) {
        return text.replace("  ", " ").replaceAll("replication-offset :\\d+", "");
    }

    private static Set<String> addresses(String nodes) {
        return nodes.lines().map(line -> line.split(" ", -1)[1]).collect(Collectors.toCollection(TreeSet::new));
    }
}
