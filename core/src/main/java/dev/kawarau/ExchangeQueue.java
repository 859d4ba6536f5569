package dev.kawarau;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The exchanges of one connection that are under way, in request order, and what they hold. Confined to its loop. */
final class ExchangeQueue {
    private @Nullable Exchange head;
    private @Nullable Exchange tail;
    private int size;
    private long requestBytes;
    private long replyBytes;

    void add(Exchange exchange) {
        size++;
        Message request = exchange.request();
        if (request != null) {
            requestBytes += request.size();
        }
        if (tail == null) {
            head = exchange;
        } else {
            tail.next = exchange;
        }
        tail = exchange;
    }

    /** Notes the response of an exchange of this queue; it is written when it is its turn. */
    void answer(Exchange exchange, Message response) {
        exchange.answer(response);
        replyBytes += response.size();
    }

    boolean isNext(Exchange exchange) {
        return exchange == head;
    }

    /** Writes and ends each exchange whose turn it is and whose response is there. */
    void writeAnswered(Consumer<Exchange> writer) {
        for (Exchange x = head; x != null && x.answered; x = head) {
            writer.accept(x);
            size--;
            replyBytes -= sizeOf(x.response());
            requestBytes -= sizeOf(x.request());
            head = x.next;
            if (head == null) {
                tail = null;
            }
            x.end();
        }
    }

    private static int sizeOf(@Nullable Message message) {
        return message == null ? 0 : message.size();
    }

    /** Ends the exchanges that were answered and forgets the rest, which end when their replies come. */
    void close() {
        for (Exchange x = head; x != null; x = x.next) {
            if (x.answered) {
                x.end();
            }
        }
        head = null;
        tail = null;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** What the oldest exchange began on; null if there is none. */
    @Nullable
    Serving oldestServing() {
        return head == null ? null : head.serving;
    }

    int size() {
        return size;
    }

    /** Bytes of requests under way, and of responses that wait for their turn. */
    long bytes() {
        return requestBytes + replyBytes;
    }

    /** Bytes of responses that wait for their turn. */
    long replyBytes() {
        return replyBytes;
    }
}
