package dev.kawarau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventLoopsTest {
    @TempDir
    private Path folder;

    static Stream<Arguments> transportsAndAddresses() {
        return Stream.of(EventLoops.Transport.values())
                .flatMap(
                        transport -> Stream.of(Address.Scheme.values()).map(scheme -> Arguments.of(transport, scheme)));
    }

    @ParameterizedTest
    @MethodSource("transportsAndAddresses")
    void everyTransportServesEveryKindOfAddress(EventLoops.Transport transport, Address.Scheme scheme) {
        assumeTrue(transport.isAvailable());
        String lines = "GET a\n".repeat(3_000);

        try (EventLoops loops = EventLoops.of(transport, 1);
                Listener listener =
                        LineListener.on(address(scheme)).eventLoops(loops).serve(Held.echo());
                LineClient client = LineClient.of(listener);
                LineClient other = LineClient.of(listener)) {
            client.send(lines).expect(lines);
            other.send("GET b\n").expect("GET b\n");
        }
    }

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void everyTransportServesAClientThatShutDownItsSide(EventLoops.Transport transport) throws Exception {
        assumeTrue(transport.isAvailable());
        Held held = new Held();
        try (EventLoops loops = EventLoops.of(transport, 1);
                Listener listener =
                        LineListener.on("127.0.0.1:0").eventLoops(loops).serve(held);
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n").shutDownOutput();
            held.next().answer("a");
            client.expect("a\n").expectEnd();
        }
    }

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void socketsAndInVmConnectionsShareAThread(EventLoops.Transport transport) {
        assumeTrue(transport.isAvailable());
        Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
        Chain noting = request -> {
            threads.add(Thread.currentThread());
            return Reply.of(LineMessage.byHand("ok"));
        };
        try (EventLoops loops = EventLoops.of(transport, 1);
                Listener sockets =
                        LineListener.on("127.0.0.1:0").eventLoops(loops).serve(noting);
                Listener inVm =
                        LineListener.on("local:shared").eventLoops(loops).serve(noting);
                LineClient one = LineClient.of(sockets);
                LineClient two = LineClient.of(inVm)) {
            one.send("a\n").expect("ok\n");
            two.send("a\n").expect("ok\n");
        }
        assertThat(threads).singleElement().matches(Thread::isDaemon);
    }

    @Test
    void aTransportThatDoesNotWorkHereIsSaid() {
        for (EventLoops.Transport transport : EventLoops.Transport.values()) {
            if (!transport.isAvailable()) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> EventLoops.of(transport, 1))
                        .withMessageStartingWith("transport " + transport + " is not available: it needs Linux");
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventLoops.of(0))
                .withMessage("event loops need at least one thread, not 0");
    }

    @Test
    void loopsOfTheApplicationAreNotClosed() {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoops.using(group).close();
        EventLoops.shared().close();

        assertThat(group.isShuttingDown()).isFalse();
        assertThat(EventLoops.shared().group().isShuttingDown()).isFalse();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aListenerMayBeClosedAfterItsLoops() {
        EventLoops loops = EventLoops.of(1);
        Listener listener = LineListener.on("127.0.0.1:0").eventLoops(loops).serve(Held.echo());
        LineClient client = LineClient.of(listener).send("GET a\n").expect("GET a\n");
        loops.close();

        listener.close();

        client.expectEnd();
        client.close();
    }

    @Test
    void loopsOfItsOwnEnd() {
        EventLoops loops = EventLoops.of(1);
        loops.close();

        assertThat(loops.group().isShuttingDown()).isTrue();
    }

    private String address(Address.Scheme scheme) {
        return switch (scheme) {
            case TCP -> "127.0.0.1:0";
            case UNIX -> "unix:" + folder.resolve("kawarau.sock");
            case LOCAL -> "local:event-loops";
        };
    }
}
