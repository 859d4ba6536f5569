package dev.kawarau.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.awaitility.Awaitility;

/**
 * A real Redis Cluster of one's own: three masters with a replica each, on free ports of 127.0.0.1. Methods may be called
 * from any thread; whoever starts a cluster closes it.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<RedisServer> servers = new ArrayList<>();

    private RedisCluster() {}

    /**
     * Starts six servers and returns when each of them knows all slots, masters and replicas.
     *
     * @param options appended to the command line of each server, one word each
     * @throws IllegalStateException as {@link RedisServer#start}
     */
    public static RedisCluster start(String... options) {
        RedisCluster cluster = new RedisCluster();
        try {
            List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
            all.addAll(List.of(options));
            for (int i = 0; i < 2 * MASTERS; i++) {
                cluster.servers.add(RedisServer.start(all.toArray(new String[0])));
            }
            cluster.join();
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private void join() {
        for (int i = 0; i < servers.size(); i++) {
            call(i, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
            if (i > 0) {
                call(0, "CLUSTER MEET 127.0.0.1 " + servers.get(i).port());
            }
        }
        for (int i = 0; i < MASTERS; i++) {
            int first = i * SLOTS / MASTERS;
            call(i, "CLUSTER ADDSLOTS " + numbers(first, (i + 1) * SLOTS / MASTERS));
        }
        await(node -> call(node, "CLUSTER NODES")
                        .lines()
                        .filter(line -> line.contains(" connected"))
                        .count()
                == servers.size());
        for (int i = MASTERS; i < servers.size(); i++) {
            call(i, "CLUSTER REPLICATE " + call(i - MASTERS, "CLUSTER MYID"));
        }
        await(node -> call(node, "CLUSTER INFO").contains("cluster_state:ok")
                && call(node, "CLUSTER NODES")
                                .lines()
                                .filter(line -> line.contains("slave "))
                                .count()
                        == MASTERS);
        await(node -> node < MASTERS || call(node, "INFO replication").contains("master_link_status:up"));
    }

    private static String numbers(int from, int to) {
        StringBuilder numbers = new StringBuilder();
        for (int i = from; i < to; i++) {
            numbers.append(i).append(' ');
        }
        return numbers.toString();
    }

    private void await(IntPredicate condition) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            for (int node = 0; node < servers.size(); node++) {
                if (!condition.test(node)) {
                    return false;
                }
            }
            return true;
        });
    }

    /** The nodes: masters first, then a replica of each in the same order. */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    /** The text of a bulk, or the line of another reply. */
    private String call(int node, String command) {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), servers.get(node).port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            String[] words = command.strip().split(" ", -1);
            StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                request.append('$')
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n");
            }
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = in.readLine();
            if (line == null || line.startsWith("-")) {
                throw new IllegalStateException(servers.get(node) + " said to " + command + ": " + line);
            }
            if (!line.startsWith("$")) {
                return line;
            }
            char[] text = new char[Integer.parseInt(line.substring(1))];
            int read = 0;
            while (read < text.length) {
                int more = in.read(text, read, text.length - read);
                if (more < 0) {
                    throw new IllegalStateException(servers.get(node) + " hung up in its answer to " + command);
                }
                read += more;
            }
            return new String(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }

    @Override
    public String toString() {
        return "RedisCluster" + servers;
    }
}
