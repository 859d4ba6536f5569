package dev.kawarau.sink.cassandra;

import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Sink;
import dev.kawarau.Tls;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlSchema;
import dev.kawarau.wire.LoopLocal;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ends a chain at one Cassandra node.
 *
 * <p>Each event loop keeps a connection for all of its clients that speak one protocol version and use one keyspace: USE
 * moves a client to the connections of that keyspace. Requests go out as they came, on streams of the connection's own.
 * A client that asks for events has another connection for them. If the server wants to know users and the sink was given
 * no {@linkplain Builder#credentials credentials}, each client has a connection of its own, over which its credentials
 * pass through.
 *
 * <p>Who sends requests before the answer to a USE may have them carried out in the keyspace before it, as with Cassandra
 * itself, which takes the requests of a connection in any order.
 *
 * <p>What the client's STARTUP asks of the server, NO_COMPACT and THROW_ON_OVERLOAD, it gets: on connections that it shares
 * with those who ask for the same. What it says of itself, such as DRIVER_NAME, DRIVER_VERSION, APPLICATION_NAME and
 * CLIENT_ID, reaches the server only with credentials that pass through; {@code system_views.clients} shows the sink
 * otherwise.
 *
 * <p>Compression is between the sink and the server, whatever the client uses. The protocol version is the client's; a
 * server that does not speak it says so itself, and drivers then try another.
 *
 * <p>A statement that the server has forgotten, as after a restart, is prepared anew on the way, unseen by the client, as
 * long as the listener remembers it. A request on a connection that is lost gets an error that says whether it may have
 * been applied, in terms by which drivers decide what to try again. A client whose own connection is lost is disconnected,
 * so that it notices; one that waits for events within two request timeouts, even if the server is gone without a word.
 * Connections are made anew with growing, jittered pauses.
 *
 * <p>Thread-safe; serves any number of chains, listeners and event loops.
 */
public final class CassandraSink implements Sink {
    private final Session.Key<Route> routes = Session.Key.named("route to cassandra");
    private final CassandraSettings settings;
    private final SinkStats stats;
    private final LoopLocal<LoopConnections> loops;
    private @Nullable ControlPlane control;
    private volatile boolean closed;

    private CassandraSink(CassandraSettings settings, MeterRegistry meters, SplittableRandom random) {
        this.settings = settings;
        this.stats = new SinkStats(meters, settings.toString());
        this.loops = new LoopLocal<>(loop -> {
            synchronized (random) {
                return new LoopConnections(loop, settings, stats, random.split());
            }
        });
    }

    /**
     * A sink with the defaults.
     *
     * @param server {@code host}, {@code host:port} or {@code [IPv6 address]:port}; the port is 9042 if not given
     */
    public static CassandraSink at(String server) {
        return to(server).build();
    }

    /** Begins a sink whose settings differ from the defaults; the server is as for {@link #at}. */
    public static Builder to(String server) {
        return new Builder(server);
    }

    /**
     * What tables look like, for {@code CqlListener.schema}: the driver asks the server with a connection of its own, which
     * is made in the background when this is first called, and hears of changes. Until then, and if it cannot be made, no
     * table is known. Closed with the sink.
     *
     * @throws IllegalStateException if the sink was closed
     */
    public CqlSchema schema() {
        synchronized (loops) {
            if (closed) {
                throw new IllegalStateException(this + " was closed");
            }
            ControlPlane plane = control;
            if (plane == null) {
                plane = new ControlPlane(settings);
                control = plane;
            }
            return plane;
        }
    }

    @Override
    public Reply send(Message message) {
        CqlMessage request = (CqlMessage) message;
        Session session = request.session();
        Route route = session.get(routes);
        return route != null ? route.send(request) : begin(session).send(request);
    }

    private Route begin(Session session) {
        LoopConnections home = loops.get(session.loop());
        if (closed) {
            home.close();
        }
        Route route = new Route(session, home);
        session.set(routes, route);
        session.onClose(route::close);
        return route;
    }

    @Override
    public boolean leave(Session session) {
        Route route = session.get(routes);
        if (route == null) {
            return true;
        }
        if (!route.leave()) {
            return false;
        }
        session.set(routes, null);
        return true;
    }

    @Override
    public String protocol() {
        return CqlListener.PROTOCOL;
    }

    @Override
    public void close() {
        synchronized (loops) {
            closed = true;
            if (control != null) {
                control.close();
            }
        }
        loops.values().forEach(LoopConnections::close);
        stats.close();
    }

    @Override
    public String toString() {
        return "CassandraSink(" + settings + ")";
    }

    /** Settings of a sink. Not thread-safe. */
    public static final class Builder {
        private static final Pattern SERVER =
                Pattern.compile("(?<host>[^:\\[\\]/@\\s]+|\\[[0-9a-fA-F:.%]+])(:(?<port>[0-9]{1,5}))?");
        private static final int DEFAULT_PORT = 9042;
        private static final int MOST_STREAMS = 32_768;

        private final String host;
        private final int port;
        private CassandraSettings.@Nullable Credentials credentials;
        private @Nullable Tls tls;
        private @Nullable MeterRegistry meters;
        private CqlCompression compression = CqlCompression.NONE;
        private int connectionsPerLoop = 1;
        private int maxStreams = 4_096;
        private int maxOwnConnections = 10_000;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration requestTimeout = Duration.ofSeconds(12);
        private Duration idleTimeout = Duration.ofSeconds(60);
        private @Nullable String localName;
        private SplittableRandom random = new SplittableRandom();

        private Builder(String server) {
            Matcher parts = SERVER.matcher(server);
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        "\"" + server + "\" is no server: use host, host:port or [IPv6 address]:port");
            }
            String name = parts.group("host");
            String number = parts.group("port");
            this.host = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
            this.port = number == null ? DEFAULT_PORT : Integer.parseInt(number);
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("\"" + server + "\" is no server: a port is 1 to 65535");
            }
        }

        /**
         * Who the sink is, for a server with PasswordAuthenticator. Clients then need no credentials of their own, so the
         * listener has to care who connects; without this, theirs pass through.
         */
        public Builder credentials(String user, String password) {
            this.credentials = new CassandraSettings.Credentials(
                    Objects.requireNonNull(user, "user"), Objects.requireNonNull(password, "password"));
            return this;
        }

        /** Speaks TLS with the server. */
        public Builder tls(Tls client) {
            this.tls = Objects.requireNonNull(client, "tls");
            return this;
        }

        /** How what goes to the server and comes from it is compressed, whatever the clients use; not if not set. */
        public Builder compression(CqlCompression algorithm) {
            this.compression = Objects.requireNonNull(algorithm, "compression");
            return this;
        }

        /** Shared connections of each event loop, version and keyspace; 1 if not set. */
        public Builder connectionsPerLoop(int connections) {
            this.connectionsPerLoop = within("connectionsPerLoop", connections, 1_024);
            return this;
        }

        /** How many requests may be under way on one connection; 4,096 if not set, 32,768 at most. More wait. */
        public Builder maxStreams(int streams) {
            this.maxStreams = within("maxStreams", streams, MOST_STREAMS);
            return this;
        }

        /** How many connections may belong to one client alone, for its credentials or its events; 10,000 if not set. */
        public Builder maxOwnConnections(int connections) {
            this.maxOwnConnections = within("maxOwnConnections", connections, Integer.MAX_VALUE);
            return this;
        }

        /** How long a connection may take until it can be used, TLS and credentials included; 5 seconds if not set. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = positive("connectTimeout", timeout);
            return this;
        }

        /** How long the server may take to answer; 12 seconds if not set, which is longer than it takes by itself. */
        public Builder requestTimeout(Duration timeout) {
            this.requestTimeout = positive("requestTimeout", timeout);
            return this;
        }

        /** How long connections in a keyspace that no client uses are kept; 60 seconds if not set. */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = positive("idleTimeout", timeout);
            return this;
        }

        /** Where metrics go; Micrometer's global registry if not set. */
        public Builder metrics(MeterRegistry registry) {
            this.meters = Objects.requireNonNull(registry, "registry");
            return this;
        }

        /** The server is in this JVM, and the pauses between attempts come from a seed: for simulations. */
        Builder inVm(String name, long seed) {
            this.localName = name;
            this.random = new SplittableRandom(seed);
            return this;
        }

        private static int within(String setting, int value, int most) {
            if (value < 1 || value > most) {
                throw new IllegalArgumentException(
                        "CassandraSink: " + setting + " must be 1 to " + most + ", not " + value);
            }
            return value;
        }

        private static Duration positive(String setting, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(
                        "CassandraSink: " + setting + " must be longer than nothing, not " + value);
            }
            return value;
        }

        /** The sink. It connects when the first request comes. */
        public CassandraSink build() {
            CassandraSettings settings = new CassandraSettings(
                    host,
                    port,
                    localName,
                    credentials,
                    tls,
                    compression,
                    connectionsPerLoop,
                    maxStreams,
                    maxOwnConnections,
                    connectTimeout.toNanos(),
                    requestTimeout.toNanos(),
                    idleTimeout.toNanos());
            return new CassandraSink(settings, meters == null ? Metrics.globalRegistry : meters, random);
        }
    }
}
