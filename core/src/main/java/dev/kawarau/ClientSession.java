package dev.kawarau;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link ClientConnection} shows of itself, and what transforms and sinks keep there. Confined to its loop. */
final class ClientSession implements Session {
    private static final Logger log = LoggerFactory.getLogger(ClientSession.class);
    private static final AtomicLong ids = new AtomicLong();

    private final ClientConnection connection;
    private final long id = nextId();
    private @Nullable Object[] values = new @Nullable Object[4];
    private @Nullable List<Runnable> closeActions = new ArrayList<>(2);
    private @Nullable List<Runnable> hangUpActions = new ArrayList<>(2);

    ClientSession(ClientConnection connection) {
        this.connection = connection;
    }

    static long nextId() {
        return ids.incrementAndGet();
    }

    ClientConnection connection() {
        return connection;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String protocol() {
        return connection.listener().protocol().name();
    }

    @Override
    public boolean isOrdered() {
        return connection.listener().protocol().ordered();
    }

    @Override
    public SocketAddress remoteAddress() {
        return connection.channel().remoteAddress();
    }

    @Override
    public SocketAddress localAddress() {
        return connection.channel().localAddress();
    }

    @Override
    public @Nullable SSLSession tls() {
        SslHandler handler = connection.channel().pipeline().get(SslHandler.class);
        return handler == null ? null : handler.engine().getSession();
    }

    @Override
    public EventLoop loop() {
        return connection.loop();
    }

    @Override
    public ByteBufAllocator alloc() {
        return connection.channel().alloc();
    }

    @Override
    public long nanoTime() {
        return connection.clock().nanoTime();
    }

    @Override
    @SuppressWarnings("unchecked") // only set() writes, and it takes a key and a value of one type
    public <T> @Nullable T get(Key<T> key) {
        return key.index() < values.length ? (T) values[key.index()] : null;
    }

    @Override
    public <T> void set(Key<T> key, @Nullable T value) {
        if (key.index() >= values.length) {
            values = Arrays.copyOf(values, key.index() + 2);
        }
        values[key.index()] = value;
    }

    @Override
    public void onClose(Runnable action) {
        if (closeActions == null) {
            run(action);
        } else {
            closeActions.add(action);
        }
    }

    @Override
    public void onHangUp(Runnable action) {
        if (hangUpActions == null) {
            run(action);
        } else {
            hangUpActions.add(action);
        }
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public void push(Message message, @Nullable Message after) {
        connection.push(message, after);
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public void abort() {
        connection.cut();
    }

    void hungUp() {
        List<Runnable> actions = hangUpActions;
        hangUpActions = null;
        runAll(actions);
    }

    void ended() {
        hungUp();
        List<Runnable> actions = closeActions;
        closeActions = null;
        runAll(actions);
    }

    private static void runAll(@Nullable List<Runnable> actions) {
        if (actions != null) {
            actions.forEach(ClientSession::run);
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException thrown) {
            log.warn("an action at the end of a session threw", thrown);
        }
    }

    @Override
    public String toString() {
        return protocol() + " session " + id + " from " + remoteAddress();
    }
}
