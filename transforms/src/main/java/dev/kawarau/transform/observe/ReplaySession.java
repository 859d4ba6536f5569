package dev.kawarau.transform.observe;

import dev.kawarau.transform.observe.Captured.Status;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session that is replayed, over a connection of its own. A request is sent when those are answered that had been answered
 * when it came, and whatever before it is about the session. Guarded by its {@link ReplayRun}.
 */
final class ReplaySession extends ChannelInboundHandlerAdapter {
    /** A request that was sent. */
    static final class Sent {
        private final Captured record;
        private final long deadline;

        private Sent(Captured record, long deadline) {
            this.record = record;
            this.deadline = deadline;
        }

        Captured record() {
            return record;
        }

        private boolean isBefore(Captured next) {
            return record.changesSession() || record.micros() + record.latencyMicros() <= next.micros();
        }
    }

    private final ReplayRun run;
    private final ArrayDeque<Captured> queue = new ArrayDeque<>();
    private final ArrayDeque<Sent> arriving = new ArrayDeque<>();
    private final Set<Sent> unanswered = new LinkedHashSet<>();
    private @Nullable Channel channel;
    private long last;
    private boolean ending;
    private boolean lost;

    ReplaySession(ReplayRun run) {
        this.run = run;
    }

    void connected(Channel made) {
        channel = made;
    }

    boolean isLost() {
        return lost;
    }

    /** How many requests were not captured before this one. */
    long missingBefore(Captured record) {
        long missing = last == 0 || record.number() <= last ? 0 : record.number() - last - 1;
        last = Math.max(last, record.number());
        return missing;
    }

    void add(Captured record) {
        queue.add(record);
        sendWhatMayGo();
    }

    private void sendWhatMayGo() {
        Captured next;
        while (!lost && (next = queue.peek()) != null && mayGo(next)) {
            queue.remove();
            send(next);
        }
        closeIfOver();
    }

    private boolean mayGo(Captured next) {
        for (Sent sent : unanswered) {
            if (sent.isBefore(next)) {
                return false;
            }
        }
        return true;
    }

    private void send(Captured record) {
        Channel to = channel;
        byte[] bytes = record.request();
        if (to == null || bytes == null) {
            return;
        }
        Sent sent = new Sent(record, run.deadline());
        arriving.add(sent);
        unanswered.add(sent);
        run.sent();
        // Always as a task, so that none overtakes another.
        to.eventLoop().execute(() -> to.writeAndFlush(Unpooled.wrappedBuffer(bytes), to.voidPromise()));
    }

    /** What the request is that reached the chain; null if nobody sent one. */
    @Nullable
    Sent arrived() {
        return arriving.poll();
    }

    void answered(Sent sent, boolean error, boolean failed) {
        if (unanswered.remove(sent)) {
            Status was = sent.record().status();
            run.answered(sent.record(), error, failed, (was == Status.OK) != (!error && !failed));
            sendWhatMayGo();
        }
    }

    /** No more requests come. */
    void end() {
        ending = true;
        closeIfOver();
    }

    private void closeIfOver() {
        if (ending && !lost && queue.isEmpty() && unanswered.isEmpty()) {
            close();
        }
    }

    /** Gives the session up if an answer is overdue. */
    void expire(long now) {
        for (Sent sent : unanswered) {
            if (sent.deadline - now <= 0) {
                lose();
                return;
            }
        }
    }

    /** What is not answered never will be, and what was not sent never is. */
    void lose() {
        if (!lost) {
            lost = true;
            run.lost(unanswered, queue);
            unanswered.clear();
            arriving.clear();
            queue.clear();
            close();
        }
    }

    private void close() {
        if (channel != null) {
            channel.close();
        }
    }

    /** Responses were seen in the chain. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        run.hungUp(this, ctx.channel().localAddress());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
