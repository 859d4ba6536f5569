package dev.kawarau.benchmark.endtoend;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Programs that are installed on this machine. */
final class Tools {
    /** Debian puts HAProxy and twemproxy where the PATH of a user does not look. */
    private static final String ELSEWHERE = File.pathSeparator + "/usr/sbin" + File.pathSeparator + "/usr/local/sbin";

    private static final Pattern VERSION = Pattern.compile("[0-9]+(\\.[0-9]+)+");

    private Tools() {}

    /** The program, if there is one. */
    static Optional<Path> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ELSEWHERE;
        return Stream.of(path.split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @throws IllegalStateException if there is none; the message says how to get one */
    static Path redisBenchmark() {
        return find("redis-benchmark")
                .orElseThrow(() -> new IllegalStateException(
                        "redis-benchmark is not on the PATH; it comes with Redis (on Debian and Ubuntu: redis-tools)"));
    }

    /** Where the kernel tells about processes. */
    static final Path PROC = Path.of("/proc");

    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** The first version number that a command prints, or "unknown". */
    static String version(String... command) {
        String printed = output(command);
        Matcher version = VERSION.matcher(printed);
        return version.find() ? version.group() : "unknown";
    }

    /** What a command prints, on either stream; nothing if it cannot be run. */
    static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException absent) {
            return "";
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
