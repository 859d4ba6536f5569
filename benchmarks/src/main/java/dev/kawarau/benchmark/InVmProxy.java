package dev.kawarau.benchmark;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real listener and one client of it, both on an event loop that the calling thread turns by hand: no sockets, no
 * other threads, so what is measured is the proxy and nothing else. Confined to the thread that made it.
 */
final class InVmProxy implements AutoCloseable {
    private static final AtomicInteger count = new AtomicInteger();

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), LocalIoHandler.newFactory());
    private final String name = "benchmark-" + count.incrementAndGet();
    private final Listener listener;
    private final Channel client;
    private long received;

    /** Opens a listener of one protocol or another. */
    interface Opener {
        Listener open(String address, EventLoops loops);
    }

    /** In front of a chain that speaks RESP. */
    InVmProxy(Chain chain) {
        this((address, loops) -> RespListener.on(address)
                .eventLoops(loops)
                .metrics(new SimpleMeterRegistry())
                .serve(chain));
    }

    InVmProxy(Opener opener) {
        // Binding waits for the loop, so it happens on another thread while this one turns the loop.
        listener =
                whileTurning(CompletableFuture.supplyAsync(() -> opener.open("local:" + name, EventLoops.using(loop))));
        client = whileTurning(CompletableFuture.supplyAsync(this::connected));
    }

    private Channel connected() {
        return new Bootstrap()
                .group(loop)
                .channel(LocalChannel.class)
                .handler(new Counter())
                .connect(new LocalAddress(name))
                .syncUninterruptibly()
                .channel();
    }

    private final class Counter extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object in) {
            ByteBuf bytes = (ByteBuf) in;
            received += bytes.readableBytes();
            bytes.release();
        }
    }

    private <T> T whileTurning(CompletableFuture<T> elsewhere) {
        while (!elsewhere.isDone()) {
            loop.runNow();
            Thread.onSpinWait();
        }
        return elsewhere.join();
    }

    /** Sends a copy of some bytes, as a socket would bring them. */
    void send(ByteBuf bytes) {
        int length = bytes.readableBytes();
        client.writeAndFlush(
                client.alloc().directBuffer(length).writeBytes(bytes, bytes.readerIndex(), length),
                client.voidPromise());
        loop.runNow();
    }

    /** Sends requests and turns the loop until so many bytes of replies are there. */
    long exchange(ByteBuf requests, int replyBytes) {
        long expected = received + replyBytes;
        send(requests);
        while (received < expected) {
            loop.runNow();
        }
        return received;
    }

    /** Sends requests and turns the loop until nothing more happens; how many bytes of replies that brought. */
    int settle(ByteBuf requests) {
        long before = received;
        send(requests);
        for (int idle = 0; idle < 100; idle++) {
            idle = loop.runNow() > 0 ? 0 : idle;
        }
        return Math.toIntExact(received - before);
    }

    ManualIoEventLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        client.close();
        whileTurning(CompletableFuture.runAsync(listener::close));
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }
}
