package dev.kawarau.benchmark.idle;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.ListenerBuilder;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The proxy as a process. It prints its port, and answers each line of its input with one of its output; the end of its
 * input is its own.
 */
final class MeasuredProxy {
    static final String CONNECTIONS = "connections";
    static final String MEMORY = "memory";
    static final String HISTOGRAM = "histogram";

    /** The last line of a histogram. */
    static final String END = "end";

    /** For newcomers, and for those of the warm-up that are about to go. */
    private static final int ROOM = 100;

    private MeasuredProxy() {}

    /** Takes the server's URI, the number of connections to come, and whether each has an upstream connection of its own. */
    public static void main(String[] arguments) throws IOException, JMException, InterruptedException {
        int connections = Integer.parseInt(arguments[1]);
        RedisSink.Builder to = RedisSink.to(arguments[0]).metrics(new SimpleMeterRegistry());
        if (Boolean.parseBoolean(arguments[2])) {
            to = to.transparent().maxOwnConnections(connections + ROOM);
        }
        try (EventLoops loops = EventLoops.of(2);
                RedisSink sink = to.build();
                Listener listener = RespListener.on("127.0.0.1:0")
                        .eventLoops(loops)
                        .metrics(new SimpleMeterRegistry())
                        .maxConnections(connections + ROOM, ListenerBuilder.Overflow.REFUSE)
                        .serve(Chain.named("idle").to(sink))) {
            System.out.println(listener.port());
            serve(listener);
        }
    }

    private static void serve(Listener listener) throws IOException, JMException, InterruptedException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case CONNECTIONS -> System.out.println(listener.connections());
                case MEMORY -> System.out.println(MemoryUse.now().toLine());
                case HISTOGRAM -> printHistogram();
                default -> throw new IOException("what is " + line + "?");
            }
        }
    }

    private static void printHistogram() throws JMException {
        Object text = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        String.valueOf(text).lines().forEach(System.out::println);
        System.out.println(END);
    }
}
