package dev.kawarau.benchmark.endtoend;

import com.datastax.oss.protocol.internal.response.result.Prepared;
import dev.kawarau.EventLoops;
import dev.kawarau.benchmark.cql.CqlConnection;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlOpcode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of Cassandra that keeps so many requests under way on each of its connections: a prepared SELECT by key, each
 * with a key of its own, whose answers are compared with what they must be. One event loop.
 */
final class CqlLoad {
    private static final int MOST_SAMPLES = 4_000_000;

    /** What is carried out; the row has the key in it. */
    static final String SELECT = "SELECT v FROM bench.t WHERE k = ?";

    static final int KEYS = 1_000;

    /**
     * What a run gave.
     *
     * @param requestsPerSecond over the run
     * @param p50 median latency in microseconds
     * @param p99 99th percentile of the latency in microseconds
     * @param requests how many were answered
     */
    record Outcome(double requestsPerSecond, double p50, double p99, long requests) {}

    private final InetSocketAddress server;
    private final int connections;
    private final int inFlight;
    private final EventLoop loop;
    private final List<Client> all = new ArrayList<>();
    private final CountDownLatch ready;
    private volatile @Nullable Throwable failure;
    private int[] latencies = new int[1 << 16];
    private int samples;
    private boolean measuring;

    private CqlLoad(InetSocketAddress server, int connections, int inFlight, EventLoop loop) {
        this.server = server;
        this.connections = connections;
        this.inFlight = inFlight;
        this.loop = loop;
        this.ready = new CountDownLatch(connections);
    }

    /** Connects, warms up, and measures. */
    static Outcome run(
            InetSocketAddress server,
            int connections,
            int inFlight,
            double warmUpSeconds,
            double seconds,
            Runnable begun)
            throws InterruptedException {
        try (EventLoops loops = EventLoops.of(1)) {
            return new CqlLoad(server, connections, inFlight, loops.group().next()).run(warmUpSeconds, seconds, begun);
        }
    }

    private Outcome run(double warmUpSeconds, double seconds, Runnable begun) throws InterruptedException {
        for (int i = 0; i < connections; i++) {
            Client client = new Client(i * 37);
            all.add(client);
            CqlConnection.connect(loop, server, List.of(SELECT), client);
        }
        if (!ready.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not all connections got ready", failure);
        }
        TimeUnit.NANOSECONDS.sleep((long) (warmUpSeconds * 1e9));
        begun.run();
        loop.submit(() -> measuring = true).sync();
        long start = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        long took = System.nanoTime() - start;
        loop.submit(() -> measuring = false).sync();
        loop.submit(() -> all.forEach(Client::close)).sync();
        if (failure != null) {
            throw new IllegalStateException("the run failed: " + failure, failure);
        }
        Arrays.sort(latencies, 0, samples);
        return new Outcome(samples * 1e9 / took, percentile(0.5), percentile(0.99), samples);
    }

    private double percentile(double part) {
        return samples == 0 ? 0 : latencies[(int) (part * (samples - 1))] / 1000.0;
    }

    private void answered(long nanos) {
        if (!measuring || samples == MOST_SAMPLES) {
            return;
        }
        if (samples == latencies.length) {
            latencies = Arrays.copyOf(latencies, Math.min(MOST_SAMPLES, 2 * samples));
        }
        latencies[samples++] = (int) Math.min(Integer.MAX_VALUE, nanos);
    }

    private final class Client implements CqlConnection.Owner {
        private final long[] sentNanos = new long[inFlight];
        private final int[] keys = new int[inFlight];
        private final ByteBuf[] frames = new ByteBuf[KEYS];
        private @Nullable CqlConnection connection;
        private int next;
        private boolean closing;

        Client(int first) {
            this.next = first;
        }

        @Override
        public void ready(CqlConnection made, List<Prepared> prepared) {
            connection = made;
            for (int key = 0; key < KEYS; key++) {
                ByteBuffer value = ByteBuffer.allocate(Integer.BYTES).putInt(0, key);
                frames[key] = CqlConnection.execute(prepared.get(0), List.of(value));
            }
            ready.countDown();
            for (int stream = 0; stream < inFlight; stream++) {
                ask(made, stream);
            }
        }

        private void ask(CqlConnection through, int stream) {
            if (closing) {
                return;
            }
            int key = next++ % KEYS;
            keys[stream] = key;
            sentNanos[stream] = System.nanoTime();
            through.send(stream, frames[key]);
        }

        @Override
        public void answered(CqlConnection through, CqlFrameHeader header, ByteBuf frame, int offset) {
            int stream = header.stream();
            // The row has the key at its end, so an answer that is somebody else's shows.
            int value = frame.getInt(offset + header.frameBytes() - Integer.BYTES);
            if (header.opcode() != CqlOpcode.RESULT || value != keys[stream]) {
                throw new IllegalStateException(
                        "asked for " + keys[stream] + ", got " + header.opcode() + " with " + value);
            }
            CqlLoad.this.answered(System.nanoTime() - sentNanos[stream]);
            ask(through, stream);
        }

        @Override
        public void ended(CqlConnection gone, @Nullable Throwable why) {
            failure = why == null ? new IllegalStateException("the server hung up") : why;
        }

        void close() {
            closing = true;
            if (connection != null) {
                connection.close();
            }
        }
    }
}
