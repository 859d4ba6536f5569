package dev.kawarau.benchmark.endtoend;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is written about a measurement.
 *
 * @param facts name and text of what a reader must know to judge the numbers, in order
 * @param peers their names; the first one is the direct connection
 */
record Report(Map<String, String> facts, List<Case> cases, List<String> peers) {
    /** The file that {@link #markdown} is for. */
    static final String FILE = "end-to-end.md";

    private static final List<String> COLUMNS = List.of(
            "connections",
            "pipeline",
            "peer",
            "requests/s",
            "spread",
            "p50, us",
            "p99, us",
            "CPU, us/request",
            "Redis CPU, us/request",
            "of direct",
            "of twemproxy",
            "of bare relay",
            "CPU of twemproxy",
            "CPU of bare relay");

    /** The whole page. It shows the charts that {@link #charts} makes. */
    String markdown(Results results) {
        StringBuilder page = new StringBuilder("# End to end\n\n");
        page.append("Written by `EndToEnd`; `benchmarks/README.md` says what the columns mean.\n\n");
        facts.forEach((name, text) ->
                page.append("- ").append(name).append(": ").append(text).append('\n'));
        if (!results.failures().isEmpty()) {
            page.append("\nNot measured, since it failed:\n\n");
            results.failures()
                    .forEach(failure -> page.append("- ")
                            .append(failure.replaceAll("\\s+", " "))
                            .append('\n'));
        }
        page.append(new Headline(cases, results).markdown());
        summary(page, results);
        sections().forEach((section, ofSection) -> {
            page.append("\n## ").append(section).append("\n\n");
            page.append("![requests per second](")
                    .append(file(ofSection, "rate"))
                    .append(")\n");
            page.append("![CPU per request](").append(file(ofSection, "cpu")).append(")\n\n");
            table(page, ofSection, results);
        });
        return page.toString();
    }

    private void summary(StringBuilder page, Results results) {
        page.append("\n## Kawarau in all cases\n\n");
        row(
                page,
                List.of(
                        "",
                        "throughput of direct",
                        "throughput of twemproxy",
                        "throughput of bare relay",
                        "CPU of twemproxy",
                        "CPU of bare relay"));
        row(page, List.of("---", "---:", "---:", "---:", "---:", "---:"));
        for (Case load : cases) {
            List<String> cells = new ArrayList<>(List.of(load.toString()));
            cells.addAll(ratios(load, Peer.KAWARAU, results));
            row(page, cells);
        }
    }

    private static List<String> ratios(Case load, String peer, Results results) {
        return List.of(
                Text.twoDigits(results.ratio(load, peer, Peer.DIRECT, Run::requestsPerSecond)),
                Text.twoDigits(results.ratio(load, peer, Peer.TWEMPROXY, Run::requestsPerSecond)),
                Text.twoDigits(results.ratio(load, peer, Peer.BARE_RELAY, Run::requestsPerSecond)),
                Text.twoDigits(results.ratio(load, peer, Peer.TWEMPROXY, Run::proxyCpu)),
                Text.twoDigits(results.ratio(load, peer, Peer.BARE_RELAY, Run::proxyCpu)));
    }

    private Map<String, List<Case>> sections() {
        return cases.stream().collect(Collectors.groupingBy(Case::section, LinkedHashMap::new, Collectors.toList()));
    }

    private void table(StringBuilder page, List<Case> ofSection, Results results) {
        row(page, COLUMNS);
        row(
                page,
                COLUMNS.stream()
                        .map(name -> name.equals("peer") ? "---" : "---:")
                        .toList());
        for (Case load : ofSection) {
            for (String peer : peers) {
                row(page, cells(load, peer, results));
            }
        }
    }

    static void row(StringBuilder page, List<String> cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static List<String> cells(Case load, String peer, Results results) {
        List<String> cells = new ArrayList<>(List.of(
                Integer.toString(load.connections()),
                Integer.toString(load.pipeline()),
                peer.equals(Peer.KAWARAU) ? "**" + peer + "**" : peer,
                Text.rounded(results.median(load, peer, Run::requestsPerSecond)),
                Text.percent(results.spread(load, peer, Run::requestsPerSecond)),
                Text.rounded(results.median(load, peer, Run::p50)),
                Text.rounded(results.median(load, peer, Run::p99)),
                Text.twoDigits(results.median(load, peer, Run::proxyCpu)),
                Text.twoDigits(results.median(load, peer, Run::serverCpu))));
        cells.addAll(ratios(load, peer, results));
        return cells;
    }

    /** File names and SVG texts. */
    Map<String, String> charts(Results results) {
        Map<String, String> charts = new LinkedHashMap<>();
        sections().forEach((section, ofSection) -> {
            charts.put(
                    file(ofSection, "rate"),
                    chart(
                            section + ": requests per second",
                            "Longer is better.",
                            ofSection,
                            peers,
                            (load, peer) -> results.median(load, peer, Run::requestsPerSecond),
                            Text::rounded));
            charts.put(
                    file(ofSection, "cpu"),
                    chart(
                            section + ": microseconds of CPU that the proxy takes for a request",
                            "Shorter is better.",
                            ofSection,
                            peers.subList(1, peers.size()),
                            (load, peer) -> results.median(load, peer, Run::proxyCpu),
                            Text::twoDigits));
        });
        return charts;
    }

    private static String file(List<Case> ofSection, String what) {
        Case first = ofSection.get(0);
        return String.format(Locale.ROOT, "%s-%d-%s.svg", first.command(), first.bytes(), what);
    }

    private interface Value {
        @Nullable
        Double of(Case load, String peer);
    }

    private static String chart(
            String title,
            String note,
            List<Case> ofSection,
            List<String> peers,
            Value value,
            Function<@Nullable Double, String> text) {
        List<Chart.Panel> panels = new ArrayList<>();
        for (Case load : ofSection) {
            List<Chart.Bar> bars = new ArrayList<>();
            for (String peer : peers) {
                Double number = value.of(load, peer);
                double length = number != null && Double.isFinite(number) ? number : 0;
                bars.add(new Chart.Bar(peer, length, text.apply(number), peer.equals(Peer.KAWARAU)));
            }
            panels.add(new Chart.Panel(load.shape(), bars));
        }
        long pipelines = ofSection.stream().mapToInt(Case::pipeline).distinct().count();
        return Chart.svg(title, note + " Each panel has a scale of its own.", panels, (int) pipelines);
    }

    /** All runs, for those who want to look for themselves. */
    String csv(Results results) {
        StringBuilder csv = new StringBuilder("command,bytes,connections,pipeline,peer,round,requests_per_second,")
                .append("p50_us,p99_us,proxy_cpu_us,redis_cpu_us\n");
        for (Case load : cases) {
            for (String peer : peers) {
                int round = 1;
                for (Run run : results.runs(load, peer)) {
                    csv.append(String.format(
                            Locale.ROOT,
                            "%s,%d,%d,%d,%s,%d,%.0f,%.0f,%.0f,%s,%.3f%n",
                            load.command(),
                            load.bytes(),
                            load.connections(),
                            load.pipeline(),
                            peer,
                            round++,
                            run.requestsPerSecond(),
                            run.p50(),
                            run.p99(),
                            run.proxyCpu() == null ? "" : String.format(Locale.ROOT, "%.3f", run.proxyCpu()),
                            run.serverCpu()));
                }
            }
        }
        return csv.toString();
    }
}
