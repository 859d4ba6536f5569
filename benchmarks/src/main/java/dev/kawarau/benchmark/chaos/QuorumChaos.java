package dev.kawarau.benchmark.chaos;

import java.time.Duration;

/**
 * Reads and writes through several proxies with clocks that differ to three real {@code redis-server}s that are killed,
 * stopped and cut off, with quorums of two, and checks that every key was linearizable for those who used it. Uses 127.0.0.1
 * only. Ends with status 1 if one was not.
 *
 * <pre>
 * java -cp benchmarks.jar dev.kawarau.benchmark.chaos.QuorumChaos --minutes 60 --seed 1
 * </pre>
 *
 * <p>{@code --clients} are 16 and {@code --proxies} 3 if not set. {@code --broken 1} takes quorums of one, which the checker
 * must find.
 */
public final class QuorumChaos {
    private QuorumChaos() {}

    /** Runs with the options given. */
    public static void main(String[] arguments) throws InterruptedException {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        long minutes = 1;
        long seed = System.nanoTime();
        int clients = 16;
        int proxies = 3;
        boolean broken = false;
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            long value = Long.parseLong(arguments[i + 1]);
            switch (arguments[i]) {
                case "--minutes" -> minutes = value;
                case "--seed" -> seed = value;
                case "--clients" -> clients = Math.toIntExact(value);
                case "--proxies" -> proxies = Math.toIntExact(value);
                case "--broken" -> broken = value != 0;
                default -> throw new IllegalArgumentException("there is no option " + arguments[i]);
            }
        }
        QuorumChaosRun.Result result =
                new QuorumChaosRun(seed, clients, proxies, broken).run(Duration.ofMinutes(minutes));
        System.out.println(result);
        System.exit(result.violations().isEmpty() ? 0 : 1);
    }
}
