package dev.kawarau.sample.standalone;

import dev.kawarau.Address;
import java.net.URI;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command line, checked.
 *
 * @param redis a URI that {@link dev.kawarau.sink.redis.RedisSink} takes; of no use if there is a Cassandra
 * @param cassandra a server that {@link dev.kawarau.sink.cassandra.CassandraSink} takes, or null for Redis
 * @param threads event loops, at least 1
 * @param transparent whether each client gets an upstream connection of its own
 * @param metrics where {@code /metrics} is served, or null for nowhere; TCP
 * @param help whether the user only asked what the options are
 */
record Options(
        Address listen,
        String redis,
        @Nullable String cassandra,
        int threads,
        boolean transparent,
        @Nullable Address metrics,
        boolean help) {
    static final String HELP = """
            A proxy for Redis, or for Cassandra.

              java -jar standalone.jar [options]

              --listen ADDRESS    where clients connect: HOST:PORT or unix:/path; default
                                  127.0.0.1:6380, with --cassandra 127.0.0.1:9043
              --redis ADDRESS     the server: HOST:PORT, or a URI such as
                                  redis://user:password@host:6379/0; default 127.0.0.1:6379
              --cassandra ADDRESS a node, HOST:PORT, instead of Redis; drivers that discover
                                  nodes are told of the proxy's port in place of the nodes' own,
                                  so each node needs a proxy on its own address
              --threads N         event loops; default one for each processor, here %d
              --transparent       gives each client a connection of its own to the server,
                                  instead of sharing a few between all clients; Redis only
              --metrics ADDRESS   serves Prometheus text at http://ADDRESS/metrics; default off
              --help              prints this

            It runs until SIGTERM or Ctrl-C; then it answers what is under way, and ends.
            Exit codes: 1 if an address cannot be bound, 2 for a bad option.\
            """.formatted(cores());

    private static final int MOST_THREADS = 1024;

    /** @throws IllegalArgumentException if an option is wrong; the message is one line that says which and why */
    static Options parse(String... arguments) {
        Address listen = null;
        String redis = "redis://127.0.0.1:6379";
        String cassandra = null;
        int threads = cores();
        boolean transparent = false;
        Address metrics = null;
        boolean help = false;
        Set<String> seen = new HashSet<>();
        for (Iterator<String> rest = Arrays.asList(arguments).iterator(); rest.hasNext(); ) {
            String option = rest.next();
            if (!seen.add(option)) {
                throw new IllegalArgumentException(option + " is given twice");
            }
            switch (option) {
                case "--listen" -> listen = address(option, value(option, rest));
                case "--redis" -> redis = redis(option, value(option, rest));
                case "--cassandra" ->
                    cassandra = server(option, value(option, rest)).toString();
                case "--threads" -> threads = threads(option, value(option, rest));
                case "--transparent" -> transparent = true;
                case "--metrics" -> metrics = tcp(option, value(option, rest));
                case "--help" -> help = true;
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        if (cassandra != null) {
            refuse("--redis", seen);
            refuse("--transparent", seen);
        }
        if (listen == null) {
            listen = Address.parse(cassandra == null ? "127.0.0.1:6380" : "127.0.0.1:9043");
        }
        return new Options(listen, redis, cassandra, threads, transparent, metrics, help);
    }

    private static void refuse(String option, Set<String> seen) {
        if (seen.contains(option)) {
            throw new IllegalArgumentException(option + " does not go with --cassandra");
        }
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static String value(String option, Iterator<String> rest) {
        String value = rest.hasNext() ? rest.next() : "--";
        if (value.isEmpty() || value.startsWith("--")) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return value;
    }

    private static int threads(String option, String value) {
        int threads = value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : 0;
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException(
                    option + ": \"" + value + "\" is not a number from 1 to " + MOST_THREADS);
        }
        return threads;
    }

    private static Address address(String option, String value) {
        try {
            return Address.parse(value);
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException(option + ": " + bad.getMessage(), bad);
        }
    }

    private static Address tcp(String option, String value) {
        Address address = address(option, value);
        if (address.scheme() != Address.Scheme.TCP) {
            throw new IllegalArgumentException(option + ": \"" + value + "\" is not HOST:PORT");
        }
        return address;
    }

    private static Address server(String option, String value) {
        Address address = tcp(option, value);
        if (address.port() == 0) {
            throw new IllegalArgumentException(option + ": \"" + value + "\" needs a port from 1 to 65535");
        }
        return address;
    }

    /** What else a URI may say is for the sink to judge. It may hold a password, so no message repeats it. */
    private static String redis(String option, String value) {
        if (!value.contains("://")) {
            return "redis://" + server(option, value);
        }
        try {
            URI.create(value);
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException(option + ": that is not a URI; use redis://HOST:PORT", bad);
        }
        return value;
    }
}
