package dev.kawarau.benchmark.endtoend;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import dev.kawarau.testkit.cassandra.CassandraServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares Kawarau with a direct connection and HAProxy in front of a real Cassandra: prepared reads by key, protocol v5.
 * Proxies are pinned to one processor and have one thread; peers take turns, and medians are printed. What is measured is
 * the steady state: before that, each proxy answers many requests, for one in a JVM spends most of its first minute on the
 * compiler.
 */
public final class CqlEndToEnd {
    private static final double WARM_UP = 1.5;

    /** So many requests of the heaviest load, or so many runs, and the compiler of a JVM has little left to do. */
    private static final int WARM_REQUESTS = 600_000;

    private static final int MOST_WARMING_RUNS = 20;

    private static final double WARMING_RUN = 8;

    private record Load(int connections, int inFlight) {
        @Override
        public String toString() {
            return connections + " connections, " + inFlight + " under way on each";
        }
    }

    private record Measured(CqlLoad.Outcome outcome, double proxyCpu) {}

    private final double seconds;
    private final int rounds;
    private final List<Load> loads = List.of(new Load(1, 1), new Load(16, 1), new Load(16, 16), new Load(64, 32));
    private final Map<String, List<Measured>> results = new LinkedHashMap<>();

    private CqlEndToEnd(double seconds, int rounds) {
        this.seconds = seconds;
        this.rounds = rounds;
    }

    /** The program; arguments are the seconds of a run, 4 if not given, and the number of rounds, 3 if not given. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 4;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        new CqlEndToEnd(seconds, rounds).run();
    }

    private void run() throws IOException, InterruptedException {
        Pin pin = Pin.last(Tools.find("taskset"), Tools.PROC);
        System.out.println(Machine.read(Tools.PROC));
        System.out.println(pin.text());
        Path directory = Files.createTempDirectory("cql-end-to-end");
        try (CassandraServer cassandra =
                CassandraServer.builder().set("concurrent_reads", "8").start()) {
            fill(cassandra.address());
            List<ProxyProcess> proxies = new ArrayList<>();
            try {
                proxies.add(kawarau(cassandra.port(), directory, pin));
                haproxy(cassandra.port(), directory, pin).ifPresent(proxies::add);
                for (ProxyProcess proxy : proxies) {
                    warmUp(proxy.peer());
                }
                measure(cassandra.port(), proxies);
            } finally {
                proxies.forEach(ProxyProcess::close);
            }
        }
        print();
    }

    private static void fill(InetSocketAddress server) {
        try (CqlSession session = CqlSession.builder()
                .addContactPoint(server)
                .withLocalDatacenter("datacenter1")
                .build()) {
            session.execute("CREATE KEYSPACE bench WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            session.execute("CREATE TABLE bench.t (k int PRIMARY KEY, v blob)");
            PreparedStatement insert = session.prepare("INSERT INTO bench.t (k, v) VALUES (?, ?)");
            for (int key = 0; key < CqlLoad.KEYS; key++) {
                session.execute(insert.bind(key, ByteBuffer.allocate(64).putInt(60, key)));
            }
        }
    }

    private static ProxyProcess kawarau(int cassandra, Path directory, Pin pin) {
        int port = ProxyProcess.freePort();
        return ProxyProcess.startCql(
                Peer.KAWARAU,
                port,
                directory,
                pin.command(List.of(
                        Tools.java().toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CqlProxy.class.getName(),
                        "127.0.0.1:" + port,
                        "127.0.0.1:" + cassandra)));
    }

    private static Optional<ProxyProcess> haproxy(int cassandra, Path directory, Pin pin) {
        return Tools.find("haproxy").map(program -> {
            int port = ProxyProcess.freePort();
            Path file = directory.resolve("haproxy.cfg");
            Tools.write(file, ProxyPrograms.haproxyConfiguration(port, cassandra));
            return ProxyProcess.startCql(
                    Peer.HAPROXY,
                    port,
                    directory,
                    pin.command(List.of(program.toString(), "-f", file.toString(), "-db")));
        });
    }

    private void warmUp(Peer peer) throws InterruptedException {
        Load heaviest = loads.get(loads.size() - 1);
        long requests = 0;
        for (int run = 1; run <= MOST_WARMING_RUNS && requests < WARM_REQUESTS; run++) {
            Measured measured = oneRun(peer, heaviest, WARMING_RUN);
            requests += measured.outcome().requests();
            System.out.println(line("warming up, " + heaviest, peer.name(), List.of(measured)));
        }
    }

    private void measure(int cassandra, List<ProxyProcess> proxies) throws InterruptedException {
        List<Peer> peers = new ArrayList<>(List.of(Peer.direct(cassandra)));
        proxies.forEach(proxy -> peers.add(proxy.peer()));
        for (int round = 0; round <= rounds; round++) {
            for (Load load : loads) {
                Collections.rotate(peers, 1);
                for (Peer peer : peers) {
                    Measured measured = oneRun(peer, load, seconds);
                    System.out.println(line(round + " " + load, peer.name(), List.of(measured)));
                    if (round > 0) {
                        results.computeIfAbsent(load + " | " + peer.name(), key -> new ArrayList<>())
                                .add(measured);
                    }
                }
            }
        }
    }

    private Measured oneRun(Peer peer, Load load, double seconds) throws InterruptedException {
        Duration[] before = {Duration.ZERO};
        CqlLoad.Outcome outcome = CqlLoad.run(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.port()),
                load.connections(),
                load.inFlight(),
                WARM_UP,
                seconds,
                () -> before[0] = cpu(peer.proxy()));
        Duration used = cpu(peer.proxy()).minus(before[0]);
        return new Measured(outcome, used.toNanos() / 1000.0 / Math.max(1, outcome.requests()));
    }

    private static Duration cpu(@Nullable ProcessHandle process) {
        return process == null
                ? Duration.ZERO
                : process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void print() {
        System.out.println("\nload | peer | requests/s | p50 us | p99 us | CPU of the proxy, us/request");
        results.forEach((name, runs) -> System.out.println(line(name, "", runs)));
    }

    private static String line(String load, String peer, List<Measured> runs) {
        return String.format(
                Locale.ROOT,
                "%s %s | %.0f | %.0f | %.0f | %.1f",
                load,
                peer,
                median(runs.stream()
                        .map(run -> run.outcome().requestsPerSecond())
                        .toList()),
                median(runs.stream().map(run -> run.outcome().p50()).toList()),
                median(runs.stream().map(run -> run.outcome().p99()).toList()),
                median(runs.stream().map(Measured::proxyCpu).toList()));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
