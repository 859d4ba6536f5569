package dev.kawarau.sink.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kawarau.EventLoops;
import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalAddress;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners and servers that are not on TCP. */
class AddressTest {
    private static final RespUsers USERS =
            RespUsers.of(RespUser.named("ann").password("one").keys("ann:*"));

    private static RedisServer server;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        server = RedisServer.start("--requirepass", "secret");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RedisSink.Builder sink() {
        return RedisSink.to(server.uri()).credentials("default", "secret");
    }

    @ParameterizedTest
    @EnumSource(EventLoops.Transport.class)
    void aServerIsReachedByItsSocketFile(EventLoops.Transport transport) throws IOException {
        assumeTrue(isAvailable(transport), transport + " is not available here");
        try (EventLoops loops = EventLoops.of(transport, 1);
                Proxy proxy = Proxy.before(
                        RedisSink.to("redis-socket://:secret@" + server.unixSocket() + "?database=4"),
                        listener -> listener.eventLoops(loops));
                RawClient client = proxy.raw()) {
            assertThat(client.call("SET", "k", "v")).isEqualTo("+OK");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("GET", "k")).isEqualTo("+QUEUED");
            assertThat(client.call("EXEC")).isEqualTo("*[$v]");
            assertThat(client.call("CLIENT", "INFO")).contains(" addr=" + server.unixSocket() + ":0 ", " db=4 ");
        }
    }

    private static boolean isAvailable(EventLoops.Transport transport) {
        try (EventLoops loops = EventLoops.of(transport, 1)) {
            return loops.group() != null;
        } catch (IllegalArgumentException unavailable) {
            return false;
        }
    }

    @Test
    void aSocketFileThatIsNotThereIsAnErrorThatNamesIt() throws IOException {
        Path missing = folder.resolve("missing");
        try (Proxy proxy = Proxy.before("redis-socket://:secret@" + missing, UnaryOperator.identity());
                RawClient client = proxy.raw()) {
            assertThat(client.call("GET", "k"))
                    .startsWith("-ERR redis at unix:" + missing + " is unreachable")
                    .doesNotContain("secret");
        }
    }

    @Test
    void redisCliIsServedAtASocketFileAndNeedsAPasswordThere() throws Exception {
        assumeTrue(hasRedisCli(), "redis-cli is not on the PATH");
        Path socket = folder.resolve("listener");
        try (Proxy proxy = Proxy.before("unix:" + socket, sink(), listener -> listener.users(USERS))) {
            assertThat(proxy.listener().address()).hasToString("unix:" + socket);
            assertThat(cli(socket, "GET", "ann:a")).isEqualTo("NOAUTH Authentication required.");
            assertThat(cli(socket, "--user", "ann", "--pass", "one", "--no-auth-warning", "SET", "ann:a", "v"))
                    .isEqualTo("OK");
            assertThat(cli(socket, "--user", "ann", "--pass", "one", "--no-auth-warning", "-3", "GET", "ann:a"))
                    .isEqualTo("v");
            assertThat(cli(socket, "--user", "ann", "--pass", "one", "--no-auth-warning", "GET", "bob:a"))
                    .startsWith("NOPERM ");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void lettuceIsServedAtASocketFile() {
        Path socket = folder.resolve("listener");
        try (Proxy proxy = Proxy.before("unix:" + socket, sink(), UnaryOperator.identity())) {
            assertThat(proxy.listener().connections()).isZero();
            RedisClient client = RedisClient.create(
                    RedisURI.Builder.socket(socket.toString()).build());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                assertThat(connection.sync().set("lettuce", "v")).isEqualTo("OK");
                assertThat(connection.sync().get("lettuce")).isEqualTo("v");
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aSocketFileThatSomebodyListensAtIsNotTakenAway() throws IOException {
        Path socket = folder.resolve("listener");
        try (Proxy first = Proxy.before("unix:" + socket, sink(), UnaryOperator.identity())) {
            assertThatThrownBy(() -> Proxy.before("unix:" + socket, sink(), UnaryOperator.identity()))
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(first.listener().address()).hasToString("unix:" + socket);
            assertThat(socket).exists();
        }
        Path file = Files.writeString(folder.resolve("precious"), "data");
        assertThatThrownBy(() -> Proxy.before("unix:" + file, sink(), UnaryOperator.identity()))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(file).hasContent("data");
    }

    @Test
    void aClientInTheSameJvmIsServedAndNeedsAPasswordToo() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (Proxy proxy = Proxy.before("local:in-vm", sink(), listener -> listener.users(USERS))) {
            assertThat(proxy.listener().address()).hasToString("local:in-vm");
            EventLoop loop = EventLoops.shared().group().next();
            LocalAddress address = new LocalAddress("in-vm");
            Channel client = new Bootstrap()
                    .group(loop)
                    .channelFactory(() -> EventLoops.newChannel(loop, address))
                    .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf in) {
                            in.toString(UTF_8).lines().forEach(received::add);
                        }
                    })
                    .connect(address)
                    .sync()
                    .channel();
            send(client, "GET ann:vm\r\n");
            assertThat(received.poll(10, SECONDS)).isEqualTo("-NOAUTH Authentication required.");
            send(client, "AUTH ann one\r\n");
            assertThat(received.poll(10, SECONDS)).isEqualTo("+OK");
            send(client, "SET ann:vm 1\r\n");
            assertThat(received.poll(10, SECONDS)).isEqualTo("+OK");
            send(client, "SET vm 1\r\n");
            assertThat(received.poll(10, SECONDS)).startsWith("-NOPERM ");
            client.close().sync();
        }
    }

    private static void send(Channel client, String bytes) {
        client.writeAndFlush(Unpooled.copiedBuffer(bytes, UTF_8));
    }

    private static boolean hasRedisCli() {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (new File(directory, "redis-cli").canExecute()) {
                return true;
            }
        }
        return false;
    }

    private static String cli(Path socket, String... arguments) throws Exception {
        String[] command = new String[arguments.length + 3];
        command[0] = "redis-cli";
        command[1] = "-s";
        command[2] = socket.toString();
        System.arraycopy(arguments, 0, command, 3, arguments.length);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(10, SECONDS)).isTrue();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }
}
