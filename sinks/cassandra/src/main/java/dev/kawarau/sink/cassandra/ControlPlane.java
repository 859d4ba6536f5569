package dev.kawarau.sink.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import com.datastax.oss.driver.api.core.ssl.SslEngineFactory;
import com.datastax.oss.driver.internal.core.loadbalancing.DcInferringLoadBalancingPolicy;
import dev.kawarau.Tls;
import dev.kawarau.cql.CqlSchema;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the driver knows of the server: it keeps a connection of its own for that, made in the background, and hears of each
 * change of the schema. No request of a client goes this way. Thread-safe.
 */
final class ControlPlane implements CqlSchema, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);

    private final CompletionStage<CqlSession> connecting;
    private volatile @Nullable CqlSchema known;

    ControlPlane(CassandraSettings settings) {
        CqlSessionBuilder builder = CqlSession.builder()
                .addContactPoint(InetSocketAddress.createUnresolved(settings.host(), settings.port()))
                .withConfigLoader(config());
        CassandraSettings.Credentials who = settings.credentials();
        if (who != null) {
            builder.withAuthCredentials(who.user(), who.password());
        }
        Tls tls = settings.tls();
        if (tls != null) {
            builder.withSslEngineFactory(new Engines(tls, settings.host(), settings.port()));
        }
        connecting = builder.buildAsync();
        connecting.whenComplete((session, failure) -> {
            if (failure != null) {
                log.warn("the schema of cassandra at {} is not known", settings.server(), failure);
            } else {
                known = CqlSchema.of(session::getMetadata);
            }
        });
    }

    private static DriverConfigLoader config() {
        return DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.SESSION_NAME, "kawarau")
                .withClass(DefaultDriverOption.LOAD_BALANCING_POLICY_CLASS, DcInferringLoadBalancingPolicy.class)
                .withBoolean(DefaultDriverOption.RECONNECT_ON_INIT, true)
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(10))
                .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, Duration.ofSeconds(5))
                .withInt(DefaultDriverOption.NETTY_IO_SIZE, 1)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                .withBoolean(DefaultDriverOption.NETTY_DAEMON, true)
                .build();
    }

    @Override
    public @Nullable RelationMetadata table(String keyspace, String table) {
        CqlSchema schema = known;
        return schema == null ? null : schema.table(keyspace, table);
    }

    @Override
    public void close() {
        known = null;
        connecting.thenAccept(CqlSession::forceCloseAsync);
    }

    /** The same TLS as that of the sink's own connections. */
    private record Engines(Tls tls, String host, int port) implements SslEngineFactory {
        @Override
        public SSLEngine newSslEngine(EndPoint remote) {
            return tls.context().newEngine(ByteBufAllocator.DEFAULT, host, port);
        }

        @Override
        public void close() {}
    }
}
