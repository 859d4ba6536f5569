package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kawarau.testkit.RedisServer;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In front of a real Redis. */
class BareRelayTest {

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final int TIMEOUT_MILLIS = 20_000;

    private RedisServer redis;
    private BareRelay relay;

    @BeforeAll
    static void needsEpoll() {
        assumeThat(Epoll.isAvailable()).as("epoll").isTrue();
    }

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        relay = new BareRelay(new InetSocketAddress(HERE, 0), new InetSocketAddress(HERE, redis.port()));
    }

    @AfterEach
    void stop() {
        relay.close();
        redis.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(HERE, relay.port());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static String bulk(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private static String echo(String text) {
        return "*2\r\n$4\r\nECHO\r\n" + bulk(text);
    }

    private static void assertReads(Socket socket, String expected) throws IOException {
        byte[] read = socket.getInputStream().readNBytes(expected.length());
        assertThat(new String(read, StandardCharsets.US_ASCII)).isEqualTo(expected);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void everyClientGetsItsOwnRepliesInOrder() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Socket> clients = new ArrayList<>();
        List<StringBuilder> expected = new ArrayList<>();
        List<StringBuilder> requests = new ArrayList<>();
        for (int client = 0; client < 5; client++) {
            clients.add(connect());
            requests.add(new StringBuilder());
            expected.add(new StringBuilder());
            for (int i = 0; i < 200; i++) {
                String text = client + ":" + i + "x".repeat(random.nextInt(300));
                requests.get(client).append(echo(text));
                expected.get(client).append(bulk(text));
            }
        }
        // Pieces end anywhere, and those of the clients take turns.
        for (int left = clients.size(); left > 0; ) {
            int client = random.nextInt(clients.size());
            StringBuilder rest = requests.get(client);
            if (rest.length() > 0) {
                int length = Math.min(rest.length(), 1 + random.nextInt(2000));
                write(clients.get(client), rest.substring(0, length));
                rest.delete(0, length);
                left -= rest.length() == 0 ? 1 : 0;
            }
        }
        for (int client = 0; client < clients.size(); client++) {
            String all = expected.get(client).toString();
            byte[] read = clients.get(client).getInputStream().readNBytes(all.length());
            assertThat(new String(read, StandardCharsets.US_ASCII))
                    .as("client %d, seed %d", client, seed)
                    .isEqualTo(all);
            clients.get(client).close();
        }
    }

    @Test
    void aReplyThatArrivesInPiecesIsPassedOnWhole() throws IOException {
        String large = "y".repeat(1 << 20);
        try (Socket client = connect()) {
            write(client, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + bulk(large));
            write(client, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n" + echo("after"));
            assertReads(client, "+OK\r\n" + bulk(large) + bulk("after"));
        }
    }

    @Test
    void aClientThatLeavesDoesNotMoveTheRepliesOfTheOthers() throws IOException {
        try (Socket stays = connect()) {
            Socket leaves = connect();
            write(leaves, echo("nobody reads this").repeat(500));
            leaves.close();
            write(stays, echo("mine").repeat(500));
            assertReads(stays, bulk("mine").repeat(500));
        }
    }

    @Test
    void itsClientsShareOneConnection() throws IOException {
        try (Socket one = connect();
                Socket two = connect()) {
            write(one, "*2\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n");
            String id = line(one);
            write(two, "*2\r\n$6\r\nCLIENT\r\n$2\r\nID\r\n");
            assertThat(line(two)).startsWith(":").isEqualTo(id);
        }
    }

    private static String line(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = socket.getInputStream().read(); next >= 0 && next != '\n'; ) {
            line.append((char) next);
            next = socket.getInputStream().read();
        }
        return line.toString();
    }
}
