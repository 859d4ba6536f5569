package dev.kawarau.transform.consistency;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What is counted of one {@link TunableConsistency}, over all event loops. Thread-safe. */
final class QuorumMeters {
    /** What is counted of one replica. */
    record OfReplica(Counter missed, Counter stale, Counter repaired, Hinted hinted) {}

    /** What became of the hints for one replica. */
    record Hinted(Counter kept, Counter delivered, Counter dropped, AtomicLong waiting) {}

    final Counter readsMissed;
    final Counter writesMissed;
    final Counter writeBacks;
    final List<OfReplica> replicas = new ArrayList<>();
    private final MeterRegistry registry;
    private final String name;

    QuorumMeters(MeterRegistry registry, String name, int count) {
        this.registry = registry;
        this.name = name;
        this.readsMissed = counter("kawarau.quorum.missed", "requests that too few replicas answered", "kind", "read");
        this.writesMissed =
                counter("kawarau.quorum.missed", "requests that too few replicas answered", "kind", "write");
        this.writeBacks =
                counter("kawarau.quorum.writebacks", "reads that had to store what they found first", "kind", "");
        for (int i = 1; i <= count; i++) {
            replicas.add(ofReplica(Integer.toString(i)));
        }
    }

    private OfReplica ofReplica(String replica) {
        AtomicLong waiting = new AtomicLong();
        Gauge.builder("kawarau.quorum.hints.waiting", waiting, AtomicLong::get)
                .description("writes that a replica missed and that wait for it")
                .tag("quorum", name)
                .tag("replica", replica)
                .strongReference(true)
                .register(registry);
        return new OfReplica(
                counter(
                        "kawarau.quorum.replica.missed",
                        "questions and writes that a replica did not take",
                        "replica",
                        replica),
                counter("kawarau.quorum.stale", "answers of a replica that was behind", "replica", replica),
                counter("kawarau.quorum.repairs", "versions sent to a replica that was behind", "replica", replica),
                new Hinted(hints(replica, "kept"), hints(replica, "delivered"), hints(replica, "dropped"), waiting));
    }

    private Counter hints(String replica, String what) {
        return Counter.builder("kawarau.quorum.hints")
                .description("writes that a replica missed: kept for it, delivered, dropped")
                .tag("quorum", name)
                .tag("replica", replica)
                .tag("what", what)
                .register(registry);
    }

    private Counter counter(String meter, String description, String key, String value) {
        return Counter.builder(meter)
                .description(description)
                .tag("quorum", name)
                .tag(key, value)
                .register(registry);
    }
}
