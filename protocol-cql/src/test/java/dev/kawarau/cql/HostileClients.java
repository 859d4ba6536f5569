package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.protocol.internal.request.Options;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.leakcheck.BoundedAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A listener within this VM before a {@link LookingSink}, and clients that may send it anything. For one thread. */
final class HostileClients implements AutoCloseable {
    static final int MAX_FRAME_BYTES = 1 << 20;

    private static final String INTERNAL_ERROR = "internal error, see the log of the proxy";
    private static final int MOST_PIECES = 8;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    /** What LZ4 may make of a byte, and twice that. */
    private static final int GROWTH = 510;

    private final BoundedAllocator memory = new BoundedAllocator();
    private final LookingSink sink = new LookingSink();
    private final LocalAddress address;
    private final EventLoops loops;
    private final EventLoop loop;
    private final Listener listener;

    HostileClients(String name) {
        loops = EventLoops.using(
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name, true), LocalIoHandler.newFactory()) {
                    @Override
                    public ChannelFuture register(Channel accepted) {
                        accepted.config().setAllocator(memory);
                        return super.register(accepted);
                    }
                });
        loop = loops.group().next();
        address = new LocalAddress(name);
        listener = CqlListener.on("local:" + name)
                .eventLoops(loops)
                .maxFrameBytes(MAX_FRAME_BYTES)
                .maxPreparedBytes(1 << 20)
                .schema(tables())
                .serve(sink);
    }

    private static CqlSchema tables() {
        return new MadeTables()
                .with("t", Map.of("k", DataTypes.INT), Map.of("c", DataTypes.TEXT))
                .with(
                        "u",
                        ordered("a", DataTypes.TEXT, "b", DataTypes.BLOB),
                        ordered("c", DataTypes.TIMESTAMP, "d", DataTypes.INET))
                .with("v", Map.of("k", DataTypes.tupleOf(DataTypes.INT, DataTypes.TEXT)), Map.of())
                .with("w", Map.of("k", DataTypes.listOf(DataTypes.TIMESTAMP, true)), Map.of());
    }

    private static <V> Map<String, V> ordered(String first, V one, String second, V another) {
        Map<String, V> ordered = new java.util.LinkedHashMap<>();
        ordered.put(first, one);
        ordered.put(second, another);
        return ordered;
    }

    /** Sends a stream in pieces; each request must be answered once, and nothing of it stay. */
    void check(byte[] stream) {
        DeservedResponses deserved = DeservedResponses.to(stream);
        memory.allow((1L << 20) + 4L * GROWTH * stream.length);
        try (VmClient client = new VmClient(loop, address, memory)) {
            sendInPieces(client, stream);
            converse(client, deserved);
        }
        try (VmClient later = new VmClient(loop, address, memory)) {
            byte[] options = ByteBufUtil.getBytes(Oracle.request(4, 77, Options.INSTANCE));
            later.send(options, 0, options.length);
            later.await(bytes -> DeservedResponses.to(options).read(bytes).size() == 1);
            that(!later.hasEnded(), "a later connection is closed");
        }
        awaitNothingHeld();
        Throwable failure = sink.takeFailure();
        if (failure != null) {
            throw new AssertionError("a view must not do that", failure);
        }
    }

    private static void converse(VmClient client, DeservedResponses deserved) {
        int most = deserved.streams().size();
        byte[] bytes = client.await(
                received -> !deserved.ends() && deserved.read(received).size() >= most);
        List<DeservedResponses.CqlResponse> responses = deserved.read(bytes);
        same(
                "streams",
                responses.stream().map(response -> response.stream()).sorted().toList(),
                deserved.streams().stream().sorted().toList());
        same("connection has ended", client.hasEnded(), deserved.ends());
        if (deserved.ends()) {
            // Responses that took longer may come behind it.
            int stream = deserved.streams().get(most - 1);
            that(
                    responses.stream()
                            .anyMatch(response -> response.stream() == stream && response.opcode() == CqlOpcode.ERROR),
                    "the end without an error");
        }
        for (DeservedResponses.CqlResponse response : responses) {
            that(!INTERNAL_ERROR.equals(response.words()), "an internal error, which is logged as such");
        }
    }

    private static void sendInPieces(VmClient client, byte[] stream) {
        Random random = new Random(Arrays.hashCode(stream));
        int pieces = 1 + random.nextInt(MOST_PIECES);
        int at = 0;
        for (int left = pieces; left > 0; left--) {
            int end = left == 1 ? stream.length : at + random.nextInt(stream.length - at + 1);
            client.send(stream, at, end);
            at = end;
        }
    }

    private void awaitNothingHeld() {
        long end = System.nanoTime() + PATIENCE;
        while ((listener.connections() > 0 || memory.held() > 0) && System.nanoTime() < end) {
            loop.submit(() -> {}).syncUninterruptibly();
        }
        same("connections", listener.connections(), 0);
        memory.expectAllFree();
    }

    private static void that(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void same(String what, @Nullable Object found, @Nullable Object expected) {
        if (!java.util.Objects.equals(found, expected)) {
            throw new AssertionError(what + "\n   found: " + found + "\nexpected: " + expected);
        }
    }

    @Override
    public void close() {
        listener.close();
        loops.group().shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
