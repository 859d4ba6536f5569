package dev.kawarau.sample.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.metadata.Node;
import dev.kawarau.testkit.cassandra.CassandraServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program in front of a Cassandra, in this JVM. */
class StandaloneCassandraTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Standalone start(String cassandra) {
        return Standalone.start(Options.parse("--listen", "127.0.0.1:0", "--threads", "1", "--cassandra", cassandra));
    }

    static CqlSession connect(String address) {
        return CqlSession.builder()
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withStringList(DefaultDriverOption.CONTACT_POINTS, List.of(address))
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, PATIENCE)
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, PATIENCE)
                        .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                        .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                        .build())
                .build();
    }

    @Test
    void whatAClientWritesIsInCassandraAndItKnowsNoNodeButTheProxy() {
        String cassandra = "127.0.0.1:" + CassandraServer.shared().port();
        try (Standalone proxy = start(cassandra);
                CqlSession client = connect(proxy.address().toString());
                CqlSession direct = connect(cassandra)) {
            client.execute("CREATE KEYSPACE standalone WITH replication ="
                    + " {'class': 'SimpleStrategy', 'replication_factor': 1}");
            client.execute("CREATE TABLE standalone.colours (k int PRIMARY KEY, v text)");
            client.execute(client.prepare("INSERT INTO standalone.colours (k, v) VALUES (?, ?)")
                    .bind(1, "green"));

            assertThat(direct.execute("SELECT v FROM standalone.colours").one().getString("v"))
                    .isEqualTo("green");
            assertThat(client.getMetadata().getNodes().values())
                    .extracting(Node::getBroadcastRpcAddress)
                    .allSatisfy(address -> assertThat(address.orElseThrow().getPort())
                            .isEqualTo(proxy.address().port()))
                    .hasSize(1);
        }
    }

    @Test
    void aCassandraThatIsAwayIsAnErrorAndNotAnEnd() {
        CassandraServer gone = CassandraServer.start();
        try (gone;
                Standalone proxy = start("127.0.0.1:" + gone.port())) {
            gone.kill();
            assertThatThrownBy(() -> connect(proxy.address().toString()).close())
                    .isInstanceOf(AllNodesFailedException.class)
                    .hasStackTraceContaining("cassandra at ");
            gone.restart();
            try (CqlSession client = connect(proxy.address().toString())) {
                assertThat(client.execute("SELECT key FROM system.local").all()).hasSize(1);
            }
        }
    }
}
