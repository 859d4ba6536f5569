package dev.kawarau.testkit.cassandra;

import java.nio.file.Files;
import java.nio.file.Path;

/** Cassandra 5.0 needs a SecurityManager, which newer JVMs do not have, and is made for 11 and 17. */
final class Jdk17 {

    private static final String VARIABLE = "JAVA_HOME_17";

    private Jdk17() {}

    /** @throws IllegalStateException if neither this JVM is a 17 nor the environment names one */
    static Path java() {
        if (Runtime.version().feature() == 17) {
            return program(Path.of(System.getProperty("java.home")));
        }
        String home = System.getenv(VARIABLE);
        if (home == null || home.isEmpty()) {
            throw new IllegalStateException("Cassandra needs a JVM 17 and this is " + Runtime.version()
                    + "; the environment variable " + VARIABLE + " may name one");
        }
        Path java = program(Path.of(home));
        if (!Files.isExecutable(java)) {
            throw new IllegalStateException(VARIABLE + " is " + home + ", and there is no " + java);
        }
        return java;
    }

    private static Path program(Path home) {
        return home.resolve("bin").resolve("java");
    }
}
