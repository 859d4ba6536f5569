package dev.kawarau.benchmark.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the server keeps its append-only file: in memory where the machine has a place for that, since a file there
 * outlives the process just as well, and the run measures no disk. Deleted at the end.
 */
record DataDirectory(Path directory) implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");

    static DataDirectory create() throws IOException {
        DataDirectory made = new DataDirectory(
                Files.isWritable(MEMORY)
                        ? Files.createTempDirectory(MEMORY, "chaos-")
                        : Files.createTempDirectory("chaos-"));
        Runtime.getRuntime().addShutdownHook(new Thread(made::deleteIfThere, "data directory"));
        return made;
    }

    /** For a run that is ended from outside. */
    private void deleteIfThere() {
        try {
            close();
        } catch (IOException inUse) {
            System.err.println("could not delete " + directory + ": " + inUse);
        }
    }

    String path() {
        return directory.toString();
    }

    @Override
    public void close() throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
