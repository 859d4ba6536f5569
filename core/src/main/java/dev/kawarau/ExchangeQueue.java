package dev.kawarau;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The exchanges of one connection that are under way, in request order, and what they hold. Confined to its loop. */
final class ExchangeQueue {
    /** Somebody who waits for the requests of a chain that is no longer served. */
    private record Leaving(Serving old, CompletableFuture<Void> left) {}

    private final boolean ordered;
    private final Consumer<Exchange> writer;
    private final ArrayDeque<Leaving> leaving = new ArrayDeque<>(1);
    private @Nullable Serving current;
    private @Nullable Exchange head;
    private @Nullable Exchange tail;
    private int size;
    private long requestBytes;
    private long replyBytes;

    /**
     * An empty queue.
     *
     * @param ordered whether a response waits until those to earlier requests have been written
     * @param writer writes an exchange's response
     */
    ExchangeQueue(boolean ordered, Consumer<Exchange> writer) {
        this.ordered = ordered;
        this.writer = writer;
    }

    void add(Exchange exchange) {
        size++;
        requestBytes += sizeOf(exchange.request());
        if (tail == null) {
            head = exchange;
        } else {
            tail.next = exchange;
            exchange.previous = tail;
        }
        tail = exchange;
    }

    /**
     * Notes the response of an exchange of this queue, and writes whatever may be written now.
     *
     * @return whether anything was
     */
    boolean answer(Exchange exchange, Message response) {
        exchange.answer(response);
        replyBytes += response.size();
        if (!ordered) {
            write(exchange);
            remove(exchange);
        } else if (exchange != head) {
            return false;
        } else {
            for (Exchange x = head; x != null && x.answered; x = head) {
                write(x);
                remove(x);
            }
        }
        settleLeaving();
        return true;
    }

    /** Nothing of it stays behind, for the oldest exchange may take long. */
    private void remove(Exchange exchange) {
        Exchange previous = exchange.previous;
        Exchange next = exchange.next;
        if (previous == null) {
            head = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            tail = previous;
        } else {
            next.previous = previous;
        }
        exchange.previous = null;
        exchange.next = null;
    }

    /** Holds a pushed message back behind the response of an exchange of this queue. */
    void pushAfter(Exchange exchange, Message push) {
        replyBytes -= exchange.pushedBytes();
        exchange.pushAfter(push);
        replyBytes += exchange.pushedBytes();
    }

    private void write(Exchange exchange) {
        writer.accept(exchange);
        size--;
        replyBytes -= exchange.pushedBytes();
        replyBytes -= sizeOf(exchange.response());
        requestBytes -= sizeOf(exchange.request());
        exchange.end();
    }

    private static int sizeOf(@Nullable Message message) {
        return message == null ? 0 : message.size();
    }

    /** Ends the exchanges that were answered; the rest {@linkplain #drop are dropped} when their replies come. */
    void close() {
        Exchange following;
        for (Exchange x = head; x != null; x = following) {
            following = x.next;
            if (x.answered) {
                x.end();
                size--;
                remove(x);
            }
        }
        current = null;
        settleLeaving();
    }

    /** Ends an exchange of this queue whose response nobody will read. */
    void drop(Exchange exchange) {
        exchange.end();
        size--;
        remove(exchange);
        settleLeaving();
    }

    /** Notes which chain the next exchange will be on, if there is another. */
    void servedBy(Serving chain) {
        current = chain;
        settleLeaving();
    }

    /**
     * Completes a future when no exchange is left that began on a chain or on one served before it, and the next will not
     * either.
     */
    void leave(Serving old, CompletableFuture<Void> left) {
        leaving.add(new Leaving(old, left));
        settleLeaving();
    }

    private void settleLeaving() {
        // Requests are queued in the order in which the chains were served, so the head is on the oldest.
        Serving oldest = head == null || head.serving == null ? current : head.serving;
        while (!leaving.isEmpty()
                && (oldest == null
                        || oldest.generation() > leaving.element().old().generation())) {
            leaving.remove().left().complete(null);
        }
    }

    boolean isEmpty() {
        return head == null;
    }

    int size() {
        return size;
    }

    /** Bytes of requests under way, and of responses and pushed messages that wait for their turn. */
    long bytes() {
        return requestBytes + replyBytes;
    }

    /** Bytes of responses and pushed messages that wait for their turn. */
    long replyBytes() {
        return replyBytes;
    }
}
