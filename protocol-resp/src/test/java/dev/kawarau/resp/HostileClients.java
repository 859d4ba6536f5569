package dev.kawarau.resp;

import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.leakcheck.Arrival;
import dev.kawarau.leakcheck.BoundedAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener within this VM before an {@link EchoSink}, and clients that may send it anything. For one thread. */
final class HostileClients implements AutoCloseable {
    private static final int MOST_PIECES = 8;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final String PING = "*1\r\n$4\r\nPING\r\n";

    private final BoundedAllocator memory = new BoundedAllocator();
    private final EchoSink sink;
    private final LocalAddress address;
    private final EventLoops loops;
    private final EventLoop loop;
    private final Listener listener;

    /**
     * Begins to listen.
     *
     * @param users null if everybody may do everything
     * @param passing looks at every request that reaches the end of the chain
     */
    HostileClients(String name, RespLimits limits, @Nullable RespUsers users, Consumer<RespMessage> passing) {
        sink = new EchoSink(passing);
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
        RespListener builder =
                RespListener.on("local:" + name).eventLoops(loops).limits(limits);
        listener = (users == null ? builder : builder.users(users)).serve(sink);
    }

    /** Sends a stream in pieces; each request must come back, and nothing of it stay. */
    void check(byte[] stream) {
        DeservedReplies deserved = DeservedReplies.to(stream);
        converse(stream, client -> {
            int most = deserved.count() + (deserved.whole() ? 1 : 0);
            if (deserved.whole()) {
                // What else may have come, came before this.
                client.send(Oracle.bytes(PING), 0, PING.length());
            }
            List<String> replies = replies(
                    deserved.ends()
                            ? client.await(text -> false)
                            : client.await(text -> replies(text).size() >= most));
            if (deserved.whole()) {
                Oracle.same("reply to PING", replies.remove(replies.size() - 1), PING);
            }
            deserved.check(replies);
            Oracle.same("connection has ended", client.hasEnded(), deserved.ends());
        });
    }

    /** Sends a stream to a listener that has users, and tighter limits: each request gets a reply. */
    void checkNumber(byte[] stream) {
        DeservedReplies deserved = DeservedReplies.to(stream);
        converse(stream, client -> {
            if (deserved.ends()) {
                deserved.checkNumber(replies(client.await(text -> false)));
            }
        });
    }

    /** The whole replies in a text. */
    private static List<String> replies(String text) {
        byte[] bytes = Oracle.bytes(text);
        Scanned scanned = Scanned.replies(bytes, RespLimits.DEFAULT, Arrival.HEAP, at -> bytes.length);
        Oracle.same("error in replies", scanned.error(), null);
        List<String> replies = new ArrayList<>();
        for (int i = 0; i < scanned.ends().size(); i++) {
            replies.add(Oracle.text(scanned.frame(bytes, i)));
        }
        return replies;
    }

    private void converse(byte[] stream, Consumer<VmClient> conversation) {
        // Replies are staged in pieces of 16 KiB, for each read and each turn of the loop.
        memory.allow((2L * MOST_PIECES + 6) * (16 << 10) + 64L * stream.length);
        try (VmClient client = new VmClient(loop, address, memory)) {
            sendInPieces(client, stream);
            conversation.accept(client);
        }
        try (VmClient later = new VmClient(loop, address, memory)) {
            later.send(Oracle.bytes(PING), 0, PING.length());
            // Told to ping or that it has to say who it is.
            later.await(text -> text.endsWith("\r\n"));
            Oracle.that(!later.hasEnded(), "a later connection is closed", later);
        }
        awaitNothingHeld();
        Throwable failure = sink.takeFailure();
        if (failure != null) {
            throw new AssertionError("a request that should not be like that, or not be there", failure);
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
        Oracle.same("connections", listener.connections(), 0);
        memory.expectAllFree();
    }

    @Override
    public void close() {
        listener.close();
        loops.group().shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
