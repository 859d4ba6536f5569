package dev.kawarau.resp;

import dev.kawarau.Message;
import dev.kawarau.Session;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A session without a connection: what is kept on it, and where its memory comes from. */
final class LoneSession implements Session {
    private final ByteBufAllocator allocator;
    private final Map<Key<?>, Object> kept = new HashMap<>();

    LoneSession(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public ByteBufAllocator alloc() {
        return allocator;
    }

    @Override
    @SuppressWarnings("unchecked") // as it was put there
    public <T> @Nullable T get(Key<T> key) {
        return (T) kept.get(key);
    }

    @Override
    public <T> void set(Key<T> key, @Nullable T value) {
        kept.put(key, value);
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public String protocol() {
        return RespListener.PROTOCOL;
    }

    @Override
    public boolean isOrdered() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public @Nullable SSLSession tls() {
        return null;
    }

    @Override
    public SocketAddress remoteAddress() {
        throw noConnection();
    }

    @Override
    public SocketAddress localAddress() {
        throw noConnection();
    }

    @Override
    public EventLoop loop() {
        throw noConnection();
    }

    @Override
    public long nanoTime() {
        throw noConnection();
    }

    @Override
    public void onClose(Runnable action) {
        throw noConnection();
    }

    @Override
    public void onHangUp(Runnable action) {
        throw noConnection();
    }

    @Override
    public void push(Message message, @Nullable Message after) {
        throw noConnection();
    }

    @Override
    public void close() {
        throw noConnection();
    }

    @Override
    public void abort() {
        throw noConnection();
    }

    private static IllegalStateException noConnection() {
        return new IllegalStateException("this session has no connection");
    }
}
