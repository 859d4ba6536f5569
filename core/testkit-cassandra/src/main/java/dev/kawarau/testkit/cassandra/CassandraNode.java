package dev.kawarau.testkit.cassandra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.cassandra.service.CassandraDaemon;

/**
 * Runs in the node's own JVM: a Cassandra that ends with whoever holds the other end of its standard input. Needs no other
 * class of ours.
 */
final class CassandraNode {

    private CassandraNode() {}

    /** @param arguments the node's folder, deleted when the parent is gone: it cannot do that any more */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        Thread watch = new Thread(() -> awaitParentsEnd(folder), "parent-watch");
        watch.setDaemon(true);
        watch.start();
        CassandraDaemon.main(new String[0]);
    }

    private static void awaitParentsEnd(Path folder) {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes, but that would not mean that they are gone.
            }
        } catch (IOException e) {
            // The other end is gone too.
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(CassandraNode::delete);
        } catch (IOException | RuntimeException e) {
            // It was only tidying up.
        }
        Runtime.getRuntime().halt(1);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Cassandra is still writing.
        }
    }
}
