package dev.kawarau.sample.migration;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stops all clients for a moment, while a part of the keys is copied and nothing writes to them. Without that a key that is
 * written, counted up or deleted between the DUMP here and the RESTORE there would be wrong there for good. It also knows
 * which parts have been copied, and which keys were made since it was there.
 *
 * <p>For clients whose commands name one key each, and none that block. Any thread may close and open it.
 */
final class Gate implements Transform {
    /** Parts of the keys; each is copied at once. */
    static final int PARTS = 64;

    private record Held(Message request, Chain next, Promise reply) {}

    private final Session.Key<Queue<Held>> waiting = Session.Key.named("requests at the gate");
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    private final boolean[] copied = new boolean[PARTS];
    private int underWay;
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> opened = CompletableFuture.completedFuture(null);

    /** In which part a key is. */
    static int part(byte[] key) {
        return Math.floorMod(Arrays.hashCode(key), PARTS);
    }

    /** Whether a request is about keys that are on both servers. */
    synchronized boolean isCopied(Message request) {
        return request.query().keys().stream().allMatch(key -> copied[part(ByteBufUtil.getBytes(key))]);
    }

    /** From here on the keys of a part are on both servers. While the gate is closed. */
    synchronized void copied(int part) {
        copied[part] = true;
    }

    /** The keys that clients wrote so far, through this. */
    Set<String> written() {
        return written;
    }

    /** Lets nothing more through; completes when all that went through was answered. */
    synchronized CompletableFuture<Void> close() {
        opened = new CompletableFuture<>();
        idle = new CompletableFuture<>();
        if (underWay == 0) {
            idle.complete(null);
        }
        return idle;
    }

    /** Lets all go on that wait. */
    void open() {
        CompletableFuture<Void> now;
        synchronized (this) {
            now = opened;
        }
        now.complete(null);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Session session = request.session();
        Queue<Held> queue = session.get(waiting);
        if (queue == null) {
            queue = new ArrayDeque<>();
            session.set(waiting, queue);
        }
        if (queue.isEmpty() && enter()) {
            return pass(request, next);
        }
        Held held = new Held(request.retain(), next, new Promise());
        queue.add(held);
        if (queue.size() == 1) {
            wait(session, queue);
        }
        return held.reply;
    }

    private synchronized boolean enter() {
        if (!opened.isDone()) {
            return false;
        }
        underWay++;
        return true;
    }

    private synchronized void exit() {
        underWay--;
        if (underWay == 0) {
            idle.complete(null);
        }
    }

    private Reply pass(Message request, Chain next) {
        Query query = request.query();
        if (query.kind() != Query.Kind.READ) {
            for (ByteBuf key : query.keys()) {
                written.add(key.toString(StandardCharsets.UTF_8));
            }
        }
        return next.send(request).whenDone((response, failure) -> exit());
    }

    private synchronized void wait(Session session, Queue<Held> queue) {
        opened.thenRun(() -> session.loop().execute(() -> goOn(session, queue)));
    }

    private void goOn(Session session, Queue<Held> queue) {
        while (!queue.isEmpty()) {
            if (!enter()) {
                wait(session, queue);
                return;
            }
            Held held = queue.remove();
            pass(held.request, held.next).whenDone((response, failure) -> {
                if (response != null) {
                    held.reply.complete(response);
                } else if (failure != null) {
                    held.reply.fail(failure);
                }
                held.request.release();
            });
        }
    }
}
