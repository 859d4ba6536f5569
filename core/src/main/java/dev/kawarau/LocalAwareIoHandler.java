package dev.kawarau;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.local.LocalIoHandler;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Drives sockets and in-VM connections on the same thread. Netty's own handlers take one kind each, and a client in the
 * same JVM would cost every request two changes of thread. In-VM connections need no polling: only their registration
 * goes elsewhere.
 */
final class LocalAwareIoHandler implements IoHandler {
    private final IoHandler sockets;
    private final IoHandler local;

    private final Executor loop;

    private LocalAwareIoHandler(IoHandler sockets, IoHandler local, Executor loop) {
        this.sockets = sockets;
        this.local = local;
        this.loop = loop;
    }

    /**
     * Makes the handlers of a group of loops.
     *
     * @param made is told of each one
     */
    static IoHandlerFactory factory(IoHandlerFactory sockets, Consumer<LocalAwareIoHandler> made) {
        IoHandlerFactory local = LocalIoHandler.newFactory();
        return executor -> {
            LocalAwareIoHandler handler =
                    new LocalAwareIoHandler(sockets.newHandler(executor), local.newHandler(executor), executor);
            made.accept(handler);
            return handler;
        };
    }

    /**
     * Closes every channel of the loop, on the loop. A loop does that itself when it shuts down, but not if it is told to
     * between its look at that and the end of its tasks: then it ends, and the sockets stay open.
     */
    void closeChannels() {
        loop.execute(this::prepareToDestroy);
    }

    @Override
    public void initialize() {
        sockets.initialize();
        local.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return sockets.run(context);
    }

    @Override
    public void prepareToDestroy() {
        local.prepareToDestroy();
        sockets.prepareToDestroy();
    }

    @Override
    public void destroy() {
        local.destroy();
        sockets.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return local.isCompatible(handle.getClass()) ? local.register(handle) : sockets.register(handle);
    }

    @Override
    public void wakeup() {
        sockets.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return sockets.isCompatible(handleType) || local.isCompatible(handleType);
    }
}
