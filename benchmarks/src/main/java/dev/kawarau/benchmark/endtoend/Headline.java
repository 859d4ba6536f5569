package dev.kawarau.benchmark.endtoend;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The few numbers that Kawarau is judged by: what it costs beside the fastest multiplexing proxy and beside the least that
 * such a proxy can do, and what it adds to the latency of one client beside the fastest relay of bytes.
 */
record Headline(List<Case> cases, Results results) {

    /** The block; nothing if no such case is measured. */
    String markdown() {
        StringBuilder page = new StringBuilder();
        throughput(page, loads(50));
        latency(page, loads(1));
        return page.toString();
    }

    private List<Case> loads(int connections) {
        List<String> parts = List.of("get", "64", Integer.toString(connections));
        return cases.stream().filter(each -> each.matches(parts)).toList();
    }

    private void throughput(StringBuilder page, List<Case> loads) {
        if (loads.isEmpty()) {
            return;
        }
        page.append("\n## Kawarau in short: GET, 64 B, 50 connections\n\n");
        Report.row(
                page, List.of("", "pipeline", "Kawarau", "twemproxy", "bare relay", "of twemproxy", "of bare relay"));
        Report.row(page, List.of("---", "---:", "---:", "---:", "---:", "---:", "---:"));
        for (Case load : loads) {
            line(page, "requests/s", load, Run::requestsPerSecond, Text::rounded);
        }
        for (Case load : loads) {
            line(page, "CPU, us/request", load, Run::proxyCpu, Text::twoDigits);
        }
    }

    private void line(
            StringBuilder page,
            String what,
            Case load,
            Function<Run, @Nullable Double> of,
            Function<@Nullable Double, String> text) {
        List<String> cells = new ArrayList<>(List.of(what, Integer.toString(load.pipeline())));
        for (String peer : List.of(Peer.KAWARAU, Peer.TWEMPROXY, Peer.BARE_RELAY)) {
            cells.add(text.apply(results.median(load, peer, of)));
        }
        for (String other : List.of(Peer.TWEMPROXY, Peer.BARE_RELAY)) {
            cells.add(Text.twoDigits(results.ratio(load, Peer.KAWARAU, other, of)));
        }
        Report.row(page, cells);
    }

    /** The mean, too: the client's percentiles come in steps of 8 us, which are a tenth of what they are to measure. */
    private void latency(StringBuilder page, List<Case> loads) {
        if (loads.isEmpty()) {
            return;
        }
        page.append("\n## Kawarau in short: GET, 64 B, 1 connection\n\n");
        Report.row(page, List.of("", "pipeline", "Kawarau", "HAProxy", "of HAProxy"));
        Report.row(page, List.of("---", "---:", "---:", "---:", "---:"));
        for (Case load : loads) {
            latency(page, "p50, us", load, Run::p50);
        }
        for (Case load : loads) {
            latency(page, "mean, us", load, run -> 1e6 * load.pipeline() / run.requestsPerSecond());
        }
    }

    private void latency(StringBuilder page, String what, Case load, Function<Run, @Nullable Double> of) {
        Report.row(
                page,
                List.of(
                        what,
                        Integer.toString(load.pipeline()),
                        Text.rounded(results.median(load, Peer.KAWARAU, of)),
                        Text.rounded(results.median(load, Peer.HAPROXY, of)),
                        Text.twoDigits(results.ratio(load, Peer.KAWARAU, Peer.HAPROXY, of))));
    }
}
