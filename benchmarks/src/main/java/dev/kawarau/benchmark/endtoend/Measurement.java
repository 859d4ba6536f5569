package dev.kawarau.benchmark.endtoend;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures cases in rounds. In each round every case is run against every peer, one after the other, so that all peers
 * see the machine in the same moods. A round that does not count comes first, to find out how fast each peer is and so
 * how many requests fill a run.
 */
final class Measurement {
    private static final double WARM_UP_SECONDS = 0.5;

    private final RedisBenchmark benchmark;
    private final List<Peer> peers;
    private final double seconds;
    private final Results results = new Results();
    private final Map<Case, Map<Peer, Double>> rates = new HashMap<>();

    /**
     * @param peers the first one is the Redis itself
     * @param seconds how long one run takes, about
     */
    Measurement(RedisBenchmark benchmark, List<Peer> peers, double seconds) {
        this.benchmark = benchmark;
        this.peers = peers;
        this.seconds = seconds;
    }

    /** Runs some cases that do not count, half a second each, and returns the sum of their requests per second. */
    double pass(Peer peer, List<Case> cases) throws RedisBenchmark.Failed {
        double sum = 0;
        for (Case load : cases) {
            sum += oneRun(load, peer, WARM_UP_SECONDS).requestsPerSecond();
        }
        return sum;
    }

    /**
     * Takes about {@code rounds * cases * peers * seconds}, and a little for the round that does not count.
     *
     * @param progress takes a line for each case
     * @param afterRound takes what is there after each round that counts
     */
    Results measure(List<Case> cases, int rounds, Consumer<String> progress, Consumer<Results> afterRound) {
        for (int round = 0; round <= rounds; round++) {
            for (Case load : cases) {
                String line = (round == 0 ? "first look" : "round " + round + " of " + rounds) + ", " + load + ":";
                progress.accept(line + oneRound(load, round));
            }
            if (round > 0) {
                afterRound.accept(results);
            }
        }
        return results;
    }

    private String oneRound(Case load, int round) {
        StringBuilder line = new StringBuilder();
        List<Peer> order = new ArrayList<>(peers);
        Collections.rotate(order, round); // nobody always runs after the same neighbour
        for (Peer peer : order) {
            if (results.failed(load, peer)) {
                continue;
            }
            try {
                Run run = oneRun(load, peer, round == 0 ? seconds / 2 : seconds);
                if (round > 0) {
                    results.add(load, peer, run);
                }
                line.append(' ').append(peer.name()).append(' ').append(Text.rounded(run.requestsPerSecond()));
            } catch (RedisBenchmark.Failed failed) {
                results.fail(load, peer, String.valueOf(failed.getMessage()));
                line.append(' ').append(peer.name()).append(" failed");
            }
        }
        return line.toString();
    }

    private Run oneRun(Case load, Peer peer, double howLong) throws RedisBenchmark.Failed {
        benchmark.prepare(load, peers.get(0));
        Map<Peer, Double> ofCase = rates.computeIfAbsent(load, key -> new HashMap<>());
        double requests = ofCase.getOrDefault(peer, load.expectedRate()) * howLong;
        Run run = benchmark.run(load, peer, Math.max(load.fewestRequests(), (long) requests));
        ofCase.put(peer, run.requestsPerSecond());
        return run;
    }
}
