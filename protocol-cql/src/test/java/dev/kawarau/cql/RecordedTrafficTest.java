package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.auth.AuthProvider;
import com.datastax.oss.driver.api.core.auth.Authenticator;
import com.datastax.oss.driver.api.core.auth.ProgrammaticPlainTextAuthProvider;
import com.datastax.oss.driver.api.core.auth.SyncAuthenticator;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Startup;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The Java driver and a real Cassandra, and the bytes between them: each frame is read and written the same, each
 * connection read, written and read again. Every message type is among them.
 */
class RecordedTrafficTest {
    private static CassandraServer server;
    private static CassandraServer asking;

    @BeforeAll
    static void start() {
        server = CassandraServer.builder()
                .authentication()
                .quickSchema()
                .set("user_defined_functions_enabled", "true")
                .set("tombstone_failure_threshold", "50")
                .set("tombstone_warn_threshold", "20")
                .set("commitlog_segment_size", "2MiB")
                .set("auto_snapshot", "false")
                .start();
        asking = CassandraServer.builder().challenges().start();
    }

    @AfterAll
    static void stop() {
        server.close();
        asking.close();
    }

    private static CqlSession connect(
            RecordingRelay relay, int version, CqlCompression compression, String user, String password) {
        return connect(relay, version, compression, new ProgrammaticPlainTextAuthProvider(user, password));
    }

    /** Answers a challenge with the challenge. */
    private static final class Echo implements AuthProvider, SyncAuthenticator {
        @Override
        public Authenticator newAuthenticator(EndPoint server, String name) {
            return this;
        }

        @Override
        public ByteBuffer initialResponseSync() {
            return ByteBuffer.wrap(new byte[] {'m', 'e'});
        }

        @Override
        public ByteBuffer evaluateChallengeSync(ByteBuffer challenge) {
            return challenge;
        }

        @Override
        public void onAuthenticationSuccessSync(ByteBuffer token) {}

        @Override
        public void onMissingChallenge(EndPoint server) {}

        @Override
        public void close() {}
    }

    private static CqlSession connect(
            RecordingRelay relay, int version, CqlCompression compression, AuthProvider credentials) {
        ProgrammaticDriverConfigLoaderBuilder config = DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.PROTOCOL_VERSION, "V" + version)
                .withString(
                        DefaultDriverOption.PROTOCOL_COMPRESSION,
                        compression == CqlCompression.NONE ? "none" : compression.option())
                .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(30))
                .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(30))
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, Duration.ofSeconds(30))
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_AGREEMENT_INTERVAL, Duration.ofMillis(10))
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .withStringList(DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of("/.*/"));
        return CqlSession.builder()
                .addContactPoint(relay.address())
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(config.build())
                .withAuthProvider(credentials)
                .build();
    }

    /** What no driver does: it asks for a compression that nobody has. */
    private static void refusedStartup(RecordingRelay relay, int version) throws IOException {
        Startup startup = new Startup(Map.of("CQL_VERSION", "3.0.0", "COMPRESSION", "deflate"));
        try (Socket socket =
                new Socket(relay.address().getAddress(), relay.address().getPort())) {
            socket.getOutputStream().write(ByteBufUtil.getBytes(CqlCodec.encode(version, 1, startup)));
            byte[] header = socket.getInputStream().readNBytes(CqlFrameHeader.BYTES);
            assertThat(header[CqlFrameHeader.OPCODE]).isEqualTo((byte) CqlOpcode.ERROR.code());
            int body = ByteBuffer.wrap(header).getInt(CqlFrameHeader.LENGTH);
            assertThat(socket.getInputStream().readNBytes(body)).hasSize(body);
        }
    }

    @ParameterizedTest
    @CsvSource({"3, NONE", "3, LZ4", "4, NONE", "4, LZ4", "4, SNAPPY", "5, NONE", "5, LZ4"})
    void framesAreReadAndWrittenAsTheyWereRecorded(int version, CqlCompression compression) throws Exception {
        RecordedTraffic traffic = new RecordedTraffic();
        String keyspace = "ks" + version + compression.name().toLowerCase(Locale.ROOT);
        try (RecordingRelay relay = new RecordingRelay(server.address())) {
            try (CqlSession session = connect(relay, version, compression, "cassandra", "cassandra")) {
                new DriverScenario(session, version, keyspace).run();
                session.execute("CREATE ROLE " + keyspace + " WITH PASSWORD = 'p' AND LOGIN = true");
            }
            try (CqlSession nobody = connect(relay, version, compression, keyspace, "p")) {
                assertThat(catchThrowable(() -> nobody.execute("CREATE TABLE system_auth.t (k int PRIMARY KEY)")))
                        .isNotNull();
                assertThat(catchThrowable(() -> nobody.execute("DROP KEYSPACE system_auth")))
                        .isNotNull();
            }
            assertThat(catchThrowable(() -> connect(relay, version, compression, keyspace, "wrong")
                            .close()))
                    .isNotNull();
            refusedStartup(relay, version);
            relay.stop().forEach(traffic::check);
        }
        try (RecordingRelay relay = new RecordingRelay(CassandraServer.shared().address())) {
            connect(relay, version, compression, "any", "any").close();
            relay.stop().forEach(traffic::check);
        }
        try (RecordingRelay relay = new RecordingRelay(asking.address())) {
            connect(relay, version, compression, new Echo()).close();
            relay.stop().forEach(traffic::check);
        }

        assertThat(traffic.opcodes).containsExactlyInAnyOrder(CqlOpcode.values());
        assertThat(traffic.resultKinds).containsExactly(1, 2, 3, 4, 5);
        assertThat(traffic.errorCodes)
                .contains(
                        ErrorCode.PROTOCOL_ERROR,
                        ErrorCode.AUTH_ERROR,
                        ErrorCode.UNAVAILABLE,
                        ErrorCode.SYNTAX_ERROR,
                        ErrorCode.UNAUTHORIZED,
                        ErrorCode.INVALID,
                        ErrorCode.CONFIG_ERROR,
                        ErrorCode.ALREADY_EXISTS,
                        ErrorCode.UNPREPARED,
                        version == 3 ? ErrorCode.READ_TIMEOUT : ErrorCode.READ_FAILURE);
        assertThat(traffic.events).hasSize(version == 3 ? 9 : 13);
        if (version > 3) {
            assertThat(traffic.errorCodes).contains(ErrorCode.FUNCTION_FAILURE);
            assertThat(traffic.flags).contains(CqlFrameHeader.WARNING, CqlFrameHeader.TRACING | CqlFrameHeader.WARNING);
        }
        if (compression == CqlCompression.NONE) {
            assertThat(traffic.wireBytes).isGreaterThanOrEqualTo(traffic.plainBytes);
        } else {
            assertThat(traffic.wireBytes).isLessThan(traffic.plainBytes);
        }
    }
}
