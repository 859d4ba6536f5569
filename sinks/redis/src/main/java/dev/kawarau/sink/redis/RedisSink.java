package dev.kawarau.sink.redis;

import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Sink;
import dev.kawarau.Tls;
import dev.kawarau.resp.RespLimits;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.wire.LoopLocal;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ends a chain at one Redis or Valkey server. There are two modes.
 *
 * <p><b>Shared</b>, the default: each event loop keeps a pipelined connection for all of its clients, which is what makes
 * a proxy as fast as no proxy. A client moves to a connection of its own while its state demands it (MULTI, WATCH,
 * blocking commands, SUBSCRIBE, MONITOR, SELECT, CLIENT REPLY, CLIENT TRACKING, commands that nobody knows, very large
 * requests), and back after. Connections authenticate as the sink; a client that sends AUTH itself has a connection of
 * its own from then on.
 *
 * <p><b>Transparent</b>: each client has one upstream connection for its whole life, and its credentials pass through.
 *
 * <p>A request on a connection that is lost gets an error that says whether it may have been applied. If the lost
 * connection held state that cannot be made anew, such as subscriptions, the client's connection is closed after that, so
 * that it notices; so it is if a SELECT, AUTH, RESET, CLIENT REPLY or CLIENT TRACKING was lost, since what the client sent
 * behind it counts on it. An EXEC behind a WATCH that was lost fails. Connections are made anew with growing, jittered
 * pauses.
 *
 * <p>Thread-safe; serves any number of chains, listeners and event loops.
 */
public final class RedisSink implements Sink {
    private final Session.Key<Route> routes = Session.Key.named("route to redis");
    private final RedisSettings settings;
    private final SinkStats stats;
    private final LoopLocal<LoopConnections> loops;
    private volatile boolean closed;

    private RedisSink(RedisSettings settings, MeterRegistry meters, SplittableRandom random) {
        this.settings = settings;
        this.stats = new SinkStats(meters, settings);
        this.loops = new LoopLocal<>(loop -> {
            synchronized (random) {
                return new LoopConnections(loop, settings, stats, random.split());
            }
        });
    }

    /**
     * A sink in shared mode with the defaults.
     *
     * @param uri {@code redis://[user:password@]host[:port][/database]}, {@code rediss://} for TLS, or
     *     {@code redis-socket:///path}, as Lettuce reads it
     */
    public static RedisSink at(String uri) {
        return to(uri).build();
    }

    /** Begins a sink whose settings differ from the defaults; the URI is as for {@link #at}. */
    public static Builder to(String uri) {
        return new Builder(uri);
    }

    @Override
    public Reply send(Message message) {
        RespMessage request = (RespMessage) message;
        Session session = request.session();
        Route route = session.get(routes);
        return route != null ? route.send(request) : begin(session).send(request);
    }

    private Route begin(Session session) {
        Route route = new Route(session, loops.get(session.loop()), settings);
        session.set(routes, route);
        session.onHangUp(route::hungUp);
        session.onClose(route::close);
        if (closed) {
            route.refuseAll();
        }
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
        return RespListener.PROTOCOL;
    }

    @Override
    public void close() {
        closed = true;
        loops.values().forEach(LoopConnections::close);
        stats.close();
    }

    @Override
    public String toString() {
        return "RedisSink(" + settings + (settings.transparent() ? ", transparent)" : ")");
    }

    /** Settings of a sink. Each may be made once. Not thread-safe. */
    public static final class Builder {
        private static final Pattern HOST_AND_PORT = Pattern.compile("([^:\\[\\]]+):([0-9]{1,5})");

        private final RedisURI uri;
        private @Nullable RedisCredentialsProvider credentials;
        private @Nullable Tls tls;
        private @Nullable MeterRegistry meters;
        private @Nullable String localName;
        private SplittableRandom random = new SplittableRandom();
        private boolean transparent;
        private int connectionsPerLoop = 1;
        private int maxOwnConnections = 10_000;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration requestTimeout = Duration.ofSeconds(10);
        private Duration idleTimeout = Duration.ofSeconds(60);
        private RespLimits limits = RespLimits.DEFAULT;

        @SuppressWarnings("UnusedException") // its message repeats the URI, which may hold a password
        private Builder(String uri) {
            try {
                this.uri = read(uri);
            } catch (IllegalArgumentException failed) {
                throw new IllegalArgumentException(
                        "that is not a Redis URI: use"
                                + " redis://[user:password@]host[:port][/database], rediss:// for TLS, or redis-socket:///path");
            }
        }

        private static RedisURI read(String text) {
            RedisURI uri = RedisURI.create(text);
            String host = uri.getHost() == null ? "" : uri.getHost();
            // Of a name with an underscore Lettuce takes the port for a part, since Java's URI knows no such names.
            Matcher named = HOST_AND_PORT.matcher(host);
            if (named.matches()) {
                uri.setHost(named.group(1));
                uri.setPort(Integer.parseInt(named.group(2)));
            } else if (uri.getSocket() == null && (host.isEmpty() || (host.contains(":") && !host.startsWith("[")))) {
                throw new IllegalArgumentException("no host");
            }
            return uri;
        }

        /** One upstream connection for each client, and its credentials pass through. */
        public Builder transparent() {
            this.transparent = true;
            return this;
        }

        /** Shared connections of each event loop and protocol version; 1 if not set. More help only a slow network. */
        public Builder connectionsPerLoop(int connections) {
            this.connectionsPerLoop = positive("connectionsPerLoop", connections);
            return this;
        }

        /** How many clients may have a connection of their own at once; 10,000 if not set. */
        public Builder maxOwnConnections(int connections) {
            this.maxOwnConnections = positive("maxOwnConnections", connections);
            return this;
        }

        /** Who the sink is; wins over what the URI says. */
        public Builder credentials(String user, String password) {
            return credentials(new StaticCredentialsProvider(user, password.toCharArray()));
        }

        /** Who the sink is, asked again for each new connection, so that passwords can be rotated. */
        public Builder credentials(RedisCredentialsProvider provider) {
            this.credentials = Objects.requireNonNull(provider, "provider");
            return this;
        }

        /** Speaks TLS with the server. A {@code rediss://} URI without this trusts what the JVM trusts. */
        public Builder tls(Tls client) {
            this.tls = Objects.requireNonNull(client, "tls");
            return this;
        }

        /** How long a connection may take until it can be used, TLS and AUTH included; 5 seconds if not set. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = positive("connectTimeout", timeout);
            return this;
        }

        /** How long the server may be silent while a request waits that does not block; 10 seconds if not set. */
        public Builder requestTimeout(Duration timeout) {
            this.requestTimeout = positive("requestTimeout", timeout);
            return this;
        }

        /** How long a connection that no client needs is kept for the next; 60 seconds if not set. */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = positive("idleTimeout", timeout);
            return this;
        }

        /** What the server may send at most; {@link RespLimits#DEFAULT} if not set. */
        public Builder limits(RespLimits most) {
            this.limits = Objects.requireNonNull(most, "limits");
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

        private static int positive(String setting, int value) {
            if (value < 1) {
                throw new IllegalArgumentException("RedisSink: " + setting + " must be at least 1, not " + value);
            }
            return value;
        }

        private static Duration positive(String setting, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(
                        "RedisSink: " + setting + " must be longer than nothing, not " + value);
            }
            return value;
        }

        /** The sink. It connects when the first request comes. */
        public RedisSink build() {
            if (transparent && credentials != null) {
                throw new IllegalStateException(
                        "RedisSink: a transparent sink has no credentials of its own, clients send theirs");
            }
            RedisSettings settings = new RedisSettings(
                    uri.getHost() == null ? "" : uri.getHost(),
                    uri.getPort(),
                    uri.getSocket(),
                    localName,
                    credentials != null ? credentials : uri.getCredentialsProvider(),
                    tls != null ? tls : uri.isSsl() ? defaultTls() : null,
                    uri.getDatabase(),
                    uri.getClientName(),
                    transparent,
                    connectionsPerLoop,
                    maxOwnConnections,
                    connectTimeout.toNanos(),
                    requestTimeout.toNanos(),
                    idleTimeout.toNanos(),
                    limits);
            return new RedisSink(settings, meters == null ? Metrics.globalRegistry : meters, random);
        }

        private Tls defaultTls() {
            return uri.isVerifyPeer() ? Tls.client() : Tls.client().anyHost();
        }
    }
}
