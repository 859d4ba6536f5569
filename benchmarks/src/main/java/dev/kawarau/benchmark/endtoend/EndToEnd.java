package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares Kawarau with a direct connection, twemproxy, HAProxy and a bare relay. {@code --help} prints the options; {@code
 * benchmarks/README.md} says how to read what comes out.
 */
public final class EndToEnd {
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration QUICK_WARM_UP = Duration.ofSeconds(4);

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
        Machine machine = Machine.read(Tools.PROC);
        Pin pin = options.pin() ? Pin.last(Tools.find("taskset"), Tools.PROC) : Pin.none("`--no-pin`");
        if (!pin.pinned()) {
            System.err.println("end-to-end: not pinned; " + pin.text());
        }
        if (machine.isBusy()) {
            System.err.println("end-to-end: others use this machine, too; do not trust the numbers. " + machine);
        }
        try (Peers peers = Peers.start(options.jar(), pin)) {
            peers.leftOut().forEach(line -> System.err.println("end-to-end: " + line));
            List<String> names = peers.all().stream().map(Peer::name).toList();
            RedisBenchmark client = new RedisBenchmark(redisBenchmark, peers.redis(), options.clientThreads());
            Report report = new Report(facts(machine, client, peers, pin), options.cases(), names);
            Measurement measurement = new Measurement(client, peers.all(), options.seconds());
            WarmUp warmUp = new WarmUp(options.seconds() < 1 ? QUICK_WARM_UP : WARM_UP, System::nanoTime);
            for (Peer peer : peers.compiling()) {
                System.out.println(warmUp.run(peer.name(), options.cases(), loads -> measurement.pass(peer, loads)));
            }
            Results results = measurement.measure(
                    options.cases(), options.rounds(), System.out::println, soFar -> write(report, soFar));
            System.out.println(report.markdown(results));
            System.out.println("Written to " + options.out());
            results.failures().forEach(failure -> System.err.println("end-to-end: " + failure));
            return results.failures().isEmpty();
        }
    }

    private Map<String, String> facts(Machine machine, RedisBenchmark client, Peers peers, Pin pin) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Date", LocalDate.now(ZoneOffset.UTC).toString());
        facts.put("Command", "`" + command + "`");
        facts.put("Machine", machine + "; clients, proxy and Redis share it");
        String commit = Tools.output("git", "describe", "--always", "--dirty").strip();
        facts.put("Processors", pin.text());
        peers.versions()
                .forEach((name, version) -> facts.put(name, version + details(name, version, commit, pin.pinned())));
        Case widest = options.cases().get(options.cases().size() - 1);
        facts.put(
                "Client",
                "redis-benchmark " + client.version() + ": `redis-benchmark "
                        + String.join(" ", client.arguments(widest, "PORT", "N")) + "`. " + threads());
        facts.put(
                "Runs",
                options.rounds() + (options.rounds() == 1 ? " round" : " rounds")
                        + " in which all peers take turns, about " + options.seconds()
                        + " s for each run; medians, and ratios of medians. Before them Kawarau and the bare relay run"
                        + " each pipeline until they get no faster, and a round that does not count");
        return facts;
    }

    private String threads() {
        return options.clientThreads() == 1
                ? "It has one thread, which can be the bottleneck"
                : "It has " + options.clientThreads()
                        + " threads where there are as many connections, since at a pipeline of 1 one thread"
                        + " is slower than a proxy and would be what is measured";
    }

    private static String details(String name, String version, String commit, boolean pinned) {
        String java = ", Java " + Runtime.version().feature() + " with `-Xmx512m`"
                + (pinned ? ", which sees one processor and so takes its serial collector" : "");
        return switch (name) {
            case Peer.KAWARAU ->
                (commit.matches("[0-9a-zA-Z.-]+") ? " (" + commit + ")" : "")
                        + ", the standalone sample with `--threads 1` and `--metrics`" + java;
            case Peer.BARE_RELAY ->
                version.startsWith("left out")
                        ? ""
                        : " of Netty, on which it is all that a multiplexing relay has to have (`BareRelay`)" + java
                                + "; `-XX:MaxDirectMemorySize=2g`, since it bounds nothing";
            default -> "";
        };
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
