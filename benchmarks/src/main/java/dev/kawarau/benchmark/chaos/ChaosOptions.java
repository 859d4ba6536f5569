package dev.kawarau.benchmark.chaos;

import java.time.Duration;

/**
 * What a run does.
 *
 * @param commands how many commands must succeed at least
 * @param faults how many times the server is killed, stopped or cut off; spread evenly over the commands
 * @param clients connected at once
 * @param transparent whether each client has an upstream connection of its own
 * @param patience how long a request may stay unanswered on an open connection
 * @param limit when the run gives up
 */
record ChaosOptions(
        long commands,
        int faults,
        int clients,
        long seed,
        boolean transparent,
        int proxyLoops,
        int clientLoops,
        int budgetMegabytes,
        Duration patience,
        Duration limit) {

    static final String USAGE = """
            options, each followed by a number:
              --commands      commands that must succeed (1000000)
              --faults        faults of the server (40)
              --clients       clients at once (2000)
              --seed          repeats the choices of an earlier run (random)
              --proxy-loops   threads of the proxy (2)
              --client-loops  threads of the clients (1)
              --budget-mb     the proxy's byte budget (16)
              --patience      seconds until an unanswered request counts as hung (20)
              --limit         seconds until the run gives up (1500)
            and:
              --transparent   an upstream connection for each client""";

    static ChaosOptions parse(String... arguments) {
        long commands = 1_000_000;
        int faults = 40;
        int clients = 2_000;
        long seed = System.nanoTime();
        boolean transparent = false;
        int proxyLoops = 2;
        int clientLoops = 1;
        int budget = 16;
        long patience = 20;
        long limit = 1_500;
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            if (option.equals("--transparent")) {
                transparent = true;
                continue;
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(option + " needs a number");
            }
            long value = Long.parseLong(arguments[++i]);
            switch (option) {
                case "--commands" -> commands = value;
                case "--faults" -> faults = Math.toIntExact(value);
                case "--clients" -> clients = Math.toIntExact(value);
                case "--seed" -> seed = value;
                case "--proxy-loops" -> proxyLoops = Math.toIntExact(value);
                case "--client-loops" -> clientLoops = Math.toIntExact(value);
                case "--budget-mb" -> budget = Math.toIntExact(value);
                case "--patience" -> patience = value;
                case "--limit" -> limit = value;
                default -> throw new IllegalArgumentException("there is no option " + option);
            }
        }
        if (clients < 1 || clients > Payload.MOST_CLIENTS) {
            throw new IllegalArgumentException("--clients must be 1 to " + Payload.MOST_CLIENTS);
        }
        return new ChaosOptions(
                commands,
                faults,
                clients,
                seed,
                transparent,
                proxyLoops,
                clientLoops,
                budget,
                Duration.ofSeconds(patience),
                Duration.ofSeconds(limit));
    }

    /** The same proxy and the same clients, for a moment and without faults. */
    ChaosOptions warmUp() {
        return new ChaosOptions(
                Math.min(commands, 20L * clients),
                0,
                clients,
                seed + 1,
                transparent,
                proxyLoops,
                clientLoops,
                budgetMegabytes,
                patience,
                limit);
    }
}
