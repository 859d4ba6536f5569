package dev.kawarau.benchmark.idle;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link MeasuredProxy}, from outside. Ends at {@link #close()}, or with this JVM. */
final class ProxyProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final int port;

    ProxyProcess(String redis, IdleOptions options) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + options.heap(),
                        // It knows its heap to the byte, where G1 counts in regions of a megabyte.
                        "-XX:+UseSerialGC",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MeasuredProxy.class.getName(),
                        redis,
                        Integer.toString(options.connections()),
                        Boolean.toString(options.transparent()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.inputReader(StandardCharsets.US_ASCII);
        in = process.outputWriter(StandardCharsets.US_ASCII);
        try {
            port = Integer.parseInt(line());
        } catch (IOException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    int port() {
        return port;
    }

    int connections() throws IOException {
        return Integer.parseInt(ask(MeasuredProxy.CONNECTIONS));
    }

    MemoryUse memory() throws IOException {
        return MemoryUse.ofLine(ask(MeasuredProxy.MEMORY));
    }

    /** The classes of which there are objects in use, one on a line, those first that take most of the heap. */
    List<String> histogram() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = ask(MeasuredProxy.HISTOGRAM); !line.equals(MeasuredProxy.END); line = line()) {
            lines.add(line);
        }
        return lines;
    }

    private String ask(String question) throws IOException {
        in.write(question + "\n");
        in.flush();
        return line();
    }

    private String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new EOFException("the proxy has ended; what it said is above");
        }
        return line;
    }

    @Override
    public void close() {
        try {
            in.close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException ended) {
            process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
