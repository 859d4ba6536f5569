package dev.kawarau.transform.consistency;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import io.netty.channel.EventLoop;

/** One replica as one event loop sees it. Confined to the loop. */
final class Replica {
    private final Chain chain;
    private final Quorum quorum;
    private final QuorumMeters.OfReplica meters;
    private final Hints hints;
    private long lateBytes;

    Replica(Chain chain, int index, Quorum quorum, EventLoop loop) {
        this.chain = chain;
        this.quorum = quorum;
        this.meters = quorum.meters().replicas.get(index);
        this.hints = new Hints(this, quorum, meters.hinted(), loop);
    }

    /** Sends a question or a mutation. Never throws. */
    Reply send(Message message) {
        try {
            return quorum.versioning().send(chain, message);
        } catch (RuntimeException thrown) {
            return Reply.failed(thrown);
        }
    }

    /** As {@link #send}, for what nobody waits for. */
    Reply sendAside(Message message, long bytes) {
        late(bytes);
        return send(message).whenDone((response, failure) -> late(-bytes));
    }

    /** Whether it owes so many answers that nobody waits for that more would only take memory. */
    boolean isBehind() {
        return lateBytes > quorum.maxLateBytes();
    }

    /** Adds to what the replica has been sent and not answered although nobody waits for it any more. */
    void late(long bytes) {
        lateBytes += bytes;
    }

    /** It answered somebody, so it may take what it missed. */
    void reached(Message origin) {
        hints.deliver(origin);
    }

    Hints hints() {
        return hints;
    }

    QuorumMeters.OfReplica meters() {
        return meters;
    }
}
