package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.Rows;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Query;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import dev.kawarau.transform.route.Route;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two real servers behind a {@link Route}: the state of a session is the same at both. Reads go to one, the rest to the other. */
class RoutedSinksTest {
    private static CassandraServer main;
    private static CassandraServer replica;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private CassandraSink mainSink;
    private CassandraSink replicaSink;
    private Listener listener;

    @BeforeAll
    static void start() {
        main = CassandraServer.shared();
        replica = CassandraServer.start();
        fill(main, "main");
        fill(replica, "replica");
    }

    private static void fill(CassandraServer server, String name) {
        try (CqlSession session = Drivers.to(new InetSocketAddress("127.0.0.1", server.port()), "V4", "none")
                .build()) {
            for (String keyspace : List.of("routed_a", "routed_b")) {
                session.execute("CREATE KEYSPACE " + keyspace
                        + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
                session.execute("CREATE TABLE " + keyspace + ".t (k int PRIMARY KEY, v text)");
                session.execute("INSERT INTO " + keyspace + ".t (k, v) VALUES (1, '" + name + " in " + keyspace + "')");
            }
        }
    }

    @AfterAll
    static void stop() {
        try (CqlSession session = Drivers.to(new InetSocketAddress("127.0.0.1", main.port()), "V4", "none")
                .build()) {
            session.execute("DROP KEYSPACE routed_a");
            session.execute("DROP KEYSPACE routed_b");
        }
        replica.close();
    }

    @BeforeEach
    void serve() {
        mainSink = sink(main);
        replicaSink = sink(replica);
        Route route = Route.by(request -> request.query().kind() == Query.Kind.READ ? "replica" : "main")
                .to("main", mainSink)
                .to("replica", replicaSink)
                .metrics(meters)
                .build();
        listener = CqlListener.on("127.0.0.1:0")
                .metrics(meters)
                .serve(Chain.named("routed").to(route));
    }

    private CassandraSink sink(CassandraServer server) {
        return CassandraSink.to("127.0.0.1:" + server.port()).metrics(meters).build();
    }

    @AfterEach
    void close() {
        listener.close();
        mainSink.close();
        replicaSink.close();
    }

    private static String value(Message answer) {
        assertThat(answer).isInstanceOf(Rows.class);
        return StandardCharsets.UTF_8
                .decode(((Rows) answer).getData().element().get(0).duplicate())
                .toString();
    }

    private static com.datastax.oss.protocol.internal.request.Query query(String text) {
        return new com.datastax.oss.protocol.internal.request.Query(text);
    }

    @Test
    void aKeyspaceIsThatOfTheSessionAtServersThatItComesToLaterAndHasBeenAt() throws IOException {
        try (RawClient client = RawClient.ready(listener)) {
            assertThat(client.ask(query("USE routed_a"))).isInstanceOf(SetKeyspace.class);
            assertThat(value(client.ask(query("SELECT v FROM t WHERE k = 1")))).isEqualTo("replica in routed_a");
            assertThat(client.ask(query("USE routed_b"))).isInstanceOf(SetKeyspace.class);
            assertThat(value(client.ask(query("SELECT v FROM t WHERE k = 1")))).isEqualTo("replica in routed_b");
            assertThat(client.ask(query("USE nowhere"))).isInstanceOf(Error.class);
            assertThat(value(client.ask(query("SELECT v FROM t WHERE k = 1")))).isEqualTo("replica in routed_b");
        }
    }

    @Test
    void aStatementIsPreparedWhereTheFunctionSays() throws IOException {
        try (RawClient client = RawClient.ready(listener)) {
            assertThat(client.ask(new Prepare("SELECT v FROM routed_a.t WHERE k = ?")))
                    .isInstanceOf(Prepared.class);
        }
        assertThat(requests("main")).isGreaterThan(0);
        assertThat(requests("replica")).isZero();
    }

    private double requests(String target) {
        return meters.get("kawarau.route.requests")
                .tag("target", target)
                .functionCounter()
                .count();
    }

    @ParameterizedTest
    @ValueSource(strings = {"V4", "V5"})
    void aStatementThatWasPreparedAtOneServerIsCarriedOutAtAnother(String version) throws Exception {
        try (CqlSession session = Drivers.to(Drivers.address(listener), version, "none")
                .withKeyspace(CqlIdentifier.fromCql("routed_a"))
                .build()) {
            // A text of its own, that the other server has not prepared before.
            PreparedStatement prepared = session.prepare("SELECT v AS in_" + version + " FROM routed_a.t WHERE k = ?");
            List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(session.executeAsync(prepared.bind(1)).toCompletableFuture());
            }
            for (CompletableFuture<AsyncResultSet> answer : answers) {
                assertThat(answer.get().one().getString(0)).isEqualTo("replica in routed_a");
            }
            assertThat(meters.get("kawarau.upstream.reprepared").counters())
                    .anySatisfy(counter -> assertThat(counter.count()).isPositive());
            assertThat(session.execute("SELECT v FROM t WHERE k = 1").one().getString("v"))
                    .isEqualTo("replica in routed_a");
            assertThat(session.execute("INSERT INTO t (k, v) VALUES (1, 'x') IF NOT EXISTS")
                            .one()
                            .getString("v"))
                    .isEqualTo("main in routed_a");
        }
    }
}
