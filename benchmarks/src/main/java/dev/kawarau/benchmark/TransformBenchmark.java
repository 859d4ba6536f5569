package dev.kawarau.benchmark;

import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
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
 * What each transform adds to a message: 64 reads of 64 keys in a pipeline, through a whole proxy with no sockets around it,
 * whose chain is that transform alone, with metrics, and ends in memory: all answers come a turn of the event loop later, as
 * from a sink. {@link TransformStep#NONE} is the chain without one, to be taken off.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 8, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
public class TransformBenchmark {
    private static final int REQUESTS = 64;

    /** The proxy, and the databases behind it. */
    private static final class Proxy implements TransformStep.Ends {
        private record Due(Message request, Promise reply) {}

        private final MeterRegistry meters = new SimpleMeterRegistry();
        private final ArrayDeque<Due> due = new ArrayDeque<>();
        private final Chain chain;
        private final InVmProxy proxy;
        private final UnaryOperator<Message> database;
        private final ByteBuf requests;
        private final int replyBytes;

        Proxy(
                TransformStep step,
                UnaryOperator<Message> database,
                Function<Chain, InVmProxy> listener,
                ByteBuf greeting,
                ByteBuf requests) {
            this.database = database;
            this.requests = requests;
            this.chain = step.chain(this);
            this.proxy = listener.apply(chain);
            proxy.settle(greeting);
            this.replyBytes = proxy.settle(requests);
            if (replyBytes == 0 || replyBytes % REQUESTS != 0) {
                throw new IllegalStateException(replyBytes + " bytes are not " + REQUESTS + " replies");
            }
        }

        @Override
        public Chain end() {
            return this::send;
        }

        @Override
        public Message answer(Message request) {
            return database.apply(request);
        }

        private Promise send(Message request) {
            Promise reply = new Promise();
            if (due.isEmpty()) {
                request.session().loop().execute(this::answer);
            }
            due.add(new Due(request, reply));
            return reply;
        }

        private void answer() {
            for (int left = due.size(); left > 0; left--) {
                Due next = due.remove();
                next.reply().complete(database.apply(next.request()));
            }
            if (!due.isEmpty()) {
                proxy.loop().execute(this::answer);
            }
        }

        @Override
        public MeterRegistry meters() {
            return meters;
        }

        long exchange() {
            return proxy.exchange(requests, replyBytes);
        }

        void close() {
            proxy.close();
            chain.close();
        }
    }

    /** In RESP: GETs. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls the setup before anything else
    public static class Resp {
        @Param
        public TransformStep step;

        private Proxy proxy;

        @Setup(Level.Trial)
        public void open() {
            RespMessage value = RespMessage.of(RespValue.bulk(new byte[64]));
            RespMessage versions = RespMessage.of(RespValue.array(List.of(RespValue.nil(), RespValue.nil())));
            RespMessage answer = step == TransformStep.TUNABLE_CONSISTENCY ? versions : value;
            proxy = new Proxy(step, request -> answer, InVmProxy::new, Unpooled.EMPTY_BUFFER, gets());
        }

        private static ByteBuf gets() {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < REQUESTS; i++) {
                text.append("*2\r\n$3\r\nGET\r\n$16\r\nkey:00000000")
                        .append(1_000 + i)
                        .append("\r\n");
            }
            return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        }

        @TearDown(Level.Trial)
        public void close() {
            proxy.close();
        }
    }

    /** In CQL, version 4: a SELECT by key each, as text, which is parsed for a transform that asks what it is. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls the setup before anything else
    public static class Cql {
        private static final int VERSION = 4;

        @Param({
            "NONE", "PASS", "QUERY_COUNTER", "QUERY_TYPE_FILTER", "DEBUG_PRINTER", "SAMPLER", "SAMPLER_BY_KEY",
                    "HOT_KEYS",
            "CAPTURE", "CAPTURE_RAW", "THROTTLE", "CONCURRENCY_LIMIT", "TIMEOUT", "RETRY", "CIRCUIT_BREAKER",
                    "COLLAPSE",
            "FAULT_INJECTION", "ROUTE", "LOAD_BALANCE", "SCATTER", "PARALLEL_MAP", "FORWARD", "COALESCE", "TEE",
            "CASSANDRA_PEERS_REWRITE"
        })
        public TransformStep step;

        private Proxy proxy;

        @Setup(Level.Trial)
        public void open() {
            ByteBuf startup = CqlCodec.encode(VERSION, 0, new Startup());
            proxy = new Proxy(step, Cql::answer, Cql::listener, startup, selects());
        }

        private static InVmProxy listener(Chain served) {
            return new InVmProxy((address, loops) -> CqlListener.on(address)
                    .eventLoops(loops)
                    .metrics(new SimpleMeterRegistry())
                    .serve(served));
        }

        private static Message answer(Message request) {
            CqlMessage asked = (CqlMessage) request;
            return CqlMessage.of(asked, asked.opcode() == CqlOpcode.QUERY ? Void.INSTANCE : new Ready());
        }

        private static ByteBuf selects() {
            ByteBuf[] frames = new ByteBuf[REQUESTS];
            for (int i = 0; i < REQUESTS; i++) {
                Query select = new Query("SELECT total, placed FROM shop.orders WHERE id = " + (1_000 + i));
                frames[i] = CqlCodec.encode(VERSION, i, select);
            }
            return Unpooled.copiedBuffer(frames);
        }

        @TearDown(Level.Trial)
        public void close() {
            proxy.close();
        }
    }

    /** For one message. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public long resp(Resp state) {
        return state.proxy.exchange();
    }

    /** For one message. */
    @Benchmark
    @OperationsPerInvocation(REQUESTS)
    public long cql(Cql state) {
        return state.proxy.exchange();
    }
}
