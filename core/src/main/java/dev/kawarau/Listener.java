package dev.kawarau;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks a database's native protocol on one address and serves a {@link Chain} there. Made by a protocol's builder, as
 * {@code RespListener.on("127.0.0.1:6380").serve(chain)}. Thread-safe.
 */
public final class Listener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final String builderName;
    private final Protocol protocol;
    private final ListenerBuilder<?> settings;
    private final ListenerStats stats;
    private final Address address;
    private final Channel server;
    private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();
    /** Those that are gone, and whose requests are under way all the same. */
    private final Set<ClientConnection> departed = ConcurrentHashMap.newKeySet();

    private final ArrayDeque<ClientConnection> waiting = new ArrayDeque<>();
    private int admitted;
    private volatile boolean stopping;
    private volatile Serving serving;

    Listener(ListenerBuilder<?> settings, String builderName, Protocol protocol, Address address, Chain chain) {
        this.settings = settings;
        this.builderName = builderName;
        this.protocol = protocol;
        this.serving = new Serving(checked(chain), 0);
        EventLoop first = settings.eventLoops().group().next();
        this.server = bind(address, first);
        this.address = boundAddress(address, server);
        this.stats = new ListenerStats(settings.meters(), this.address.toString());
        server.config().setAutoRead(true);
        log.info("{} listens on {}, serving {}", builderName, this.address, chain);
    }

    private Chain checked(Chain chain) {
        Objects.requireNonNull(chain, "chain");
        String spoken = chain.protocol();
        if (spoken != null && !spoken.equals(protocol.name())) {
            String sink = chain instanceof BuiltChain built ? built.sinkText() : "it";
            throw new IllegalArgumentException(
                    builderName + " cannot serve " + BuiltChain.title(chain) + ": " + sink + " speaks " + spoken);
        }
        return chain;
    }

    private Channel bind(Address wanted, EventLoop loop) {
        SocketAddress local = wanted.forLoop(loop);
        if (wanted.scheme() == Address.Scheme.UNIX) {
            clear(Path.of(wanted.host()));
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop, settings.eventLoops().group())
                .channelFactory(() -> EventLoops.newServerChannel(loop, local))
                // No connection may come in before this object is whole.
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(128 << 10, 512 << 10))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        accept(child);
                    }
                });
        // In-VM connections have one side only, and those of NIO to a path cannot be told to keep the other one.
        if (wanted.scheme() != Address.Scheme.LOCAL && !(local instanceof UnixDomainSocketAddress)) {
            bootstrap.childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        if (wanted.scheme() == Address.Scheme.TCP) {
            bootstrap.option(ChannelOption.SO_BACKLOG, 1024).option(ChannelOption.SO_REUSEADDR, true);
            bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
        }
        try {
            return bootstrap.bind(local).syncUninterruptibly().channel();
        } catch (Exception failed) {
            String reason = failed instanceof UnresolvedAddressException
                    ? "there is no such host"
                    : failed.getMessage() + "; is something else using it?";
            throw new UncheckedIOException(
                    builderName + " cannot listen on " + wanted + ": " + reason, new IOException(failed));
        }
    }

    /**
     * The socket file of a process that died stays behind and would make every later bind fail, on some transports. Others
     * delete whatever is there, so all else is refused here.
     */
    private void clear(Path path) {
        try {
            if (Files.exists(path) && !isSocket(path)) {
                throw new FileAlreadyExistsException(path.toString(), null, "it is no socket");
            }
            if (Files.exists(path) && !deleteStale(path)) {
                throw new BindException("Address already in use");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    builderName + " cannot listen on unix:" + path + ": " + failed.getMessage()
                            + "; is something else using it?",
                    failed);
        }
    }

    private static boolean deleteStale(Path socket) throws IOException {
        return isSocket(socket) && !isListening(socket) && Files.deleteIfExists(socket);
    }

    private static boolean isSocket(Path path) throws IOException {
        return Files.exists(path)
                && Files.getFileStore(path).supportsFileAttributeView("unix")
                && ((int) Files.getAttribute(path, "unix:mode") & 0170000) == 0140000;
    }

    private static boolean isListening(Path socket) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return probe.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    private static Address boundAddress(Address wanted, Channel server) {
        return server.localAddress() instanceof InetSocketAddress bound
                ? new Address(Address.Scheme.TCP, wanted.host(), bound.getPort())
                : wanted;
    }

    private void accept(Channel child) {
        Keepalive.probe(child);
        ClientConnection connection = new ClientConnection(this, child);
        Tls tls = settings.tls;
        if (tls != null) {
            SslHandler handler = tls.context().newHandler(child.alloc());
            handler.setHandshakeTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(settings.frameNanos));
            child.pipeline().addLast(handler);
        }
        child.pipeline().addLast(connection);
    }

    /** The address in use, with the real port if port 0 was asked for. */
    public Address address() {
        return address;
    }

    /** The port in use. */
    public int port() {
        return address.port();
    }

    /** Clients that are connected now. */
    public int connections() {
        return connections.size();
    }

    /**
     * Serves another chain from now on; connections stay open, and a request finishes on the chain that it started on.
     *
     * <p>If the chains end at the same sink, each client's next request goes to the new one; but one whose requests wait in a
     * transform of the old chain, to pass later, stays there until none does, lest they be overtaken. If not, a client takes
     * along what can be handed over: for Redis its protocol version, the database that it selected, and its name. One that has
     * something at the old sink which cannot (for Redis MULTI, WATCH, subscriptions, MONITOR, AUTH, CLIENT REPLY or TRACKING,
     * and whatever keeps its connection for good) stays on the old chain until that has ended. Whoever does not want to wait
     * for these closes the old sink, which closes the connections of clients that would lose something. The same holds for
     * {@linkplain Transform#chains chains} that transforms send to; see {@link Chain#leave}.
     *
     * @return completes with the chain that was served before, once no request of this listener is on it, not even one of
     *     a client that has left, and no client stays there: then it may be closed
     * @throws IllegalArgumentException if the chain speaks another protocol
     */
    public CompletionStage<Chain> serve(Chain chain) {
        Serving old;
        synchronized (this) {
            old = serving;
            serving = new Serving(checked(chain), old.generation() + 1);
        }
        log.info("{} on {} now serves {}", builderName, address, chain);
        List<CompletableFuture<Void>> left = new ArrayList<>();
        // A connection is among the departed before it is not among these any more.
        for (ClientConnection connection : connections) {
            left.add(connection.leave(old));
        }
        for (ClientConnection connection : departed) {
            left.add(connection.leave(old));
        }
        return CompletableFuture.allOf(left.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> old.chain());
    }

    /**
     * Stops: takes no more connections and no more requests, answers those under way, closes each connection when its
     * replies are written, and after the timeout closes what is left. Must not be called on an event loop.
     *
     * @return whether everything was answered in time
     */
    public boolean stop(Duration timeout) {
        List<ClientConnection> unserved;
        synchronized (waiting) {
            stopping = true;
            unserved = List.copyOf(waiting);
            waiting.clear();
        }
        server.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        if (address.scheme() == Address.Scheme.UNIX) {
            try {
                deleteStale(Path.of(address.host()));
            } catch (IOException failed) {
                log.warn("{} could not remove its socket {}", builderName, address, failed);
            }
        }
        unserved.forEach(ClientConnection::abort);
        List<CompletableFuture<Void>> closed = new ArrayList<>();
        for (ClientConnection connection : connections) {
            closed.add(connection.drain());
        }
        boolean drained = await(closed, timeout);
        connections.forEach(ClientConnection::abort);
        if (!drained) {
            log.warn("{} on {} stopped with requests unanswered after {}", builderName, address, timeout);
            await(closed, DRAIN);
        }
        stats.close();
        return drained;
    }

    private static boolean await(List<CompletableFuture<Void>> all, Duration timeout) {
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                    .get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | ExecutionException late) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** {@link #stop Stops} with five seconds for what is under way. The chain stays open. */
    @Override
    public void close() {
        if (!stopping) {
            stop(DRAIN);
        }
    }

    Protocol protocol() {
        return protocol;
    }

    ListenerBuilder<?> settings() {
        return settings;
    }

    Serving serving() {
        return serving;
    }

    ListenerStats stats() {
        return stats;
    }

    /** Whether a new connection may begin now; if not, it was refused or will be {@linkplain ClientConnection#begin begun} later. */
    boolean admit(ClientConnection connection) {
        synchronized (waiting) {
            if (stopping) {
                connection.abort();
                return false;
            }
            if (admitted < settings.maxConnections) {
                admitted++;
                connections.add(connection);
                return true;
            }
            if (settings.overflow == ListenerBuilder.Overflow.WAIT) {
                waiting.add(connection);
                server.config().setAutoRead(false);
                return false;
            }
        }
        stats.refused();
        connection.refuse(new Failure(Failure.Kind.OVERLOADED, "max number of clients reached"));
        return false;
    }

    void gone(ClientConnection connection, boolean hasRequests) {
        if (hasRequests) {
            departed.add(connection);
        }
        ClientConnection next;
        synchronized (waiting) {
            if (waiting.remove(connection) || !connections.remove(connection)) {
                return;
            }
            admitted--;
            next = nextWaiting();
            if (waiting.isEmpty() && !stopping) {
                server.config().setAutoRead(true);
            }
        }
        if (next != null) {
            next.begin();
        }
    }

    /** The last request of a connection that is gone was answered. */
    void isDone(ClientConnection connection) {
        departed.remove(connection);
    }

    private @Nullable ClientConnection nextWaiting() {
        ClientConnection next = waiting.poll();
        if (next != null) {
            admitted++;
            connections.add(next);
        }
        return next;
    }

    @Override
    public String toString() {
        return builderName + " on " + address;
    }
}
