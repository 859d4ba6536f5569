package dev.kawarau;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session beside a client's own, for copies of its requests on their way down another chain. It has the client's event
 * loop, clock and addresses, but state of its own: what goes wrong there, and what a database sends unasked, never reaches
 * the client. {@link #close} lets what is under way end, and the client's connection alone.
 *
 * <p>The copies share the memory of their requests. What belongs to a copy is released when it was answered. Confined to the
 * client's event loop.
 */
public final class SideSession implements Session {
    private static final Logger log = LoggerFactory.getLogger(SideSession.class);

    private final Session client;
    private final @Nullable Protocol protocol;
    private final long id = ClientSession.nextId();
    private final Map<Key<?>, Object> values = new HashMap<>();
    private final List<Runnable> endActions = new ArrayList<>(2);
    /** Copies that came while the session was being brought to where the client is. */
    private final ArrayDeque<Copy> behind = new ArrayDeque<>(0);

    private int inFlight;
    private boolean introduced;
    private boolean introducing;
    private boolean closing;
    private boolean ended;

    private record Copy(
            Message message, Chain chain, BiConsumer<? super @Nullable Message, ? super @Nullable Throwable> done) {}

    private SideSession(Session client) {
        this.client = client;
        this.protocol = protocolOf(client);
    }

    /** A session that begins where the client is: in its database, its keyspace, its version of the protocol. */
    public static SideSession beside(Session client) {
        return new SideSession(client);
    }

    /**
     * Whether one that begins now would know all that the client counts on: not while the client is in a transaction, or
     * waits for the answer to something that changes its state.
     */
    public static boolean mayBegin(Session client) {
        Protocol protocol = protocolOf(client);
        return protocol == null || protocol.mayLeave(client);
    }

    private static @Nullable Protocol protocolOf(Session client) {
        return client instanceof ClientSession direct
                ? direct.connection().listener().protocol()
                : client instanceof SideSession side ? side.protocol : null;
    }

    /**
     * Sends a copy of a request of the client. Before the first one goes what brings this session to where the client is.
     *
     * @param request is not changed, and may be over before the copy is
     * @param done told once, with exactly one of its arguments; the message lives until it returns, unless retained
     */
    public void send(
            Message request, Chain chain, BiConsumer<? super @Nullable Message, ? super @Nullable Throwable> done) {
        Copy copy = new Copy(request.copyFor(this), chain, done);
        inFlight++;
        if (introducing) {
            behind.add(copy);
            return;
        }
        List<Message> first = introduced || protocol == null ? List.of() : protocol.introduction(client, copy.message);
        introduced = true;
        introducing = !first.isEmpty();
        introduce(first, 0, copy);
    }

    /** One after the other, since what comes behind counts on it. */
    private void introduce(List<Message> first, int at, Copy copy) {
        if (at == first.size()) {
            go(copy);
            introducing = false;
            while (!behind.isEmpty()) {
                go(behind.remove());
            }
            return;
        }
        reply(copy.chain, first.get(at)).deliver((response, failure) -> {
            if (response != null && !response.isError()) {
                introduce(first, at + 1, copy);
            } else {
                giveUp(copy, failure);
            }
        });
    }

    private void go(Copy copy) {
        reply(copy.chain, copy.message).deliver((response, failure) -> answered(copy, response, failure));
    }

    private void giveUp(Copy first, @Nullable Throwable cause) {
        close();
        String words = "the session cannot be brought to where its client is";
        Failure failure = new Failure(Failure.Kind.UNAVAILABLE, words, false, cause);
        answered(first, null, failure);
        introducing = false;
        while (!behind.isEmpty()) {
            answered(behind.remove(), null, failure);
        }
    }

    private static Reply reply(Chain chain, Message message) {
        try {
            return chain.send(message);
        } catch (RuntimeException thrown) {
            return Reply.failed(thrown);
        }
    }

    private void answered(Copy copy, @Nullable Message response, @Nullable Throwable failure) {
        inFlight--;
        try {
            copy.done.accept(response, failure);
        } catch (RuntimeException thrown) {
            log.warn("whoever waited for the answer to a copy threw", thrown);
        }
        copy.message.exchange().end();
        if (inFlight == 0) {
            reconsider(client);
            endIfDue();
        }
    }

    /** A chain that the client is to leave may have waited for this. */
    private static void reconsider(Session client) {
        if (client instanceof ClientSession direct) {
            direct.connection().reconsider();
        } else if (client instanceof SideSession side) {
            reconsider(side.client);
        }
    }

    @Override
    public boolean isOrdered() {
        return client.isOrdered();
    }

    /** Whether copies are under way. */
    public boolean isBusy() {
        return inFlight > 0;
    }

    /** Whether copies can be sent. */
    @Override
    public boolean isOpen() {
        return !closing;
    }

    /** Ends the session once all that is under way was answered. */
    @Override
    public void close() {
        closing = true;
        endIfDue();
    }

    /** The same as {@link #close}: there is no connection here to cut. */
    @Override
    public void abort() {
        close();
    }

    private void endIfDue() {
        if (closing && inFlight == 0) {
            // Not here: whoever closes it may be a sink in the middle of its work.
            loop().execute(this::end);
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            List.copyOf(endActions).forEach(this::run);
            endActions.clear();
        }
    }

    private void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException thrown) {
            log.warn("an action at the end of {} threw", this, thrown);
        }
    }

    @Override
    public void onClose(Runnable action) {
        if (ended) {
            run(action);
        } else {
            endActions.add(action);
        }
    }

    /** Runs an action at the end: there is no client here to hang up. */
    @Override
    public void onHangUp(Runnable action) {
        onClose(action);
    }

    /** Drops the message. */
    @Override
    public void push(Message message, @Nullable Message after) {
        Exchange.endPush(message);
    }

    @Override
    @SuppressWarnings("unchecked") // only set() writes, and it takes a key and a value of one type
    public <T> @Nullable T get(Key<T> key) {
        return (T) values.get(key);
    }

    @Override
    public <T> void set(Key<T> key, @Nullable T value) {
        if (value == null) {
            values.remove(key);
        } else {
            values.put(key, value);
        }
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String protocol() {
        return client.protocol();
    }

    @Override
    public SocketAddress remoteAddress() {
        return client.remoteAddress();
    }

    @Override
    public SocketAddress localAddress() {
        return client.localAddress();
    }

    @Override
    public @Nullable SSLSession tls() {
        return client.tls();
    }

    @Override
    public EventLoop loop() {
        return client.loop();
    }

    @Override
    public ByteBufAllocator alloc() {
        return client.alloc();
    }

    @Override
    public long nanoTime() {
        return client.nanoTime();
    }

    @Override
    public String toString() {
        return "side session " + id + " of " + client;
    }
}
