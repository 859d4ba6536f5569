package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares Kawarau with a direct connection, twemproxy and HAProxy. {@code --help} prints the options; {@code
 * benchmarks/README.md} says how to read what comes out.
 */
public final class EndToEnd {
    private static final double WARM_UP_SECONDS = 10;

    private final Options options;
    private final String command;

    private EndToEnd(Options options, String command) {
        this.options = options;
        this.command = command;
    }

    /** The program. Ends with exit code 1 if something could not be measured, and 2 for a bad option. */
    public static void main(String[] arguments) {
        try {
            Options options = Options.parse(arguments);
            if (options.help()) {
                System.out.println(Options.HELP);
                return;
            }
            String command = "java -cp benchmarks/target/benchmarks.jar " + EndToEnd.class.getName();
            boolean complete = new EndToEnd(options, (command + " " + String.join(" ", arguments)).strip()).run();
            System.exit(complete ? 0 : 1);
        } catch (IllegalArgumentException bad) {
            exit(2, bad.getMessage() + " (--help lists the options)");
        } catch (IllegalStateException failed) {
            exit(1, String.valueOf(failed.getMessage()));
        } catch (UncheckedIOException failed) {
            exit(1, String.valueOf(failed.getCause()));
        }
    }

    private static void exit(int code, String message) {
        System.err.println("end-to-end: " + message);
        System.exit(code);
    }

    /** Whether everything could be measured. */
    private boolean run() {
        Path redisBenchmark = Tools.redisBenchmark();
        Machine machine = Machine.read(Path.of("/proc"));
        if (machine.isBusy()) {
            System.err.println("end-to-end: others use this machine, too; do not trust the numbers. " + machine);
        }
        try (Peers peers = Peers.start(options.jar())) {
            List<String> names = peers.all().stream().map(Peer::name).toList();
            Report report = new Report(facts(machine, redisBenchmark, peers), options.cases(), names);
            Measurement measurement =
                    new Measurement(new RedisBenchmark(redisBenchmark, peers.redis()), peers.all(), options.seconds());
            System.out.println("warm-up");
            measurement.warmUp(peers.kawarau(), options.cases(), WARM_UP_SECONDS);
            Results results = measurement.measure(
                    options.cases(), options.rounds(), System.out::println, soFar -> write(report, soFar));
            System.out.println(report.markdown(results));
            System.out.println("Written to " + options.out());
            results.failures().forEach(failure -> System.err.println("end-to-end: " + failure));
            return results.failures().isEmpty();
        }
    }

    private Map<String, String> facts(Machine machine, Path redisBenchmark, Peers peers) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("Command", "`" + command + "`");
        facts.put("Machine", machine + "; clients, proxy and Redis share it");
        String commit = Tools.output("git", "describe", "--always", "--dirty").strip();
        peers.versions()
                .forEach((name, version) ->
                        facts.put(name, name.equals(Peer.KAWARAU) ? version + kawarauDetails(commit) : version));
        facts.put(
                "Client",
                "redis-benchmark " + Tools.version(redisBenchmark.toString(), "--version") + ": `redis-benchmark "
                        + String.join(
                                " ", RedisBenchmark.arguments(options.cases().get(0), "PORT", "N")) + "`");
        facts.put(
                "Runs",
                options.rounds() + (options.rounds() == 1 ? " round" : " rounds")
                        + " in which all peers take turns, about " + options.seconds()
                        + " s for each run; medians. Before them 10 s of warm-up for Kawarau, and a round that does not count");
        return facts;
    }

    private static String kawarauDetails(String commit) {
        return (commit.matches("[0-9a-zA-Z.-]+") ? " (" + commit + ")" : "")
                + ", the standalone sample with `--threads 1` and `--metrics`, Java "
                + Runtime.version().feature() + " with `-Xmx512m`";
    }

    private void write(Report report, Results results) {
        try {
            Files.createDirectories(options.out());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Tools.write(options.out().resolve(Report.FILE), report.markdown(results));
        Tools.write(options.out().resolve("end-to-end.csv"), report.csv(results));
        report.charts(results).forEach((file, svg) -> Tools.write(options.out().resolve(file), svg));
    }
}
