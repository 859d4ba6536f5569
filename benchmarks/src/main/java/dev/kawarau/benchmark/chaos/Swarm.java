package dev.kawarau.benchmark.chaos;

import dev.kawarau.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All clients, and the loops that they run on. */
final class Swarm implements AutoCloseable {
    /** Connections begun in one go, and the pause between two of them in milliseconds. */
    private static final int AT_ONCE = 100;

    private static final int PAUSE = 10;

    private final EventLoops loops;
    private final ByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final InetSocketAddress proxy;
    private final CountDownLatch left;
    private final List<ChaosClient> clients = new ArrayList<>();

    Swarm(ChaosOptions options, int port, Shared shared) {
        proxy = DirectConnection.here(port);
        loops = EventLoops.of(options.clientLoops());
        left = new CountDownLatch(options.clients());
        SplittableRandom random = new SplittableRandom(options.seed());
        long patience = options.patience().toNanos();
        for (int i = 0; i < options.clients(); i++) {
            EventLoop loop = loops.group().next();
            ChaosClient client = new ChaosClient(i, this, shared, loop, random.split());
            clients.add(client);
            loop.schedule(client::connect, (long) i / AT_ONCE * PAUSE, TimeUnit.MILLISECONDS);
            loop.scheduleWithFixedDelay(
                    () -> client.watch(System.nanoTime(), patience), 5_000 + i % 500, 500, TimeUnit.MILLISECONDS);
        }
    }

    EventLoops loops() {
        return loops;
    }

    /** A connection to the proxy whose memory is not the proxy's. */
    Bootstrap bootstrap(EventLoop loop) {
        return new Bootstrap()
                .group(loop)
                .channelFactory(() -> EventLoops.newChannel(loop, proxy))
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_RCVBUF, 64 << 10)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 20_000)
                .remoteAddress(proxy);
    }

    void finished() {
        left.countDown();
    }

    /** What those that have not finished wait for; a glance from outside, for people. */
    String unfinished() {
        StringBuilder text = new StringBuilder(left.getCount() + " clients do not end");
        clients.stream()
                .filter(ChaosClient::isUnfinished)
                .limit(5)
                .forEach(client -> text.append("\n      ").append(client));
        return text.toString();
    }

    boolean await(Duration timeout) throws InterruptedException {
        return left.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        loops.close();
    }
}
