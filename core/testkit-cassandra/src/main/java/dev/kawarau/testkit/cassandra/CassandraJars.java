package dev.kawarau.testkit.cassandra;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where Cassandra's jars are: the build has listed them, the local Maven repository has them. */
final class CassandraJars {

    /** What the build writes in place of the repository. */
    private static final String REPOSITORY = "REPOSITORY/";

    private CassandraJars() {}

    /** @throws IllegalStateException if a jar is not in the local repository; the message says how to get it */
    static List<Path> find() {
        return find(repository());
    }

    static List<Path> find(Path repository) {
        List<Path> jars = new ArrayList<>();
        for (String entry : text("classpath").strip().split(";", -1)) {
            if (!entry.startsWith(REPOSITORY)) {
                throw new IllegalStateException("not a path in a repository: " + entry);
            }
            Path jar = repository.resolve(entry.substring(REPOSITORY.length()));
            if (!Files.isRegularFile(jar)) {
                throw new IllegalStateException(jar + " is missing. This fetches all jars of Cassandra:\n"
                        + "mvn dependency:get -Dartifact=org.apache.cassandra:cassandra-all:" + version()
                        + " -Dmaven.repo.local=" + repository);
            }
            jars.add(jar);
        }
        return jars;
    }

    /** Of Cassandra, for example 5.0.9. */
    static String version() {
        String name = "cassandra-all-";
        String classpath = text("classpath");
        int start = classpath.indexOf(name) + name.length();
        return classpath.substring(start, classpath.indexOf(".jar", start));
    }

    /** A file of this module that goes with Cassandra. */
    static String text(String name) {
        return new String(bytes("/META-INF/kawarau/cassandra/" + name), StandardCharsets.UTF_8);
    }

    /** The class file of a class of this package. */
    static byte[] classFile(String name) {
        return bytes(name + ".class");
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = CassandraJars.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path: the build makes it");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path repository() {
        String given = System.getProperty("maven.repo.local", "");
        return given.isEmpty() ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(given);
    }
}
