package dev.kawarau.benchmark.endtoend;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The command line, checked.
 *
 * @param cases what is measured, at least one
 * @param rounds that are measured, at least 1
 * @param seconds how long one run takes, about
 * @param out the folder for what is written
 * @param jar the runnable jar of the standalone sample
 * @param pin whether every proxy runs on one processor, always the same
 * @param clientThreads of {@code redis-benchmark}, where there are as many connections; at least 1
 * @param help whether the user only asked what the options are
 */
record Options(
        List<Case> cases,
        int rounds,
        double seconds,
        Path out,
        Path jar,
        boolean pin,
        int clientThreads,
        boolean help) {
    static final String HELP = """
            Measures Kawarau beside a direct connection, twemproxy, HAProxy and a bare relay on Netty, with
            redis-benchmark.

              java -cp benchmarks/target/benchmarks.jar dev.kawarau.benchmark.endtoend.EndToEnd [options]

              --quick        a part of the matrix and shorter runs: less than two minutes
              --rounds N     rounds that are measured; default 3
              --only CASES   COMMAND,BYTES,CONNECTIONS,PIPELINE, for example get,64,50; parts that are * or
                             left out stand for any of get set, 64 4096, 1 50 500, 1 16 64
              --out FOLDER   where the tables and charts go; default benchmarks/results,
                             or benchmarks/target/end-to-end for a part of the matrix
              --jar FILE     the proxy; default samples/standalone/target/standalone.jar
              --client-threads N
                             threads of redis-benchmark, where there are as many connections; default 2
              --no-pin       lets proxies run where the kernel puts them, not all on the last processor
              --help         prints this

            Run it in the root of the repository, after "mvn -Pquick package -DskipTests", on a machine that
            does nothing else. It needs redis-benchmark; twemproxy, HAProxy and taskset are left out where there
            are none.
            Exit codes: 1 if something could not be measured, 2 for a bad option.""";

    private static final Path RESULTS = Path.of("benchmarks", "results");
    private static final Path SCRATCH = Path.of("benchmarks", "target", "end-to-end");
    private static final Path JAR = Path.of("samples", "standalone", "target", "standalone.jar");
    private static final int ROUNDS = 3;
    private static final int MOST_ROUNDS = 1000;
    private static final int CLIENT_THREADS = 2;
    private static final int MOST_CLIENT_THREADS = 64;

    /** @throws IllegalArgumentException if an option is wrong; the message is one line that says which and why */
    static Options parse(String... arguments) {
        boolean quick = false;
        boolean help = false;
        boolean pin = true;
        int rounds = ROUNDS;
        int clientThreads = CLIENT_THREADS;
        String only = "*";
        Path out = null;
        Path jar = JAR;
        Set<String> seen = new HashSet<>();
        for (Iterator<String> rest = Arrays.asList(arguments).iterator(); rest.hasNext(); ) {
            String option = rest.next();
            if (!seen.add(option)) {
                throw new IllegalArgumentException(option + " is given twice");
            }
            switch (option) {
                case "--quick" -> quick = true;
                case "--rounds" -> rounds = number(option, value(option, rest), MOST_ROUNDS);
                case "--only" -> only = value(option, rest);
                case "--out" -> out = Path.of(value(option, rest));
                case "--jar" -> jar = Path.of(value(option, rest));
                case "--client-threads" -> clientThreads = number(option, value(option, rest), MOST_CLIENT_THREADS);
                case "--no-pin" -> pin = false;
                case "--help" -> help = true;
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        List<Case> cases = only(only, quick ? Case.few() : Case.all());
        if (out == null) {
            // A part of the matrix must not replace the results of all of it.
            out = cases.equals(Case.all()) ? RESULTS : SCRATCH;
        }
        return new Options(cases, rounds, quick ? 0.65 : 1.15, out, jar, pin, clientThreads, help);
    }

    private static String value(String option, Iterator<String> rest) {
        String value = rest.hasNext() ? rest.next() : "--";
        if (value.isEmpty() || value.startsWith("--")) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return value;
    }

    private static int number(String option, String value, int most) {
        int number = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : 0;
        if (number < 1 || number > most) {
            throw new IllegalArgumentException(option + ": \"" + value + "\" is not a number from 1 to " + most);
        }
        return number;
    }

    private static List<Case> only(String value, List<Case> cases) {
        List<String> parts = List.of(value.split(",", -1));
        List<Case> matching = cases.stream().filter(each -> each.matches(parts)).toList();
        if (matching.isEmpty()) {
            throw new IllegalArgumentException("--only: no case is \"" + value + "\"");
        }
        return matching;
    }
}
