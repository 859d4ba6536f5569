package dev.kawarau.transform.consistency;

import dev.kawarau.transform.SharedMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of one {@link TunableConsistency}, over all event loops. Thread-safe. */
final class QuorumMeters {
    /** What is counted of one replica. */
    record OfReplica(LongAdder missed, LongAdder stale, LongAdder repaired, Hinted hinted) {}

    /** What became of the hints for one replica. */
    record Hinted(LongAdder kept, LongAdder delivered, LongAdder dropped, AtomicLong waiting) {}

    final LongAdder readsMissed;
    final LongAdder writesMissed;
    final LongAdder writeBacks;
    final List<OfReplica> replicas = new ArrayList<>();
    private final SharedMeters meters = new SharedMeters();
    private final Runnable hide;

    QuorumMeters(MeterRegistry registry, String name, int count) {
        this.readsMissed = missed("read");
        this.writesMissed = missed("write");
        this.writeBacks = meters.counter(
                "kawarau.quorum.writebacks", "reads that had to store what they found first", Tags.of("kind", ""));
        for (int i = 1; i <= count; i++) {
            replicas.add(ofReplica(Tags.of("replica", Integer.toString(i))));
        }
        this.hide = meters.show(registry, Tags.of("quorum", name));
    }

    private LongAdder missed(String kind) {
        return meters.counter(
                "kawarau.quorum.missed", "requests that too few replicas answered", Tags.of("kind", kind));
    }

    private OfReplica ofReplica(Tags replica) {
        AtomicLong waiting = new AtomicLong();
        meters.gauge(
                "kawarau.quorum.hints.waiting",
                "writes that a replica missed and that wait for it",
                replica,
                waiting::get);
        return new OfReplica(
                meters.counter(
                        "kawarau.quorum.replica.missed", "questions and writes that a replica did not take", replica),
                meters.counter("kawarau.quorum.stale", "answers of a replica that was behind", replica),
                meters.counter("kawarau.quorum.repairs", "versions sent to a replica that was behind", replica),
                new Hinted(hints(replica, "kept"), hints(replica, "delivered"), hints(replica, "dropped"), waiting));
    }

    private LongAdder hints(Tags replica, String what) {
        return meters.counter(
                "kawarau.quorum.hints",
                "writes that a replica missed: kept for it, delivered, dropped",
                replica.and("what", what));
    }

    /** Takes them out of the registry. */
    void close() {
        hide.run();
    }
}
