package dev.kawarau.benchmark.idle;

import java.util.Arrays;
import java.util.Iterator;

/**
 * The command line, checked.
 *
 * @param connections how many are opened, at least 1
 * @param heap the proxy's largest heap, as {@code -Xmx} has it
 * @param pipeline requests that each client had under way together before it became idle, at least 1
 * @param transparent whether each client has an upstream connection of its own
 * @param histogram whether the classes are listed that take most of the heap
 */
record IdleOptions(int connections, String heap, int pipeline, boolean transparent, boolean histogram) {
    static final String USAGE = """
            options:
              --connections N  clients that are connected and idle (10000)
              --heap SIZE      largest heap of the proxy, as for -Xmx (256m)
              --pipeline N     requests that each client sends together before it becomes idle (1)
              --transparent    an upstream connection for each client
              --histogram      lists the classes that take most of the heap""";

    /** @throws IllegalArgumentException if an option is wrong; the message says which and why */
    static IdleOptions parse(String... arguments) {
        int connections = 10_000;
        String heap = "256m";
        int pipeline = 1;
        boolean transparent = false;
        boolean histogram = false;
        for (Iterator<String> rest = Arrays.asList(arguments).iterator(); rest.hasNext(); ) {
            String option = rest.next();
            switch (option) {
                case "--connections" -> connections = count(option, value(option, rest));
                case "--heap" -> heap = size(option, value(option, rest));
                case "--pipeline" -> pipeline = count(option, value(option, rest));
                case "--transparent" -> transparent = true;
                case "--histogram" -> histogram = true;
                default -> throw new IllegalArgumentException("there is no option " + option);
            }
        }
        return new IdleOptions(connections, heap, pipeline, transparent, histogram);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.next();
    }

    private static int count(String option, String value) {
        if (!value.matches("[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException(option + ": \"" + value + "\" is not a number from 1 to 99999");
        }
        return Integer.parseInt(value);
    }

    private static String size(String option, String value) {
        if (!value.matches("[1-9][0-9]{0,8}[kmgKMG]?")) {
            throw new IllegalArgumentException(option + ": \"" + value + "\" is not a size such as 256m");
        }
        return value;
    }
}
