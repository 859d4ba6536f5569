package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import com.datastax.oss.protocol.internal.response.result.Rows;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What one client does to the connections that it shares with others. */
class SharedConnectionTest {
    private static final Query ASK = new Query("SELECT key FROM system.local");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private CassandraSink.Builder sink() {
        return CassandraSink.to("127.0.0.1:" + CassandraServer.shared().port()).metrics(meters);
    }

    private Listener listen(CassandraSink sink) {
        return CqlListener.on("127.0.0.1:0")
                .metrics(meters)
                .serve(Chain.named("test").to(sink));
    }

    private double lost() {
        return meters.get("kawarau.upstream.lost").counter().count();
    }

    private double connections(String kind) {
        return meters.get("kawarau.upstream.connections")
                .tag("kind", kind)
                .gauge()
                .value();
    }

    @Test
    void nothingThatAClientSendsEndsAConnectionThatOthersUse() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (CassandraSink sink = sink().build();
                Listener listener = listen(sink);
                RawClient good = RawClient.ready(listener)) {
            byte[] frame = ByteBufUtil.getBytes(CqlCodec.encode(RawClient.VERSION, 1, ASK));
            for (int i = 0; i < 400; i++) {
                byte[] bad = frame.clone();
                // Neither the version nor the length, which are the listener's business.
                int at = i < 256 ? 4 : 9 + random.nextInt(bad.length - 9);
                bad[at] = i < 256 ? (byte) i : (byte) random.nextInt(256);
                if (i >= 300) {
                    bad[1] = (byte) random.nextInt(256);
                }
                try (RawClient client = RawClient.ready(listener)) {
                    client.send(bad);
                    client.next();
                } catch (IOException closed) {
                    assertThat(closed).hasMessage("the connection was closed");
                }
                assertThat(good.ask(ASK)).as("after frame %d, seed %d", i, seed).isInstanceOf(Rows.class);
            }
            assertThat(lost()).as("connections lost, seed %d", seed).isZero();
        }
    }

    @Test
    void connectionsThatNobodyUsesAnyMoreAreClosedAndNotLost() throws IOException {
        try (CassandraSink sink = sink().idleTimeout(Duration.ofMillis(200)).build();
                Listener listener = listen(sink)) {
            for (int round = 0; round < 3; round++) {
                try (RawClient client = RawClient.ready(listener)) {
                    assertThat(client.ask(ASK)).isInstanceOf(Rows.class);
                }
                await().until(() -> connections("shared") == 0);
            }
            assertThat(lost()).isZero();
        }
    }

    @Test
    void keyspacesThatThereAreNotTakeNoRoomFromThoseThatThereAre() throws IOException {
        try (CassandraSink sink = sink().build();
                Listener listener = listen(sink)) {
            try (RawClient client = RawClient.ready(listener)) {
                for (int i = 0; i < 600; i++) {
                    assertThat(client.ask(new Query("USE nowhere_" + i))).isInstanceOf(Error.class);
                }
                assertThat(client.ask(new Query("USE system"))).isInstanceOf(SetKeyspace.class);
                assertThat(client.ask(new Query("SELECT key FROM local"))).isInstanceOf(Rows.class);
            }
            assertThat(lost()).isZero();
        }
    }

    @Test
    void aClientThatRegistersTwiceGetsEachEventOnce() throws IOException {
        try (CassandraSink sink = sink().build();
                Listener listener = listen(sink);
                CqlSession driver = Drivers.connect(listener, "V4", "none");
                RawClient client = RawClient.ready(listener)) {
            Register schema = new Register(List.of("SCHEMA_CHANGE"));
            double before = connections("own");
            assertThat(client.ask(schema)).isInstanceOf(Ready.class);
            assertThat(client.ask(schema)).isInstanceOf(Ready.class);
            assertThat(connections("own")).isEqualTo(before + 1);
            driver.execute("CREATE KEYSPACE registered WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            driver.execute("DROP KEYSPACE registered");
            List<String> events = new ArrayList<>();
            while (events.size() < 2) {
                Message event = client.next();
                assertThat(event).isInstanceOf(SchemaChangeEvent.class);
                events.add(((SchemaChangeEvent) event).changeType);
            }
            assertThat(events).containsExactly("CREATED", "DROPPED");
            assertThat(client.ask(ASK)).isInstanceOf(Rows.class);
        }
    }

    @Test
    void aSinkThatIsClosedUnderLoadAnswersAllThatWasAsked() throws IOException {
        try (CassandraSink sink = sink().build();
                Listener listener = listen(sink);
                RawClient client = RawClient.ready(listener);
                RawClient starting = new RawClient(listener)) {
            for (int i = 0; i < 200; i++) {
                client.send(ASK);
            }
            sink.close();
            starting.send(new Startup());
            for (int i = 0; i < 200; i++) {
                assertThat(client.next()).isInstanceOfAny(Rows.class, Error.class);
            }
            assertThat(client.ask(ASK)).isInstanceOf(Error.class);
            assertThat(starting.next()).isInstanceOfAny(Error.class, Ready.class);
            try (RawClient late = new RawClient(listener)) {
                assertThat(late.ask(new Startup())).isInstanceOf(Error.class);
            }
        }
    }
}
