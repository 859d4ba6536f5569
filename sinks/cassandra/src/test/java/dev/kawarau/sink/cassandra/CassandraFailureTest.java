package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.servererrors.WriteTimeoutException;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.result.Rows;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the driver sees when the server is slow, stopped or gone. */
class CassandraFailureTest {
    private static CassandraServer server;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @BeforeAll
    static void start() {
        server = CassandraServer.start();
        try (CqlSession session = Drivers.to(server.address(), "V5", "none").build()) {
            session.execute(
                    "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy'," + " 'replication_factor': 1}");
            session.execute("CREATE TABLE ks.t (k int PRIMARY KEY, v text)");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private CassandraSink.Builder sink() {
        return CassandraSink.to("127.0.0.1:" + server.port()).metrics(meters);
    }

    private Listener listen(CassandraSink sink) {
        return CqlListener.on("127.0.0.1:0")
                .metrics(meters)
                .serve(Chain.named("test").to(sink));
    }

    private static void awaitService(CqlSession session) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> session.execute("SELECT k FROM ks.t WHERE k = 0"));
    }

    @Test
    void aServerThatIsSilentIsATimeoutOfTheKindThatWasAsked() {
        try (CassandraSink sink = sink().requestTimeout(Duration.ofMillis(500)).build();
                Listener listener = listen(sink);
                CqlSession session = Drivers.connect(listener, "V5", "none")) {
            PreparedStatement insert = session.prepare("INSERT INTO ks.t (k, v) VALUES (?, ?)");
            server.pause();
            try {
                assertThatThrownBy(() -> session.execute("SELECT v FROM ks.t WHERE k = 1"))
                        .isInstanceOf(ReadTimeoutException.class);
            } finally {
                server.resume();
            }
            awaitService(session);
            server.pause();
            try {
                assertThatThrownBy(() -> session.execute(insert.bind(1, "x")))
                        .isInstanceOf(WriteTimeoutException.class);
            } finally {
                server.resume();
            }
            awaitService(session);
        }
    }

    @Test
    void aServerThatIsKilledAgainAndAgainLosesNothingThatItAcknowledgedAndMixesNothingUp() {
        try (CassandraSink sink = sink().build();
                Listener listener = listen(sink);
                CqlSession session = Drivers.connect(listener, "V4", "lz4")) {
            PreparedStatement insert = session.prepare("INSERT INTO ks.t (k, v) VALUES (?, ?)");
            PreparedStatement select = session.prepare("SELECT v FROM ks.t WHERE k = ?");
            List<Integer> acknowledged = new ArrayList<>();
            int key = 1000;
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<AsyncResultSet>> writes = new ArrayList<>();
                int first = key;
                for (int i = 0; i < 400; i++, key++) {
                    writes.add(session.executeAsync(insert.bind(key, "value " + key))
                            .toCompletableFuture());
                    if (i == 200) {
                        writes.get(100).handle((rows, failure) -> rows).join();
                        server.kill();
                    }
                }
                for (int i = 0; i < writes.size(); i++) {
                    if (isAcknowledged(writes.get(i))) {
                        acknowledged.add(first + i);
                    }
                }
                server.restart();
                awaitService(session);
            }
            assertThat(acknowledged).hasSizeGreaterThan(100);
            for (int written : acknowledged) {
                assertThat(session.execute(select.bind(written)).one().getString("v"))
                        .isEqualTo("value " + written);
            }
        }
    }

    /** Fails for a failure that is none of those by which a driver can tell what to do. */
    private static boolean isAcknowledged(CompletableFuture<AsyncResultSet> write) {
        try {
            write.join();
            return true;
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof AllNodesFailedException all) {
                all.getAllErrors()
                        .values()
                        .forEach(errors -> assertThat(errors)
                                .allMatch(error -> error instanceof UnavailableException
                                        || error instanceof ClosedConnectionException));
            } else {
                assertThat(cause)
                        .isInstanceOfAny(
                                WriteTimeoutException.class,
                                UnavailableException.class,
                                ClosedConnectionException.class);
            }
            return false;
        }
    }

    @Test
    void aClientThatConnectsWhileThereIsNoServerIsToldSoAndServedLater() {
        try (CassandraSink sink = sink().build();
                Listener listener = listen(sink)) {
            server.kill();
            assertThatThrownBy(() -> Drivers.connect(listener, "V5", "none").close())
                    .isInstanceOf(AllNodesFailedException.class)
                    .hasStackTraceContaining("cassandra at 127.0.0.1:" + server.port());
            server.restart();
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().untilAsserted(() -> {
                try (CqlSession session = Drivers.connect(listener, "V5", "none")) {
                    awaitService(session);
                }
            });
        }
    }

    @Test
    void aServerThatIsPausedForLongerThanAllTimeoutsIsAnErrorForEachRequestAndAnswersNobodyElseLater()
            throws IOException {
        try (CassandraSink sink = sink().requestTimeout(Duration.ofMillis(300))
                        .connectTimeout(Duration.ofMillis(300))
                        .maxStreams(64)
                        .build();
                Listener listener = listen(sink);
                RawClient client = RawClient.ready(listener)) {
            server.pause();
            try {
                for (int round = 0; round < 3; round++) {
                    for (int i = 0; i < 300; i++) {
                        client.send(new Query("SELECT key FROM system.local"));
                    }
                    for (int i = 0; i < 300; i++) {
                        assertThat(client.next()).isInstanceOf(Error.class);
                    }
                }
                try (RawClient late = new RawClient(listener)) {
                    assertThat(late.ask(new Startup())).isInstanceOf(Error.class);
                }
            } finally {
                server.resume();
            }
            for (int i = 0; i < 100; i++) {
                int asked = i;
                await().until(() -> isAnswered(client, asked));
            }
        }
    }

    /** False if the server, which has much to catch up with, is late again. */
    private static boolean isAnswered(RawClient client, int asked) throws IOException {
        Message answer = client.ask(new Query("SELECT (int) " + asked + " FROM system.local"));
        if (answer instanceof Error) {
            return false;
        }
        assertThat(((Rows) answer).getData().element().get(0).getInt()).isEqualTo(asked);
        return true;
    }

    @Test
    void moreRequestsThanStreamsWaitForOne() {
        try (CassandraSink sink = sink().maxStreams(2).build();
                Listener listener = listen(sink);
                CqlSession session = Drivers.connect(listener, "V5", "none")) {
            PreparedStatement insert = session.prepare("INSERT INTO ks.t (k, v) VALUES (?, ?)");
            List<CompletableFuture<AsyncResultSet>> writes = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                writes.add(session.executeAsync(insert.bind(i, "x")).toCompletableFuture());
            }
            assertThat(writes).allSatisfy(write -> assertThat(write).succeedsWithin(Duration.ofSeconds(20)));
        }
    }
}
