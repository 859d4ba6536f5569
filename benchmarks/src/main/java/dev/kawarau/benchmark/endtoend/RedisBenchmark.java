package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Drives {@code redis-benchmark}, and looks at the clocks of the processes that answer it. */
final class RedisBenchmark {
    /** A run takes about a second, on a busy machine a few; one that takes longer has lost a reply. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path program;
    private final ProcessHandle redis;

    RedisBenchmark(Path program, ProcessHandle redis) {
        this.program = program;
        this.redis = redis;
    }

    /** A run did not come to its end; the message says why. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    /**
     * One line of the tool's CSV.
     *
     * @param p50 in microseconds
     * @param p99 in microseconds
     */
    record Line(double requestsPerSecond, double p50, double p99) {}

    /** Writes the value that the command of this case reads. */
    void prepare(Case load, Peer direct) throws Failed {
        tool(new Case("set", load.bytes(), 1, 1), direct, 1);
    }

    /** @throws Failed if the peer is gone, refuses, or takes too long */
    Run run(Case load, Peer peer, long requests) throws Failed {
        ProcessHandle proxy = peer.proxy();
        if (!redis.isAlive() || (proxy != null && !proxy.isAlive())) {
            throw new Failed("the process is gone");
        }
        Duration serverBefore = cpu(redis);
        Duration proxyBefore = proxy == null ? Duration.ZERO : cpu(proxy);
        Line line = parse(load.command(), tool(load, peer, requests));
        Double proxyCpu = proxy == null ? null : micros(cpu(proxy).minus(proxyBefore)) / requests;
        double serverCpu = micros(cpu(redis).minus(serverBefore)) / requests;
        return new Run(line.requestsPerSecond(), line.p50(), line.p99(), proxyCpu, serverCpu);
    }

    /** User and system time of all threads of a process since its start. On Linux from {@code /proc/PID/stat}. */
    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1000.0;
    }

    /** The arguments of the tool, after its name. */
    static List<String> arguments(Case load, String port, String requests) {
        return List.of(
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
                Integer.toString(load.bytes()),
                "--csv");
    }

    private String tool(Case load, Peer peer, long requests) throws Failed {
        List<String> arguments = arguments(load, Integer.toString(peer.port()), Long.toString(requests));
        try {
            // Into a file: nobody needs to read while the tool runs, and a timeout can end it.
            Path output = Files.createTempFile("redis-benchmark-", ".csv");
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
     * Finds a command's line in the tool's CSV, by the names in its header.
     *
     * @throws Failed if there is none, or a column is missing, as in versions before 6.2
     */
    static Line parse(String command, String printed) throws Failed {
        List<String> header = List.of();
        for (String line : printed.lines().toList()) {
            List<String> fields = fields(line);
            if (fields.get(0).equals("test")) {
                header = fields;
            } else if (fields.get(0).equals(command.toUpperCase(Locale.ROOT))) {
                return line(header, fields);
            }
        }
        throw new Failed("redis-benchmark printed no result: " + printed.strip());
    }

    private static Line line(List<String> header, List<String> fields) throws Failed {
        Map<String, Double> numbers = new HashMap<>();
        for (int i = 1; i < Math.min(header.size(), fields.size()); i++) {
            try {
                numbers.put(header.get(i), Double.valueOf(fields.get(i)));
            } catch (NumberFormatException notOne) {
                throw new Failed("redis-benchmark printed \"" + fields.get(i) + "\" for " + header.get(i));
            }
        }
        return new Line(
                number(numbers, "rps"),
                1000 * number(numbers, "p50_latency_ms"),
                1000 * number(numbers, "p99_latency_ms"));
    }

    private static double number(Map<String, Double> numbers, String name) throws Failed {
        Double number = numbers.get(name);
        if (number == null) {
            throw new Failed("redis-benchmark printed no " + name + "; 6.2 or later does");
        }
        return number;
    }

    private static List<String> fields(String line) {
        return Stream.of(line.split(",", -1))
                .map(field -> field.replace("\"", "").strip())
                .toList();
    }
}
