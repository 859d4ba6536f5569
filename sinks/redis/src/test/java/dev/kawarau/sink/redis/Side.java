package dev.kawarau.sink.redis;

import dev.kawarau.testkit.RedisServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One of the two ways to a server that are compared: a server, what is in front of it, and the clients there. */
final class Side implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 5000;
    private static final Pattern BLOCKED = Pattern.compile("blocked_clients:(\\d+)");
    /** Subscribed, blocked, in a transaction, or monitoring. */
    private static final Pattern BUSY = Pattern.compile("id=.* flags=\\w*[PbxO]\\w* .*");

    final String name;
    final Map<String, String> variables = new HashMap<>();
    private final RedisServer server;
    private final Front front;
    private final Connection control;
    private final Map<Integer, Connection> clients = new HashMap<>();

    Side(String name, RedisServer server, Front front) throws IOException {
        this.name = name;
        this.server = server;
        this.front = front;
        this.control = new Connection(new InetSocketAddress(server.host(), server.port()));
    }

    /** An empty server without a trace of the clients before. */
    void startAfresh() throws IOException {
        for (Connection client : clients.values()) {
            client.close();
        }
        clients.clear();
        variables.clear();
        variables.put("port", Integer.toString(server.port()));
        await(
                "no connection left in a state of its own",
                () -> !BUSY.matcher(control("CLIENT", "LIST")).find());
        control("FLUSHALL");
        control("FUNCTION", "FLUSH");
        control("SCRIPT", "FLUSH");
        control("CONFIG", "RESETSTAT");
        control("SLOWLOG", "RESET");
    }

    boolean isOpen(int client) {
        return clients.containsKey(client);
    }

    Connection open(int client) throws IOException {
        Connection connection = new Connection((InetSocketAddress) front.address());
        clients.put(client, connection);
        return connection;
    }

    Connection client(int client) {
        return clients.get(client);
    }

    void forget(int client) throws IOException {
        clients.remove(client).close();
    }

    /** The words as they are sent on this side, with its variables. */
    String encode(List<String> words) {
        return Words.encode(substitute(words));
    }

    List<String> substitute(List<String> words) {
        return words.stream().map(word -> Words.substitute(word, variables)).toList();
    }

    int blockedClients() throws IOException {
        Matcher matcher = BLOCKED.matcher(control("INFO", "clients"));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    void awaitBlockedClients(int count) throws IOException {
        await(count + " blocked clients", () -> blockedClients() == count);
    }

    /** Waits until so many connections to the server carry a flag of CLIENT LIST, such as b for blocked. */
    void awaitClients(String flag, int count) throws IOException {
        Pattern flagged = Pattern.compile(" flags=\\w*" + flag);
        await(
                count + " clients with flag " + flag,
                () -> flagged.matcher(control("CLIENT", "LIST")).results().count() == count);
    }

    /** Sends a command (all words but the first) until the reply starts with the first word, an error's sign aside. */
    void sendUntil(int client, List<String> words) throws IOException {
        String bytes = encode(words.subList(1, words.size()));
        await("a reply that starts with " + words.get(0), () -> {
            client(client).send(bytes);
            return client(client).read().text().startsWith(words.get(0));
        });
    }

    /** Asks the server itself, past the front. */
    private String control(String... words) throws IOException {
        control.send(Words.encode(List.of(words)));
        return control.read().text();
    }

    @Override
    public void close() throws IOException {
        for (Connection client : clients.values()) {
            client.close();
        }
        control.close();
        front.close();
        server.close();
    }

    private interface Check {
        boolean holds() throws IOException;
    }

    private void await(String what, Check check) throws IOException {
        long deadline = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000L;
        while (!check.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(name + ": waited in vain for " + what + "; the server's clients are\n"
                        + control("CLIENT", "LIST"));
            }
            Thread.onSpinWait();
        }
    }

    /** A client's connection. */
    static final class Connection {

        private final Socket socket = new Socket();
        private final FrameReader reader;

        Connection(InetSocketAddress address) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            reader = new FrameReader(new BufferedInputStream(socket.getInputStream(), 65_536));
        }

        void send(String bytes) throws IOException {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        }

        Frame read() throws IOException {
            return reader.read();
        }

        boolean atEnd() throws IOException {
            return reader.atEnd();
        }

        void close() throws IOException {
            socket.close();
        }
    }
}
