package dev.kawarau.sink.redis;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs a subclass once for each {@link EndpointMode}, with one server for the whole class: its tests use keys of their
 * own. One instance serves all modes, so what a mode needs is made and ended per invocation. A thread of its own runs each test, for a client that hangs in a socket read heeds no interrupt.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(EndpointMode.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
abstract class EndpointTest {
    @Parameter
    EndpointMode mode;

    RedisServer server;
    Endpoint endpoint;

    @BeforeParameterizedClassInvocation
    final void openEndpoint() {
        server = RedisServer.start();
        endpoint = mode.before(server.uri(), Duration.ofSeconds(30));
    }

    @AfterParameterizedClassInvocation
    final void closeEndpoint() throws IOException {
        try {
            endpoint.close();
        } finally {
            server.close();
        }
    }

    /** Waits until the server itself counts this many clients in {@code BLPOP} and its like. */
    final void awaitBlockedClients(int count) throws IOException {
        try (RawClient direct = new RawClient("127.0.0.1", server.port())) {
            Awaitility.await()
                    .atMost(Endpoint.PATIENCE)
                    .until(() -> direct.call("INFO", "clients").contains("blocked_clients:" + count + "\r\n"));
        }
    }
}
