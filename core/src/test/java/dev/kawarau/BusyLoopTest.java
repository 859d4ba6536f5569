package dev.kawarau;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BusyLoopTest {
    @ParameterizedTest
    @EnumSource(
            value = EventLoops.Transport.class,
            names = {"EPOLL", "NIO"})
    void loopsThatAreClosedInTheMiddleOfTheirWorkCloseTheirConnections(EventLoops.Transport transport)
            throws Exception {
        EventLoops loops = EventLoops.of(transport, 1);
        EventLoop loop = loops.group().next();
        Listener listener = LineListener.on("127.0.0.1:0").eventLoops(loops).serve(Held.echo());
        try (LineClient client = LineClient.of(listener).send("GET a\n").expect("GET a\n")) {
            CompletableFuture<Void> closing = new CompletableFuture<>();
            Future<?> working = loop.submit(() -> {
                closing.completeAsync(() -> {
                    loops.close();
                    return null;
                });
                while (!loop.isShuttingDown()) {
                    Thread.onSpinWait();
                }
            });
            working.sync();
            closing.get(20, TimeUnit.SECONDS);

            client.expectEnd();
        }
        listener.close();
    }
}
