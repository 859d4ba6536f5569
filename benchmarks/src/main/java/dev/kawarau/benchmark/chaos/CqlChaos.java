package dev.kawarau.benchmark.chaos;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import dev.kawarau.Budget;
import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.sink.cassandra.CassandraSink;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests through a proxy to a real Cassandra that is killed and started again and again, after its prepared
 * statements were made forgotten, and checks that each answer belongs to its request, that errors are only those that a
 * driver may try again, that what was acknowledged is there, and that memory stays flat. Uses 127.0.0.1 only. Ends with
 * status 1 if anything was wrong. Arguments: how many requests must succeed (1,000,000), how often the node is killed (20).
 */
public final class CqlChaos {
    private static final int CLIENTS = 64;
    private static final int STREAMS = 16;
    private static final Duration LIMIT = Duration.ofMinutes(25);

    private final long requests;
    private final int kills;
    private final CqlTally tally = new CqlTally();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final long began = System.nanoTime();

    private CqlChaos(long requests, int kills) {
        this.requests = requests;
        this.kills = kills;
    }

    /** The program. */
    public static void main(String[] arguments) throws InterruptedException {
        System.setProperty(
                "org.slf4j.simpleLogger.defaultLogLevel",
                System.getProperty("org.slf4j.simpleLogger.defaultLogLevel", "off"));
        long requests = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
        int kills = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        LeakCount leaks = LeakCount.install();
        CqlChaos chaos = new CqlChaos(requests, kills);
        chaos.run();
        Tally leaked = new Tally();
        leaks.report(leaked);
        leaked.told().forEach(chaos.tally::violation);
        chaos.tally.print();
        System.exit(chaos.tally.isClean() ? 0 : 1);
    }

    private void run() throws InterruptedException {
        try (CassandraServer server = CassandraServer.start()) {
            createTable(server);
            Budget budget = Budget.ofBytes(64 << 20);
            try (EventLoops loops = EventLoops.of(2);
                    CassandraSink sink = CassandraSink.to("127.0.0.1:" + server.port())
                            .metrics(meters)
                            .build();
                    Listener listener = CqlListener.on("127.0.0.1:0")
                            .eventLoops(loops)
                            .budget(budget)
                            .metrics(meters)
                            .serve(Chain.named("chaos").metrics(meters).to(sink))) {
                torment(server, listener);
                if (budget.usedBytes() != 0 || budget.requestsInFlight() != 0) {
                    tally.violation("without clients the proxy holds " + budget.usedBytes() + " bytes");
                }
            }
            CqlStoreCheck.run(server, tally);
        }
    }

    /** Patient, for a node that is busy with the clients takes long over a TRUNCATE. */
    private static CqlSession direct(CassandraServer server) {
        return CqlSession.builder()
                .addContactPoint(server.address())
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofMinutes(1))
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofMinutes(1))
                        .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, Duration.ofMinutes(1))
                        .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                        .build())
                .build();
    }

    private static void createTable(CassandraServer server) {
        try (CqlSession session = direct(server)) {
            session.execute("CREATE KEYSPACE chaos WITH replication = {'class': 'SimpleStrategy',"
                    + " 'replication_factor': 1}");
            session.execute("CREATE TABLE chaos.t (k bigint PRIMARY KEY, v blob)");
        }
    }

    private void torment(CassandraServer server, Listener listener) throws InterruptedException {
        String address = listener.address().toString();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (EventLoops loops = EventLoops.of(1)) {
            List<CqlChaosClient> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new CqlChaosClient(
                        i,
                        STREAMS,
                        loops.group().next(),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        tally));
            }
            clients.forEach(CqlChaosClient::begin);
            awaitSuccesses(requests / (kills + 1));
            Footprint before = Footprint.now();
            for (int kill = 1; kill <= kills && isInTime(); kill++) {
                forgetAndKill(server);
                awaitSuccesses(requests * (kill + 1) / (kills + 1));
                tell(kill);
            }
            if (tally.succeeded() < requests) {
                tally.violation("not done after " + LIMIT);
            }
            Footprint after = Footprint.now();
            Tally grown = new Tally();
            after.compare(before, grown);
            grown.told().forEach(tally::violation);
            System.out.println("before: " + before + "\nafter:  " + after);
            for (CqlChaosClient client : clients) {
                client.end();
            }
        }
        awaitNobody(listener);
    }

    private void forgetAndKill(CassandraServer server) {
        try (CqlSession session = direct(server)) {
            session.execute("TRUNCATE system.prepared_statements");
        }
        server.restart();
    }

    private boolean isInTime() {
        return System.nanoTime() - began < LIMIT.toNanos();
    }

    private void awaitSuccesses(long enough) throws InterruptedException {
        while (tally.succeeded() < enough && isInTime()) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void awaitNobody(Listener listener) throws InterruptedException {
        for (int i = 0; i < 200 && listener.connections() > 0; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void tell(int kill) {
        System.out.printf(
                "%4d s  killed %d times, %s, prepared anew %.0f times%n",
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
                kill,
                tally,
                meters.get("kawarau.upstream.reprepared").counter().count());
    }
}
