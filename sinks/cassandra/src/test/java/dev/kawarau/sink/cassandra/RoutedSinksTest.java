package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
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
import dev.kawarau.transform.route.Collate;
import dev.kawarau.transform.route.LoadBalance;
import dev.kawarau.transform.route.ParallelMap;
import dev.kawarau.transform.route.Route;
import dev.kawarau.transform.route.Scatter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two real servers behind what ends a chain with several: the state of a session is the same at both. If not said otherwise it is
 * a {@link Route}, and reads go to one, the rest to the other.
 */
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
        listener = listening(route);
    }

    private Listener listening(Chain end) {
        return CqlListener.on("127.0.0.1:0")
                .metrics(meters)
                .serve(Chain.named("routed").to(end));
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

    private static List<String> values(CqlSession session, List<? extends Statement<?>> statements) throws Exception {
        List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
        for (Statement<?> statement : statements) {
            answers.add(session.executeAsync(statement).toCompletableFuture());
        }
        List<String> values = new ArrayList<>();
        for (CompletableFuture<AsyncResultSet> answer : answers) {
            Row row = answer.get().one();
            values.add(row == null ? "" : row.getString("v"));
        }
        return values;
    }

    @Test
    void theDriverFindsAllServersOfALoadBalanceBehindOneAddress() throws Exception {
        LoadBalance balance = LoadBalance.to(mainSink, replicaSink)
                .by(LoadBalance.Policy.ROUND_ROBIN)
                .metrics(meters)
                .build();
        try (Listener balanced = listening(balance);
                CqlSession session = Drivers.to(Drivers.address(balanced), "V5", "none")
                        .withKeyspace(CqlIdentifier.fromCql("routed_b"))
                        .build()) {
            PreparedStatement prepared = session.prepare("SELECT v FROM t WHERE k = ? LIMIT 7");
            List<String> values = values(session, Collections.nCopies(100, prepared.bind(1)));

            assertThat(Collections.frequency(values, "main in routed_b")).isBetween(40, 60);
            assertThat(Collections.frequency(values, "replica in routed_b")).isBetween(40, 60);
            for (String target : List.of("0", "1")) {
                assertThat(meters.get("kawarau.balance.requests")
                                .tag("target", target)
                                .functionCounter()
                                .count())
                        .isGreaterThan(40);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"V4", "V5"})
    void whatTheDriverWritesThroughAScatterIsAtBothServersAndEitherAnswersReads(String version) throws Exception {
        Scatter scatter = Scatter.toAll()
                .to("main", mainSink)
                .to("replica", replicaSink)
                .collate(Query.Kind.READ, Collate.fastest())
                .metrics(meters)
                .build();
        int from = version.equals("V4") ? 1_000 : 2_000;
        try (Listener scattered = listening(scatter);
                CqlSession session = Drivers.to(Drivers.address(scattered), version, "none")
                        .withKeyspace(CqlIdentifier.fromCql("routed_a"))
                        .build()) {
            PreparedStatement insert = session.prepare("INSERT INTO t (k, v) VALUES (?, ?)");
            values(
                    session,
                    IntStream.range(from, from + 100)
                            .mapToObj(k -> insert.bind(k, "tea " + k))
                            .toList());
            PreparedStatement select = session.prepare("SELECT v FROM t WHERE k = ?");
            assertThat(values(
                            session,
                            IntStream.range(from, from + 100)
                                    .mapToObj(select::bind)
                                    .toList()))
                    .containsExactlyElementsOf(IntStream.range(from, from + 100)
                            .mapToObj(k -> "tea " + k)
                            .toList());
        }
        for (CassandraServer server : List.of(main, replica)) {
            try (CqlSession direct = Drivers.to(new InetSocketAddress("127.0.0.1", server.port()), version, "none")
                    .build()) {
                for (int k = from; k < from + 100; k += 33) {
                    assertThat(direct.execute("SELECT v FROM routed_a.t WHERE k = " + k)
                                    .one()
                                    .getString(0))
                            .isEqualTo("tea " + k);
                }
            }
        }
    }

    @Test
    void copiesOfAChainAnswerOneSessionOfTheDriver() throws Exception {
        ParallelMap map = ParallelMap.to(
                        mainSink, Chain.named("copy").metrics(meters).to(mainSink))
                .metrics(meters)
                .build();
        try (Listener parallel = listening(map);
                CqlSession session = Drivers.to(Drivers.address(parallel), "V5", "none")
                        .withKeyspace(CqlIdentifier.fromCql("routed_b"))
                        .build()) {
            PreparedStatement insert = session.prepare("INSERT INTO t (k, v) VALUES (?, ?)");
            values(
                    session,
                    IntStream.range(3_000, 3_200)
                            .mapToObj(k -> insert.bind(k, "v" + k))
                            .toList());
            PreparedStatement select = session.prepare("SELECT v FROM t WHERE k = ?");
            assertThat(values(
                            session,
                            IntStream.range(3_000, 3_200).mapToObj(select::bind).toList()))
                    .containsExactlyElementsOf(
                            IntStream.range(3_000, 3_200).mapToObj(k -> "v" + k).toList());
        }
        for (String target : List.of("0", "1")) {
            assertThat(meters.get("kawarau.parallel.requests")
                            .tag("target", target)
                            .functionCounter()
                            .count())
                    .isGreaterThan(100);
        }
    }
}
