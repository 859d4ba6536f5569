package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Rows;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client asks for in STARTUP is what the server hears, although clients share connections. */
class StartupOptionsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final EventLoops loops = EventLoops.of(1);
    private CassandraSink sink;
    private Listener listener;

    @BeforeEach
    void listen() throws IOException {
        sink = sink();
        listener = CqlListener.on("127.0.0.1:0")
                .eventLoops(loops)
                .metrics(meters)
                .serve(Chain.named("test").to(sink));
        // The server may not have heard as yet that the connections of the test before were closed.
        try (RawClient first = RawClient.ready(listener)) {
            await().until(() -> optionsOfSinks(first).size() == 1);
        }
    }

    private CassandraSink sink() {
        return CassandraSink.to("127.0.0.1:" + CassandraServer.shared().port())
                .metrics(new SimpleMeterRegistry())
                .build();
    }

    @AfterEach
    void close() {
        listener.close();
        sink.close();
        loops.close();
    }

    private RawClient client(String option, String value) throws IOException {
        Map<String, String> options = new LinkedHashMap<>(Map.of("CQL_VERSION", "3.0.0"));
        options.put(option, value);
        RawClient client = new RawClient(listener);
        assertThat(client.ask(new Startup(options))).isInstanceOf(Ready.class);
        return client;
    }

    @ParameterizedTest
    @CsvSource({"NO_COMPACT, true", "THROW_ON_OVERLOAD, 1"})
    void whatAClientAsksForIsSaidOnConnectionsThatItSharesWithNobodyElse(String option, String value)
            throws IOException {
        String said = "\"" + option + "\": \"" + value + "\"";
        try (RawClient plain = RawClient.ready(listener)) {
            assertThat(optionsOfSinks(plain)).isNotEmpty().noneMatch(options -> options.contains(option));

            try (RawClient asking = client(option, value);
                    RawClient alike = client(option, value)) {
                assertThat(optionsOfSinks(asking))
                        .filteredOn(options -> options.contains(said))
                        .hasSize(1);
                assertThat(optionsOfSinks(alike))
                        .filteredOn(options -> options.contains(said))
                        .hasSize(1);
                assertThat(optionsOfSinks(plain)).anyMatch(options -> !options.contains(said));
            }
        }
    }

    @Test
    void itIsSoInEveryKeyspaceAndAtAnotherSink() throws IOException {
        try (RawClient asking = client("THROW_ON_OVERLOAD", "1");
                CassandraSink other = sink()) {
            assertThat(asking.ask(new Query("USE system"))).isInstanceOf(SetKeyspace.class);
            assertThat(optionsOfSinks(asking))
                    .filteredOn(options -> options.contains("OVERLOAD"))
                    .hasSize(2);

            listener.serve(Chain.named("other").to(other));

            assertThat(optionsOfSinks(asking))
                    .filteredOn(options -> options.contains("OVERLOAD"))
                    .hasSize(3);
        }
    }

    @Test
    void whatAsksForNothingOfTheServerTakesNoConnection() throws IOException {
        try (RawClient plain = RawClient.ready(listener);
                RawClient named = client("DRIVER_NAME", "mine");
                RawClient declining = client("NO_COMPACT", "false")) {
            assertThat(optionsOfSinks(plain)).hasSize(1);
            assertThat(optionsOfSinks(named)).hasSize(1);
            assertThat(optionsOfSinks(declining)).hasSize(1);
        }
    }

    /** What the connections of sinks said in STARTUP, as the server shows it. */
    private static List<String> optionsOfSinks(RawClient client) throws IOException {
        Rows rows = (Rows) client.ask(new Query("SELECT JSON client_options FROM system_views.clients"));
        return rows.getData().stream()
                .map(row -> StandardCharsets.UTF_8.decode(row.get(0)).toString())
                .filter(options -> options.contains("Kawarau"))
                .toList();
    }
}
