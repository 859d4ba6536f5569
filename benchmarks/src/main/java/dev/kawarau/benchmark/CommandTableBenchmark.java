package dev.kawarau.benchmark;

import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Looking a command up by the bytes of its name, beside making a string of them and asking a hash map. A mix of sixteen
 * names as clients write them, so that no branch is always right. All numbers are for one name.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
public class CommandTableBenchmark {
    private static final int COUNT = 16;
    private static final String[] NAMES = {
        "GET", "set", "MGET", "hgetall", "INCRBY", "EXPIRE", "zrangebyscore", "DEL",
        "Exists", "XREADGROUP", "LPUSH", "SISMEMBER", "EVALSHA", "nosuchcommand", "PING", "ZADD"
    };
    private static final String CLIENT = "CLIENT";
    private static final String SETINFO = "setinfo";

    private final ByteBuf buffer = Unpooled.directBuffer()
            .writeBytes((String.join("", NAMES) + CLIENT + SETINFO + "\r\n").getBytes(StandardCharsets.US_ASCII));
    private final int[] starts = new int[COUNT + 1];

    public CommandTableBenchmark() {
        for (int i = 0; i < COUNT; i++) {
            starts[i + 1] = starts[i] + NAMES[i].length();
        }
    }

    @TearDown(Level.Trial)
    public void release() {
        buffer.release();
    }

    /** By the bytes. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void bytes(Blackhole hole) {
        for (int i = 0; i < COUNT; i++) {
            hole.consume(RespCommands.find(buffer, starts[i], starts[i + 1] - starts[i]));
        }
    }

    /** By a string made of the bytes. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void string(Blackhole hole) {
        for (int i = 0; i < COUNT; i++) {
            String name = buffer.toString(starts[i], starts[i + 1] - starts[i], StandardCharsets.US_ASCII);
            hole.consume(RespCommands.find(name));
        }
    }

    /** By the bytes of a container and a subcommand. */
    @Benchmark
    public RespCommand subcommand() {
        int start = starts[COUNT];
        return RespCommands.find(buffer, start, CLIENT.length(), start + CLIENT.length(), SETINFO.length());
    }
}
