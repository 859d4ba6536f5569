package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was measured on, without a word that tells one such machine from another.
 *
 * @param processors as this JVM sees them
 * @param model of the processor
 * @param gibibytes of memory; 0 if unknown
 * @param kernel name and version
 * @param load of the last minute, in processes that run; 0 if unknown
 */
record Machine(int processors, String model, double gibibytes, String kernel, double load) {
    private static final double KIB_IN_GIB = 1024.0 * 1024.0;

    /** Reads {@code cpuinfo}, {@code meminfo} and {@code loadavg} in the given folder; what is not there is unknown. */
    static Machine read(Path proc) {
        String model = find(proc.resolve("cpuinfo"), "model name\\s*:\\s*(.+)", System.getProperty("os.arch"));
        String memory = find(proc.resolve("meminfo"), "MemTotal:\\s*([0-9]+) kB", "0");
        String load = find(proc.resolve("loadavg"), "([0-9.]+) ", "0");
        // What follows the second number often names who built the kernel.
        String version = System.getProperty("os.version").replaceFirst("^([0-9]+\\.[0-9]+).*", "$1");
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                model,
                Long.parseLong(memory) / KIB_IN_GIB,
                System.getProperty("os.name") + " " + version,
                Double.parseDouble(load));
    }

    private static String find(Path file, String pattern, String otherwise) {
        try {
            Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
            return matcher.find() ? matcher.group(1) : otherwise;
        } catch (IOException notThere) {
            return otherwise;
        }
    }

    /** Whether others want the processors, too. */
    boolean isBusy() {
        return load > processors / 4.0;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d processors (%s), %.0f GiB of memory, %s, load %.2f at the start",
                processors,
                model,
                gibibytes,
                kernel,
                load);
    }
}
