package dev.kawarau.transform.cassandra;

import static dev.kawarau.transform.cassandra.Nodes.at;
import static dev.kawarau.transform.cassandra.Nodes.inet;
import static dev.kawarau.transform.cassandra.Nodes.peers;
import static dev.kawarau.transform.cassandra.Nodes.peersV2;
import static dev.kawarau.transform.cassandra.Nodes.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import dev.kawarau.Transform;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With three nodes whose tables are made by hand. */
class CassandraPeersRewriteTest {

    private static final CassandraPeersRewrite BY_PORT = CassandraPeersRewrite.toPort(9043);
    private static final CassandraPeersRewrite BY_ADDRESS = CassandraPeersRewrite.to(Map.of(
            at("10.0.0.1", 9042), at("192.168.0.1", 9101),
            at("10.0.0.2", 9042), at("192.168.0.2", 9102)));

    private List<Map<String, Object>> rows(Transform transform, Message request) {
        try (PeersChain chain = new PeersChain(
                transform,
                Map.of("system.local", Nodes.local(), "system.peers", peers(), "system.peers_v2", peersV2()))) {
            return chain.rows(request);
        }
    }

    private List<Map<String, Object>> rows(Transform transform, String cql) {
        return rows(transform, new Query(cql));
    }

    private static QueryOptions with(List<ByteBuffer> values, Map<String, ByteBuffer> named) {
        return new QueryOptions(1, values, named, true, -1, null, 8, QueryOptions.NO_DEFAULT_TIMESTAMP, null, -1);
    }

    private static Map<String, Object> only(List<Map<String, Object>> rows) {
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    // --- whole rows

    @Test
    void byPortOnlyThePortsForClientsChange() {
        assertThat(rows(BY_PORT, "SELECT * FROM system.peers_v2"))
                .isEqualTo(Nodes.read(peersV2(
                        row("10.0.0.2", 7000, "dc1", "10.0.0.2", 9043, null, null, "[1]"),
                        row("10.0.0.3", 7000, "d\"c\\2", "10.0.0.3", 9043, "10.1.0.3", 7000, "[2]"))));
        assertThat(rows(BY_PORT, "SELECT * FROM system.peers")).isEqualTo(Nodes.read(peers()));
        assertThat(only(rows(BY_PORT, "SELECT * FROM system.local")))
                .containsEntry("rpc_address", "10.0.0.1")
                .containsEntry("rpc_port", 9043)
                .containsEntry("broadcast_port", 7000);
    }

    @Test
    void byAddressANodeIsItsProxyInEveryColumnAndOneWithoutIsNotThere() {
        assertThat(rows(BY_ADDRESS, "SELECT * FROM system.peers_v2"))
                .isEqualTo(
                        Nodes.read(peersV2(row("192.168.0.2", 9102, "dc1", "192.168.0.2", 9102, null, null, "[1]"))));
        assertThat(rows(BY_ADDRESS, "SELECT * FROM system.peers"))
                .isEqualTo(Nodes.read(peers(row("192.168.0.2", "dc1", null, "192.168.0.2", "[1]"))));
        assertThat(only(rows(BY_ADDRESS, "SELECT * FROM system.local")).values())
                .containsExactly("local", "192.168.0.1", 9101, "dc1", "192.168.0.1", 9101, "192.168.0.1", 9101, "[0]");
    }

    @Test
    void addressesThatDriversFallBackOnChangeToo() {
        Transform all = CassandraPeersRewrite.to(node -> at("192.168.0.9", 9109));
        assertThat(rows(all, "SELECT * FROM system.peers_v2").get(1))
                .containsEntry("preferred_ip", "192.168.0.9")
                .containsEntry("preferred_port", 9109);
        assertThat(rows(all, "SELECT preferred_ip FROM system.peers").get(1))
                .containsEntry("preferred_ip", "192.168.0.9");
    }

    @Test
    void aPeerWithoutAnAddressForClientsIsLeftOut() {
        try (PeersChain chain = new PeersChain(
                BY_PORT,
                Map.of(
                        "system.peers",
                        peers(
                                row("10.0.0.2", "dc1", null, null, "[1]"),
                                row("10.0.0.3", "dc1", null, "10.0.0.3", "[2]")),
                        "system.peers_v2",
                        peersV2(row("10.0.0.2", 7000, "dc1", null, null, null, null, "[1]"))))) {
            assertThat(chain.rows("SELECT peer FROM system.peers")).containsExactly(Map.of("peer", "10.0.0.3"));
            assertThat(chain.rows("SELECT peer FROM system.peers_v2")).isEmpty();
        }
    }

    @Test
    void aPeerThatListensEverywhereIsWhereItsNeighboursReachIt() {
        try (PeersChain chain = new PeersChain(
                BY_ADDRESS, Map.of("system.peers", peers(row("10.0.0.2", "dc1", null, "0.0.0.0", "[1]"))))) {
            assertThat(chain.rows("SELECT rpc_address FROM system.peers"))
                    .containsExactly(Map.of("rpc_address", "192.168.0.2"));
        }
    }

    @Test
    void aLocalNodeWithoutAProxyHasNoAddressThatLeadsPast() {
        // The client is in this JVM, so it has not come by an address either.
        Map<String, Object> local = only(
                rows(CassandraPeersRewrite.to(node -> null), "SELECT rpc_address, key, listen_port FROM system.local"));
        assertThat(local)
                .containsEntry("key", "local")
                .containsEntry("rpc_address", null)
                .containsEntry("listen_port", null);
    }

    @Test
    void severalNodesOnOneAddressAreNotGuessed() {
        Transform twins = CassandraPeersRewrite.to(Map.of(
                at("10.0.0.2", 9042), at("192.168.0.2", 9102),
                at("10.0.0.2", 9052), at("192.168.0.3", 9102)));
        assertThat(rows(twins, "SELECT * FROM system.peers")).isEmpty();
        assertThat(rows(twins, "SELECT native_address FROM system.peers_v2"))
                .containsExactly(Map.of("native_address", "192.168.0.2"));
    }

    // --- questions

    @Test
    void columnsAndAliasesAreWhatTheStatementSays() {
        assertThat(rows(BY_ADDRESS, "SELECT data_center, peer AS \"Who\", native_port AS p FROM system.peers_v2"))
                .containsExactly(Map.of("data_center", "dc1", "Who", "192.168.0.2", "p", 9102));
        assertThat(rows(BY_PORT, "SELECT native_port FROM system.peers_v2"))
                .containsExactly(Map.of("native_port", 9043), Map.of("native_port", 9043));
    }

    @Test
    void jsonIsAsCassandraWritesIt() {
        assertThat(rows(
                        BY_PORT,
                        "SELECT JSON peer AS \"Who\", native_port, preferred_ip, tokens, data_center"
                                + " FROM system.peers_v2 LIMIT 2"))
                .extracting(row -> row.get("[json]"))
                .containsExactly(
                        "{\"\\\"Who\\\"\": \"10.0.0.2\", \"native_port\": 9043, \"preferred_ip\": null, \"tokens\": [\"1\"],"
                                + " \"data_center\": \"dc1\"}",
                        "{\"\\\"Who\\\"\": \"10.0.0.3\", \"native_port\": 9043, \"preferred_ip\": \"10.1.0.3\","
                                + " \"tokens\": [\"2\"], \"data_center\": \"d\\\"c\\\\2\"}");
    }

    @Test
    void nodesAreCountedAsTheyAreSeen() {
        assertThat(rows(BY_ADDRESS, "SELECT COUNT(*) FROM system.peers")).containsExactly(Map.of("count", 1L));
        assertThat(rows(BY_PORT, "select count(*) as n from system.peers")).containsExactly(Map.of("n", 2L));
    }

    @Test
    void distinctAndLimitAreKept() {
        Transform one = CassandraPeersRewrite.to(
                node -> at("192.168.0.9", 9100 + node.getAddress().getAddress()[3]));
        assertThat(rows(one, "SELECT DISTINCT peer FROM system.peers_v2")).hasSize(1);
        assertThat(rows(one, "SELECT peer FROM system.peers_v2")).hasSize(2);
        assertThat(rows(one, "SELECT peer FROM system.peers_v2 LIMIT 1")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT peer FROM system.peers_v2 WHERE peer = '192.168.0.2'",
                "SELECT peer FROM system.peers_v2 WHERE peer = '192.168.0.2' AND peer_port = 9102",
                "SELECT peer FROM system.peers_v2 WHERE native_address IN ('10.0.0.2', '192.168.0.2') ALLOW FILTERING",
                "SELECT peer FROM \"system\".\"peers\" WHERE rpc_address = '192.168.0.2' ALLOW FILTERING",
                "/* who */ select PEER from SYSTEM.PEERS where PEER = '192.168.0.2';"
            })
    void conditionsAreInTheProxysTerms(String cql) {
        assertThat(rows(BY_ADDRESS, cql)).containsExactly(Map.of("peer", "192.168.0.2"));
    }

    @Test
    void aConditionOnTheAddressOfANodeFindsNothing() {
        assertThat(rows(BY_ADDRESS, "SELECT * FROM system.peers WHERE peer = '10.0.0.2'"))
                .isEmpty();
        assertThat(rows(BY_PORT, "SELECT * FROM system.peers_v2 WHERE native_port = 9042 ALLOW FILTERING"))
                .isEmpty();
        assertThat(rows(BY_PORT, "SELECT * FROM system.peers_v2 WHERE native_port = 9043 ALLOW FILTERING"))
                .hasSize(2);
    }

    @Test
    void valuesAreBoundByPositionAndByName() {
        ByteBuffer port = ByteBuffer.allocate(4).putInt(0, 9102);
        String unnamed = "SELECT peer FROM system.peers_v2 WHERE peer = ? AND peer_port = ?";
        String named = "SELECT peer FROM system.peers_v2 WHERE peer = :address AND peer_port = :port";
        assertThat(rows(BY_ADDRESS, new Query(unnamed, with(List.of(inet("192.168.0.2"), port), Map.of()))))
                .hasSize(1);
        assertThat(rows(BY_ADDRESS, new Query(unnamed, with(List.of(inet("10.0.0.2"), port), Map.of()))))
                .isEmpty();
        assertThat(rows(
                        BY_ADDRESS,
                        new Query(named, with(List.of(), Map.of("address", inet("192.168.0.2"), "port", port)))))
                .hasSize(1);
        assertThat(rows(
                        BY_ADDRESS,
                        new Query(unnamed, with(List.of(), Map.of("peer", inet("192.168.0.2"), "peer_port", port)))))
                .hasSize(1);
    }

    @Test
    void aListIsBoundToIn() {
        ByteBuffer list = ByteBuffer.allocate(4 + 2 * 8).putInt(2);
        list.putInt(4).put(inet("10.0.0.3")).putInt(4).put(inet("10.0.0.9")).flip();
        assertThat(rows(
                        BY_PORT,
                        new Query("SELECT peer FROM system.peers WHERE peer IN ?", with(List.of(list), Map.of()))))
                .containsExactly(Map.of("peer", "10.0.0.3"));
    }

    @Test
    void namesWithoutAKeyspaceAreThoseOfTheKeyspaceInUse() {
        try (PeersChain chain = new PeersChain(BY_PORT, Map.of("system.peers_v2", peersV2(), "peers_v2", peersV2()))) {
            assertThat(chain.rows("SELECT * FROM peers_v2").get(0)).containsEntry("native_port", 9042);
            chain.ask(new Query("USE system"));
            assertThat(chain.rows("SELECT * FROM peers_v2").get(0)).containsEntry("native_port", 9043);
        }
    }

    @Test
    void preparedStatementsAreAnsweredLikeOthers() {
        try (PeersChain chain = new PeersChain(BY_ADDRESS, Map.of("system.peers_v2", peersV2()))) {
            chain.ask(new Prepare("SELECT peer FROM system.peers_v2 WHERE peer = ?"));
            Execute found = new Execute(PeersChain.ID, with(List.of(inet("192.168.0.2")), Map.of()));
            assertThat(chain.rows(found)).containsExactly(Map.of("peer", "192.168.0.2"));
            Execute hidden = new Execute(PeersChain.ID, with(List.of(inet("10.0.0.2")), Map.of()));
            assertThat(chain.rows(hidden)).isEmpty();
        }
    }

    @Test
    void aPreparedStatementThatNobodyKnowsIsToBePreparedAgain() {
        try (PeersChain chain = new PeersChain(BY_PORT, Map.of())) {
            Message answer = chain.ask(new Execute(PeersChain.ID, QueryOptions.DEFAULT));
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Unprepared.class, error -> assertThat(error.id).isEqualTo(PeersChain.ID));
            assertThat(chain.sink().operations()).doesNotContain("EXECUTE");
        }
    }
}
