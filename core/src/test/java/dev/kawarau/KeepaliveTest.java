package dev.kawarau;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel says of the sockets' timers, as ss shows it. */
class KeepaliveTest {
    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void theKernelProbesASilentUpstreamSoonOnEveryTransport(EventLoops.Transport transport) throws Exception {
        assumeTrue(transport.isAvailable() && hasSs());
        try (EventLoops loops = EventLoops.of(transport, 1);
                ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EventLoop loop = loops.group().next();
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), silent.getLocalPort());
            Channel channel = new Bootstrap()
                    .group(loop)
                    .channelFactory(() -> EventLoops.newChannel(loop, address))
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(address)
                    .sync()
                    .channel();
            assertProbedSoon("dport = :" + silent.getLocalPort());
            assertThat(timers(channel, transport)).containsExactly(30, 10, 3, 60_000);
            channel.close().sync();
        }
    }

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void theKernelProbesASilentClientSoonOnEveryTransport(EventLoops.Transport transport) throws Exception {
        assumeTrue(transport.isAvailable() && hasSs());
        try (EventLoops loops = EventLoops.of(transport, 1);
                Listener listener =
                        LineListener.on("127.0.0.1:0").eventLoops(loops).serve(Held.echo());
                LineClient client = LineClient.of(listener)) {
            client.send("GET a\n").expect("GET a\n");
            assertProbedSoon("sport = :" + listener.port());
        }
    }

    /** As the kernel has them: idle, interval, probes, and unacknowledged, which NIO does not know. */
    private static List<Integer> timers(Channel channel, EventLoops.Transport transport) {
        ChannelConfig config = channel.config();
        return switch (transport) {
            case EPOLL ->
                List.of(
                        config.getOption(EpollChannelOption.TCP_KEEPIDLE),
                        config.getOption(EpollChannelOption.TCP_KEEPINTVL),
                        config.getOption(EpollChannelOption.TCP_KEEPCNT),
                        config.getOption(EpollChannelOption.TCP_USER_TIMEOUT));
            case IO_URING ->
                List.of(
                        config.getOption(IoUringChannelOption.TCP_KEEPIDLE),
                        config.getOption(IoUringChannelOption.TCP_KEEPINTVL),
                        config.getOption(IoUringChannelOption.TCP_KEEPCNT),
                        config.getOption(IoUringChannelOption.TCP_USER_TIMEOUT));
            case NIO ->
                List.of(
                        config.getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)),
                        config.getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL)),
                        config.getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)),
                        60_000);
        };
    }

    /** A timer that counts down from 30 seconds, not from two hours: {@code timer:(keepalive,29sec,0)}. */
    private static void assertProbedSoon(String filter) {
        await().untilAsserted(() -> assertThat(run("ss", "-Htno", "state", "established", filter))
                .containsPattern("timer:\\(keepalive,(2\\d|30)(\\.\\d+)?sec,0\\)"));
    }

    private static boolean hasSs() {
        try {
            return !run("ss", "-V").isEmpty();
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
