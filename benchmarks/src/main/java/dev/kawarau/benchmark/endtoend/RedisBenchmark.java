package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Drives {@code redis-benchmark}, and looks at the clocks of the processes that answer it. */
final class RedisBenchmark {
    /** A run takes about a second, on a busy machine a few; one that takes longer has lost a reply. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** How many times as many requests follow a run that was too short. */
    private static final int LONGER = 4;

    private static final Pattern PROGRESS = Pattern.compile("rps=\\S+ \\(overall: ([0-9.]+)\\)");
    private static final Pattern RATE = Pattern.compile("throughput summary: ([0-9.]+) requests per second");
    private static final Pattern LATENCY = Pattern.compile("latency summary \\(msec\\):\\s*\n(.*)\n(.*)");

    private final Path program;
    private final ProcessHandle redis;
    private final int threads;

    /** @param threads of the tool, where there are as many connections */
    RedisBenchmark(Path program, ProcessHandle redis, int threads) {
        this.program = program;
        this.redis = redis;
        this.threads = threads;
    }

    /** A run did not come to its end; the message says why. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    /**
     * What the tool says about a run.
     *
     * @param p50 in microseconds, as the tool has it in steps of 8
     * @param p99 likewise
     */
    record Summary(double requestsPerSecond, double p50, double p99) {}

    String version() {
        return Tools.version(program.toString(), "--version");
    }

    /** Writes the value that the command of this case reads. */
    void prepare(Case load, Peer direct) throws Failed {
        tool(new Case("set", load.bytes(), 1, 1), direct, 1);
    }

    /**
     * Sends at least so many requests; more if they are answered before the tool has looked at its clock.
     *
     * @throws Failed if the peer is gone, refuses, or takes too long
     */
    Run run(Case load, Peer peer, long requests) throws Failed {
        for (long enough = requests; ; enough *= LONGER) {
            Optional<Run> run = once(load, peer, enough);
            if (run.isPresent()) {
                return run.get();
            }
        }
    }

    private Optional<Run> once(Case load, Peer peer, long requests) throws Failed {
        ProcessHandle proxy = peer.proxy();
        if (!redis.isAlive() || (proxy != null && !proxy.isAlive())) {
            throw new Failed("the process is gone");
        }
        Duration serverBefore = cpu(redis);
        Duration proxyBefore = proxy == null ? Duration.ZERO : cpu(proxy);
        Optional<Summary> summary = parse(tool(load, peer, requests), threaded(load));
        Double proxyCpu = proxy == null ? null : micros(cpu(proxy).minus(proxyBefore)) / requests;
        double serverCpu = micros(cpu(redis).minus(serverBefore)) / requests;
        return summary.map(has -> new Run(has.requestsPerSecond(), has.p50(), has.p99(), proxyCpu, serverCpu));
    }

    private boolean threaded(Case load) {
        return threads > 1 && load.connections() >= threads;
    }

    /** User and system time of all threads of a process since its start. On Linux from {@code /proc/PID/stat}. */
    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1000.0;
    }

    /** The arguments of the tool, after its name. */
    List<String> arguments(Case load, String port, String requests) {
        List<String> arguments = new ArrayList<>(List.of(
                "-h",
                "127.0.0.1",
                "-p",
                port,
                "-t",
                load.command(),
                "-n",
                requests,
                "-c",
                Integer.toString(load.connections()),
                "-P",
                Integer.toString(load.pipeline()),
                "-d",
                Integer.toString(load.bytes())));
        if (threaded(load)) {
            arguments.addAll(List.of("--threads", Integer.toString(threads)));
        }
        return arguments;
    }

    private String tool(Case load, Peer peer, long requests) throws Failed {
        List<String> arguments = arguments(load, Integer.toString(peer.port()), Long.toString(requests));
        try {
            // Into a file: nobody needs to read while the tool runs, and a timeout can end it.
            Path output = Files.createTempFile("redis-benchmark-", ".txt");
            try {
                return output(
                        new ProcessBuilder(Stream.concat(Stream.of(program.toString()), arguments.stream())
                                        .toList())
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile())
                                .start(),
                        output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String output(Process tool, Path output) throws IOException, Failed {
        try {
            if (!tool.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new Failed("no end within " + TIMEOUT.toSeconds() + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failed("interrupted");
        } finally {
            tool.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        if (tool.exitValue() != 0) {
            throw new Failed("redis-benchmark: " + printed.strip());
        }
        return printed;
    }

    /**
     * Reads what the tool prints for one command. In threads it notices its end at the next quarter of a second only, and
     * counts the wait; the last of the lines that it shows on the way has the rate without it.
     *
     * @return nothing if it was in threads and ended before there was such a line
     * @throws Failed if there is no summary, or one without percentiles, as in versions before 6.2
     */
    static Optional<Summary> parse(String printed, boolean threaded) throws Failed {
        Matcher rate = RATE.matcher(printed);
        Matcher latency = LATENCY.matcher(printed);
        if (!rate.find()) {
            throw new Failed("redis-benchmark printed no result: " + printed.strip());
        }
        if (!latency.find()) {
            throw new Failed("redis-benchmark printed no percentiles; 6.2 or later does");
        }
        OptionalDouble requestsPerSecond = threaded ? lastProgress(printed) : OptionalDouble.of(number(rate.group(1)));
        if (requestsPerSecond.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = List.of(latency.group(1).strip().split("\\s+"));
        List<String> values = List.of(latency.group(2).strip().split("\\s+"));
        return Optional.of(new Summary(
                requestsPerSecond.getAsDouble(),
                1000 * column("p50", names, values),
                1000 * column("p99", names, values)));
    }

    private static OptionalDouble lastProgress(String printed) throws Failed {
        Matcher progress = PROGRESS.matcher(printed);
        double last = 0;
        while (progress.find()) {
            last = number(progress.group(1));
        }
        return last > 0 ? OptionalDouble.of(last) : OptionalDouble.empty();
    }

    private static double column(String name, List<String> names, List<String> values) throws Failed {
        int index = names.indexOf(name);
        if (index < 0 || index >= values.size()) {
            throw new Failed("redis-benchmark printed no " + name + "; 6.2 or later does");
        }
        return number(values.get(index));
    }

    private static double number(String text) throws Failed {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notOne) {
            throw new Failed("redis-benchmark printed \"" + text + "\" for a number");
        }
    }
}
