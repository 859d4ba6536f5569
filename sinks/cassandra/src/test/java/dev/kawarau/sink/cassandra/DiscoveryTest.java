package dev.kawarau.sink.cassandra;

import static com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.response.event.TopologyChangeEvent;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.testkit.cassandra.CassandraServer;
import dev.kawarau.transform.cassandra.CassandraPeersRewrite;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Java driver finds out about nodes through {@link CassandraPeersRewrite}, from a real one. */
class DiscoveryTest {
    private static final InetSocketAddress NODE = CassandraServer.shared().address();
    private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

    private static CassandraSink sink;
    private static Listener byPort;
    private static Listener byAddress;

    @BeforeAll
    static void listen() {
        sink = CassandraSink.to(NODE.getAddress().getHostAddress() + ":" + NODE.getPort())
                .metrics(METERS)
                .build();
        byPort = listen("127.0.0.1", "by-port");
        byPort.serve(Chain.named("by-port")
                .metrics(METERS)
                .then(CassandraPeersRewrite.toPort(byPort.port()))
                .to(sink));
        byAddress = listen("127.0.0.2", "by-address");
        byAddress.serve(Chain.named("by-address")
                .metrics(METERS)
                .then(CassandraPeersRewrite.to(Map.of(NODE, Drivers.address(byAddress))))
                .to(sink));
    }

    /** The port is known when somebody listens on it. */
    private static Listener listen(String address, String chain) {
        return CqlListener.on(address + ":0")
                .metrics(METERS)
                .serve(Chain.named(chain).metrics(METERS).to(sink));
    }

    @AfterAll
    static void stop() {
        byPort.close();
        byAddress.close();
        sink.close();
    }

    private static Node only(CqlSession session) {
        Map<?, Node> nodes = session.getMetadata().getNodes();
        assertThat(nodes).hasSize(1);
        return nodes.values().iterator().next();
    }

    private static Row local(CqlSession session, String columns) {
        return session.execute("SELECT " + columns + " FROM system.local").one();
    }

    private static double connections(Listener listener) {
        return METERS.get("kawarau.connections")
                .tag("listener", listener.address().toString())
                .gauge()
                .value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3", "V4", "V5"})
    void byPortTheDriversMetadataShowsThePortOfTheProxyAndAllItsConnectionsAreThere(String version) {
        double before = connections(byPort);
        try (CqlSession session = Drivers.connect(byPort, version, "none")) {
            Node node = only(session);
            assertThat(node.getEndPoint().resolve()).isEqualTo(Drivers.address(byPort));
            assertThat(node.getBroadcastRpcAddress()).contains(Drivers.address(byPort));
            assertThat(node.getState()).isEqualTo(NodeState.UP);
            assertThat(node.getHostId()).isNotNull();
            assertThat(session.getMetadata().getTokenMap()).isPresent();
            await().untilAsserted(() -> {
                // One pooled for requests, and that for control and events.
                assertThat(node.getOpenConnections()).isEqualTo(2);
                assertThat(connections(byPort) - before).isEqualTo(2);
            });
        }
        await().untilAsserted(() -> assertThat(connections(byPort)).isEqualTo(before));
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3", "V4", "V5"})
    void byAddressTheDriversMetadataShowsTheProxyAndAllItsConnectionsAreThere(String version) {
        try (CqlSession session = Drivers.connect(byAddress, version, "none")) {
            Node node = only(session);
            InetSocketAddress proxy = Drivers.address(byAddress);
            assertThat(node.getBroadcastRpcAddress()).contains(proxy);
            assertThat(node.getBroadcastAddress()).contains(proxy);
            assertThat(node.getListenAddress()).contains(proxy);
            await().untilAsserted(() -> assertThat(node.getOpenConnections()).isEqualTo(2));
            assertThat(connections(byAddress)).isEqualTo(2);
        }
        await().untilAsserted(() -> assertThat(connections(byAddress)).isZero());
    }

    @Test
    void theRealNodeAnswersAsTheRowsMadeByHandDo() {
        try (CqlSession session = Drivers.connect(byAddress, "V5", "lz4");
                CqlSession direct = Drivers.to(NODE, "V5", "none").build()) {
            InetAddress proxy = Drivers.address(byAddress).getAddress();
            assertThat(local(session, "*").getColumnDefinitions().size())
                    .isEqualTo(local(direct, "*").getColumnDefinitions().size());
            assertThat(local(session, "rpc_address AS a, rpc_port AS \"P\"").getInetAddress("a"))
                    .isEqualTo(proxy);
            assertThat(local(session, "rpc_port AS \"P\"").getInt("\"P\"")).isEqualTo(byAddress.port());
            assertThat(session.execute(newInstance("SELECT host_id FROM system.local WHERE rpc_address = ?", proxy))
                            .all())
                    .hasSize(1);
            assertThat(session.execute("SELECT * FROM system.peers_v2").all()).isEmpty();
            // As health checks do.
            assertThat(session.execute("SELECT now() FROM system.local").one().getUuid(0))
                    .isNotNull();
            assertThat(session.execute("SELECT count(*) FROM system.peers")
                            .one()
                            .getLong(0))
                    .isZero();
        }
    }

    @Test
    void jsonIsByteForByteThatOfCassandraButForTheProxy() {
        try (CqlSession session = Drivers.connect(byPort, "V5", "none");
                CqlSession direct = Drivers.to(NODE, "V5", "none").build()) {
            String query = "SELECT JSON * FROM system.local";
            String json = direct.execute(query).one().getString("[json]");
            assertThat(session.execute(query).one().getString(0))
                    .isEqualTo(json.replace("\"rpc_port\": " + NODE.getPort(), "\"rpc_port\": " + byPort.port()))
                    .isNotEqualTo(json);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"V3", "V4", "V5"})
    void preparedStatementsAndPagesAreAnswered(String version) {
        try (CqlSession session = Drivers.connect(byPort, version, "none")) {
            PreparedStatement some = session.prepare("SELECT rpc_port, key FROM system.local WHERE key = ?");
            PreparedStatement all = session.prepare("SELECT * FROM system.local");
            for (int i = 0; i < 2; i++) {
                assertThat(session.execute(some.bind("local").setPageSize(1)).all())
                        .extracting(row -> row.getInt("rpc_port"))
                        .containsExactly(byPort.port());
                assertThat(session.execute(all.bind()).all())
                        .extracting(row -> row.getInt("rpc_port"))
                        .containsExactly(byPort.port());
            }
            assertThat(session.execute(some.bind("remote")).all()).isEmpty();
        }
    }

    @Test
    void whatWasPreparedBeforeTheProxyWasStartedAnewIsPreparedAgainUnseen() {
        Listener first = listen("127.0.0.3", "first");
        Chain chain = Chain.named("restarted")
                .metrics(METERS)
                .then(CassandraPeersRewrite.toPort(first.port()))
                .to(sink);
        first.serve(chain);
        DriverConfigLoader noHelp = DriverConfigLoader.programmaticBuilder()
                .withBoolean(DefaultDriverOption.REPREPARE_ENABLED, false)
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(50))
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofMillis(100))
                .build();
        try (CqlSession session = Drivers.to(Drivers.address(first), "V5", "none")
                .withConfigLoader(noHelp)
                .build()) {
            PreparedStatement statement = session.prepare("SELECT rpc_port FROM system.local");
            first.close();
            try (Listener second =
                    CqlListener.on(first.address().toString()).metrics(METERS).serve(chain)) {
                Row row = await().ignoreExceptions()
                        .until(() -> session.execute(statement.bind()).one(), Objects::nonNull);
                assertThat(row.getInt(0)).isEqualTo(second.port());
            }
        }
    }

    // --- nodes that are not there, so that there are several

    /** Answers as if the node had two neighbours. */
    private static final class Neighbours implements Transform {
        private static final List<InetSocketAddress> NODES =
                List.of(new InetSocketAddress("10.0.0.2", 9042), new InetSocketAddress("10.0.0.3", 9042));

        private volatile Session registered;

        @Override
        public Reply handle(Message message, Chain next) {
            CqlMessage request = (CqlMessage) message;
            if (request.opcode() == CqlOpcode.REGISTER) {
                registered = request.session();
            }
            return "SELECT * FROM system.peers_v2".equals(request.text())
                    ? Reply.of(CqlMessage.of(request, rows()))
                    : next.send(request);
        }

        private static DefaultRows rows() {
            List<String> names = List.of(
                    "peer",
                    "peer_port",
                    "native_address",
                    "native_port",
                    "data_center",
                    "rack",
                    "host_id",
                    "schema_version",
                    "tokens");
            List<Integer> types = List.of(
                    DataType.INET,
                    DataType.INT,
                    DataType.INET,
                    DataType.INT,
                    DataType.VARCHAR,
                    DataType.VARCHAR,
                    DataType.UUID,
                    DataType.UUID);
            List<ColumnSpec> columns = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                RawType type = i < types.size()
                        ? RawType.PRIMITIVES.get(types.get(i))
                        : new RawType.RawSet(RawType.PRIMITIVES.get(DataType.VARCHAR));
                columns.add(new ColumnSpec("system", "peers_v2", names.get(i), i, type));
            }
            ArrayDeque<List<ByteBuffer>> data = new ArrayDeque<>();
            for (InetSocketAddress node : NODES) {
                ByteBuffer address = ByteBuffer.wrap(node.getAddress().getAddress());
                byte last = address.get(3);
                data.add(List.of(
                        address,
                        number(7000),
                        address,
                        number(node.getPort()),
                        text("datacenter1"),
                        text("rack1"),
                        ByteBuffer.allocate(16).put(15, last),
                        ByteBuffer.allocate(16).put(15, last),
                        ByteBuffer.allocate(9)
                                .putInt(1)
                                .putInt(1)
                                .put((byte) ('0' + last))
                                .flip()));
            }
            return new DefaultRows(new RowsMetadata(columns, null, null, null), data);
        }

        private static ByteBuffer number(int value) {
            return ByteBuffer.allocate(4).putInt(0, value);
        }

        private static ByteBuffer text(String text) {
            return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Tells the client of a change, as the node would. */
        void tell(String change, InetSocketAddress node) {
            registered
                    .loop()
                    .execute(() -> registered.push(CqlMessage.of(5, new TopologyChangeEvent(change, node)), null));
        }
    }

    private static Set<InetSocketAddress> nodes(CqlSession session) {
        return session.getMetadata().getNodes().values().stream()
                .map(node -> (InetSocketAddress) node.getEndPoint().resolve())
                .collect(Collectors.toSet());
    }

    @Test
    void theDriverConnectsToTheProxyOfEachNodeAndHearsOfIt() {
        Neighbours neighbours = new Neighbours();
        try (Listener first = listen("127.0.0.1", "first");
                Listener second = listen("127.0.0.1", "second")) {
            InetSocketAddress one = Drivers.address(first);
            InetSocketAddress two = Drivers.address(second);
            // The third node has none.
            first.serve(Chain.named("neighbours")
                    .metrics(METERS)
                    .then(CassandraPeersRewrite.to(Map.of(NODE, one, Neighbours.NODES.get(0), two)))
                    .then(neighbours)
                    .to(sink));
            try (CqlSession session = Drivers.connect(first, "V5", "none")) {
                assertThat(nodes(session)).containsExactlyInAnyOrder(one, two);
                await().untilAsserted(() -> assertThat(connections(second)).isEqualTo(1));

                neighbours.tell("REMOVED_NODE", Neighbours.NODES.get(1));
                neighbours.tell("REMOVED_NODE", Neighbours.NODES.get(0));
                await().untilAsserted(() -> assertThat(nodes(session)).containsExactly(one));
                await().untilAsserted(() -> assertThat(connections(second)).isZero());

                neighbours.tell("NEW_NODE", Neighbours.NODES.get(0));
                await().untilAsserted(() -> assertThat(nodes(session)).containsExactlyInAnyOrder(one, two));
                await().untilAsserted(() -> assertThat(connections(second)).isEqualTo(1));
            }
        }
    }
}
