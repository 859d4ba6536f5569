package dev.kawarau.testkit.cassandra;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folder of a node: its settings, its log, its data. */
record CassandraFolder(Path path) {

    private static final int LOG_TAIL = 4000;

    static CassandraFolder create() {
        try {
            return new CassandraFolder(Files.createTempDirectory("cassandra-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param yaml appended to the settings that all nodes have
     * @param options of the JVM, likewise
     */
    void write(String yaml, List<String> options) {
        try {
            Files.writeString(path.resolve("cassandra.yaml"), CassandraJars.text("cassandra.yaml") + yaml);
            Files.writeString(path.resolve("logback.xml"), CassandraJars.text("node-logback.xml"));
            Files.writeString(path.resolve("jvm.args"), jvmArguments(options));
            // All of our jar would bring its neighbours along if it is a shaded one.
            for (String name : List.of("CassandraNode", "AskingAuthenticator")) {
                String binaryName = CassandraFolder.class.getPackageName() + '.' + name;
                Path node = classes().resolve(binaryName.replace('.', '/') + ".class");
                Files.createDirectories(node.getParent());
                Files.write(node, CassandraJars.classFile(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Process launch() {
        List<String> command = List.of(
                Jdk17.java().toString(),
                "@" + path.resolve("jvm.args"),
                CassandraNode.class.getName(),
                path.toString());
        try {
            return new ProcessBuilder(command)
                    .directory(path.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        }
    }

    /** What the node has logged, from that byte on. */
    String log(long from) {
        try {
            byte[] log = Files.readAllBytes(logFile());
            int start = (int) Math.min(from, log.length);
            return new String(log, start, log.length - start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    String logTail() {
        return log(Math.max(0, logSize() - LOG_TAIL));
    }

    long logSize() {
        try {
            return Files.size(logFile());
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    void delete() {
        if (!exists()) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String jvmArguments(List<String> options) {
        String classpath = Stream.concat(Stream.of(classes()), CassandraJars.find().stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
        return CassandraJars.text("jvm.args")
                + argument(
                        "-Dcassandra.config=" + path.resolve("cassandra.yaml").toUri())
                + argument("-Dcassandra.storagedir=" + path)
                + argument("-Dlogback.configurationFile=" + path.resolve("logback.xml"))
                + argument("-Djava.io.tmpdir=" + path)
                + options.stream().map(CassandraFolder::argument).collect(Collectors.joining())
                + argument("-cp")
                + argument(classpath);
    }

    /** In an argument file a quoted backslash escapes. */
    private static String argument(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n";
    }

    private Path classes() {
        return path.resolve("classes");
    }

    private Path logFile() {
        return path.resolve("log");
    }
}
