package dev.kawarau.benchmark.chaos;

import java.io.IOException;

/**
 * Sends millions of commands through a proxy to a real {@code redis-server} while that is killed, stopped and cut off and
 * clients misbehave, and checks every reply, what is in the store at the end, and that nothing leaks. Uses 127.0.0.1
 * only. Ends with status 1 if anything was wrong.
 *
 * <pre>
 * java -cp benchmarks.jar dev.kawarau.benchmark.chaos.Chaos --commands 10000000 --faults 200
 * </pre>
 */
public final class Chaos {
    private Chaos() {}

    /** Runs with the options given; {@code --help} lists them. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.setProperty(
                "org.slf4j.simpleLogger.defaultLogLevel",
                System.getProperty("org.slf4j.simpleLogger.defaultLogLevel", "error"));
        ChaosOptions options;
        try {
            options = ChaosOptions.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage() + "\n" + ChaosOptions.USAGE);
            System.exit(2);
            return;
        }
        System.out.println(options);
        LeakCount leaks = LeakCount.install();
        Summary summary = new ChaosRun(options, leaks).run();
        System.out.print(summary);
        System.exit(summary.isClean() ? 0 : 1);
    }
}
