package dev.kawarau.benchmark.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One load.
 *
 * @param command in lower case, as {@code redis-benchmark -t} takes it
 * @param bytes of the value that is read or written
 * @param connections open at the same time
 * @param pipeline requests that a connection sends at once before it waits for their replies
 */
record Case(String command, int bytes, int connections, int pipeline) {
    static final List<String> COMMANDS = List.of("get", "set");
    static final List<Integer> BYTES = List.of(64, 4096);
    static final List<Integer> CONNECTIONS = List.of(1, 50, 500);
    static final List<Integer> PIPELINES = List.of(1, 16, 64);

    /** The whole matrix, in the order in which it is measured and printed. */
    static List<Case> all() {
        List<Case> all = new ArrayList<>();
        for (String command : COMMANDS) {
            for (int bytes : BYTES) {
                for (int connections : CONNECTIONS) {
                    for (int pipeline : PIPELINES) {
                        all.add(new Case(command, bytes, connections, pipeline));
                    }
                }
            }
        }
        return all;
    }

    /** Enough for a first look: small values at 50 connections, and one case each of latency and of large values. */
    static List<Case> few() {
        return all().stream()
                .filter(each -> each.matches(List.of("get", "64", "50"))
                        || each.matches(List.of("get", "64", "1", "1"))
                        || each.matches(List.of("set", "4096", "50", "16")))
                .toList();
    }

    /** Whether each part is the one asked for; {@code *} and parts that are left out stand for any. */
    boolean matches(List<String> parts) {
        List<String> mine = Stream.of(command, bytes, connections, pipeline)
                .map(String::valueOf)
                .toList();
        if (parts.size() > mine.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.get(i).equals("*") && !parts.get(i).equals(mine.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** How many requests a run has at least: some for each connection. */
    long fewestRequests() {
        return Math.max(2000, 5L * connections * pipeline);
    }

    /** Requests per second that a slow proxy on a slow machine does, about: where a search for the right number begins. */
    double expectedRate() {
        double alone = connections == 1 ? 10_000 : 40_000;
        double together = pipeline == 1 ? alone : alone * (pipeline < 32 ? 5 : 8);
        return bytes < 1024 ? together : together / 3;
    }

    /** For example {@code GET, 64 B}. */
    String section() {
        return command.toUpperCase(Locale.ROOT) + ", " + size();
    }

    private String size() {
        return bytes < 1024 ? bytes + " B" : bytes / 1024 + " KiB";
    }

    /** For example {@code 50 connections, pipeline of 16}. */
    String shape() {
        return (connections == 1 ? "1 connection" : connections + " connections") + ", pipeline of " + pipeline;
    }

    @Override
    public String toString() {
        return section() + ", " + shape();
    }
}
