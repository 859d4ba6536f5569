package dev.kawarau.sink.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import dev.kawarau.Listener;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The Java driver as the tests want it. */
final class Drivers {
    private Drivers() {}

    static CqlSession connect(Listener listener, String version, String compression) {
        return to(address(listener), version, compression).build();
    }

    static InetSocketAddress address(Listener listener) {
        String[] address = listener.address().toString().split(":");
        return new InetSocketAddress(address[0], Integer.parseInt(address[1]));
    }

    static CqlSessionBuilder to(InetSocketAddress server, String version, String compression) {
        return CqlSession.builder()
                .addContactPoint(server)
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withString(DefaultDriverOption.PROTOCOL_VERSION, version)
                        .withString(DefaultDriverOption.PROTOCOL_COMPRESSION, compression)
                        .withInt(DefaultDriverOption.REQUEST_TRACE_ATTEMPTS, 500)
                        .withDuration(DefaultDriverOption.REQUEST_TRACE_INTERVAL, Duration.ofMillis(20))
                        .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(1))
                        .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                        .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(20))
                        .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                        .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                        .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(50))
                        .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofMillis(200))
                        .build());
    }
}
