package dev.kawarau.transform.cassandra;

import static dev.kawarau.transform.cassandra.Nodes.at;
import static dev.kawarau.transform.cassandra.Nodes.peers;
import static dev.kawarau.transform.cassandra.Nodes.peersV2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import com.datastax.oss.protocol.internal.response.event.StatusChangeEvent;
import com.datastax.oss.protocol.internal.response.event.TopologyChangeEvent;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import dev.kawarau.Transform;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not rewritten: it is refused, dropped, or passes. And events, which name the proxy. */
class CassandraPeersPassageTest {
    private static final CassandraPeersRewrite BY_PORT = CassandraPeersRewrite.toPort(9043);
    private static final CassandraPeersRewrite BY_ADDRESS =
            CassandraPeersRewrite.to(Map.of(at("10.0.0.2", 9042), at("192.168.0.2", 9102)));

    // --- what is refused

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT CAST(peer AS text) FROM system.peers",
                "SELECT now(), rpc_address FROM system.local",
                "SELECT CAST(rpc_port AS text) FROM system.local",
                "SELECT toJson(native_transport_port_ssl) FROM system.local",
                "SELECT now() FROM system.local WHERE token(key) > 1 AND broadcast_address = '10.0.0.1' ALLOW FILTERING",
                "SELECT toJson(peer) FROM system.peers",
                "SELECT writetime(rpc_address) FROM system.peers",
                "SELECT count(*), peer FROM system.peers",
                "SELECT * FROM system.peers WHERE token(peer) > 0x00",
                "SELECT * FROM system.peers WHERE peer > '10.0.0.1' ALLOW FILTERING",
                "SELECT * FROM system.peers WHERE tokens CONTAINS '1' ALLOW FILTERING",
                "SELECT * FROM system.peers WHERE peer = 'localhost'",
                "SELECT * FROM system.peers WHERE peer = ?",
                "SELECT * FROM system.peers WHERE nothing = 1",
                "SELECT nothing FROM system.peers",
                "SELECT * FROM system.peers LIMIT 0",
                "SELECT * FROM system.peers_v2 WHERE peer = '10.0.0.2' ORDER BY peer_port DESC",
                "SELECT * FROM system.peers PER PARTITION LIMIT 1",
                "SELECT * FROM system.peers_v2 GROUP BY peer"
            })
    void whatCannotBeAnsweredIsRefusedAndTellsNoAddress(String cql) {
        try (PeersChain chain = new PeersChain(
                BY_PORT,
                Map.of("system.peers", peers(), "system.peers_v2", peersV2(), "system.local", Nodes.local()))) {
            assertThat(chain.ask(new Query(cql)))
                    .isInstanceOfSatisfying(
                            Error.class, error -> assertThat(error.code).isEqualTo(ErrorCode.INVALID));
        }
    }

    @Test
    void whatCannotBeParsedIsRefusedIfItIsAboutTheTables() {
        String odd = "SELECT * FROM system.peers WITH something new";
        try (PeersChain chain = new PeersChain(BY_PORT, Map.of("system.peers", peers()))) {
            assertThat(chain.ask(new Query(odd)))
                    .isInstanceOfSatisfying(
                            Error.class, error -> assertThat(error.message).contains("cannot parse"));
        }
    }

    @Test
    void theServersErrorsPass() {
        try (PeersChain chain = new PeersChain(BY_PORT, Map.of())) {
            assertThat(chain.ask(new Query("SELECT * FROM system.peers_v2")))
                    .isInstanceOfSatisfying(
                            Error.class, error -> assertThat(error.message).isEqualTo("unconfigured table"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT now() FROM system.local",
                "SELECT release_version, host_id FROM system.local WHERE key = 'local'",
                "SELECT max(data_center) FROM system.local GROUP BY key"
            })
    void whatNamesNoAddressOfTheLocalNodePassesAsItIs(String cql) {
        try (PeersChain chain = new PeersChain(BY_ADDRESS, Map.of())) {
            chain.ask(new Query(cql));
            assertThat(new String(chain.sink().arrivals().get(1).bytes(), StandardCharsets.UTF_8))
                    .contains(cql);
        }
    }

    @Test
    void otherRequestsPassAsTheyAre() {
        try (PeersChain chain = new PeersChain(BY_PORT, Map.of("ks.local", peers()))) {
            DefaultRows rows = (DefaultRows) chain.ask(new Query("SELECT * FROM ks.local WHERE k = 'system.peers'"));
            assertThat(Nodes.read(rows)).isEqualTo(Nodes.read(peers()));
            assertThat(chain.sink().arrivals())
                    .last()
                    .satisfies(arrival -> assertThat(new String(arrival.bytes(), StandardCharsets.UTF_8))
                            .contains("k = 'system.peers'"));
        }
    }

    // --- events

    private static Frame pushed(Transform transform, Message... events) {
        try (PeersChain chain = new PeersChain(transform, Map.of())) {
            for (Message event : events) {
                chain.push(event);
            }
            return chain.receive();
        }
    }

    @Test
    void eventsNameTheProxy() {
        Frame up = pushed(BY_PORT, new StatusChangeEvent("UP", at("10.0.0.2", 9042)));
        assertThat(up.streamId).isEqualTo(-1);
        assertThat(((StatusChangeEvent) up.message).address).isEqualTo(at("10.0.0.2", 9043));
        assertThat(((StatusChangeEvent) up.message).changeType).isEqualTo("UP");
        Frame moved = pushed(BY_ADDRESS, new TopologyChangeEvent("NEW_NODE", at("10.0.0.2", 9042)));
        assertThat(((TopologyChangeEvent) moved.message).address).isEqualTo(at("192.168.0.2", 9102));
    }

    @Test
    void eventsOfNodesWithoutAProxyAreDroppedAndOthersPass() {
        SchemaChangeEvent schema = new SchemaChangeEvent("CREATED", "KEYSPACE", "ks", null, null);
        Frame next = pushed(
                BY_ADDRESS,
                new StatusChangeEvent("UP", at("10.0.0.3", 9042)),
                new TopologyChangeEvent("REMOVED_NODE", at("10.0.0.3", 9042)),
                schema);
        assertThat(next.message).isInstanceOf(SchemaChangeEvent.class);
        assertThat(next.streamId).isEqualTo(-1);
    }

    // --- settings

    @Test
    void settingsThatCannotWorkAreRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> CassandraPeersRewrite.toPort(0));
        assertThatIllegalArgumentException().isThrownBy(() -> CassandraPeersRewrite.to(Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CassandraPeersRewrite.to(Map.of(
                        at("10.0.0.1", 9042), at("192.168.0.1", 9101), at("10.0.0.2", 9042), at("192.168.0.1", 9101))))
                .withMessageContaining("two nodes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CassandraPeersRewrite.to(
                        Map.of(at("10.0.0.1", 9042), InetSocketAddress.createUnresolved("proxy", 9101))))
                .withMessageContaining("not resolved");
        assertThat(BY_PORT).hasToString("CassandraPeersRewrite.toPort(9043)");
    }
}
