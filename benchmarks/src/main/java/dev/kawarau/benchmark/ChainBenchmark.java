package dev.kawarau.benchmark;

import dev.kawarau.Chain;
import dev.kawarau.ChainBuilder;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.wire.LoopClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a message costs on its way through a chain whose transforms pass on and whose end answers at once from memory,
 * with the chain's metrics as they always are. All numbers are for one message.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
@SuppressWarnings("NullAway.Init") // JMH calls the setup before anything else
public class ChainBenchmark {
    private static final int PIPELINE = 64;
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final String GET = "*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000042\r\n";

    private static final ByteBuf ONE = direct(GET);
    private static final ByteBuf MANY = direct(GET.repeat(PIPELINE));

    /** What the transforms do: hand on and look away, or hand on and watch the reply. */
    public enum Step {
        PASS,
        WATCH
    }

    @Param({"0", "3", "10"})
    public int transforms;

    @Param
    public Step step;

    /** Without them the same transforms are linked by hand, which nothing counts or guards. */
    @Param({"true", "false"})
    public boolean metrics;

    private Chain chain;
    private InVmProxy proxy;
    private InVmProxy holding;
    private Message request;
    private LoopClock clock;
    private Runnable answerAtTheEnd;
    private long watched;

    @Setup(Level.Trial)
    public void open() {
        chain = build();
        proxy = new InVmProxy(chain);
        List<Message> held = new ArrayList<>();
        List<Promise> due = new ArrayList<>();
        holding = new InVmProxy(
                Chain.named("holding").metrics(new SimpleMeterRegistry()).to(message -> {
                    held.add(message);
                    Promise promise = new Promise();
                    due.add(promise);
                    return promise;
                }));
        holding.send(ONE);
        request = held.get(0);
        clock = LoopClock.of(holding.loop());
        answerAtTheEnd = () -> due.forEach(promise -> promise.complete(OK));
    }

    private Chain build() {
        ChainBuilder builder = Chain.named("benchmark").metrics(new SimpleMeterRegistry());
        Chain bare = message -> Reply.of(OK);
        for (int i = 0; i < transforms; i++) {
            Transform transform = transform();
            Chain rest = bare;
            bare = message -> transform.handle(message, rest);
            builder.then(transform);
        }
        return metrics ? builder.to(message -> Reply.of(OK)) : bare;
    }

    private Transform transform() {
        return switch (step) {
            case PASS -> (message, next) -> next.send(message);
            case WATCH -> (message, next) -> next.send(message).whenDone((response, failure) -> watched++);
        };
    }

    @TearDown(Level.Trial)
    public void close() {
        answerAtTheEnd.run();
        holding.close();
        proxy.close();
        chain.close();
    }

    private static ByteBuf direct(String text) {
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(text.length()).writeBytes(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The chain alone: the same request of a real session, sent again and again, the clock held as during a read. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public long chainAlone() {
        clock.hold();
        long answered = 0;
        for (int i = 0; i < PIPELINE; i++) {
            if (chain.send(request).isDone()) {
                answered++;
            }
        }
        clock.letGo();
        return answered;
    }

    /** Bytes of 64 requests in, bytes of 64 replies out: read, decoded, through the chain, in order, written. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public long listenerPipelineOf64() {
        return proxy.exchange(MANY, PIPELINE * OK.size());
    }

    /** Bytes of one request in, bytes of one reply out. */
    @Benchmark
    public long listenerOneByOne() {
        return proxy.exchange(ONE, OK.size());
    }
}
