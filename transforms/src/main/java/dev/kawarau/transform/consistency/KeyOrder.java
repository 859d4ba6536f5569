package dev.kawarau.transform.consistency;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The operations of one session: those on one key take effect one after the other, as their requests came, and those on
 * different keys at once. Confined to the loop.
 */
final class KeyOrder {
    private static final class Queue {
        private final ArrayDeque<Operation> operations = new ArrayDeque<>(2);
        private boolean running;
    }

    private final Map<Object, Queue> queues = new HashMap<>();

    /** Takes an operation in its turn. */
    void add(Operation operation) {
        Queue queue = queues.computeIfAbsent(operation.key(), key -> new Queue());
        queue.operations.add(operation);
        run(operation.key(), queue);
    }

    /** An operation is done: the next on its key may start. */
    void done(Object key) {
        Queue queue = queues.get(key);
        if (queue != null) {
            run(key, queue);
        }
    }

    /** In a loop, for one that is done as soon as it starts would otherwise start the next from within, and so on. */
    private void run(Object key, Queue queue) {
        if (queue.running) {
            return;
        }
        queue.running = true;
        Operation head;
        while ((head = queue.operations.peek()) != null) {
            if (head.isWaiting()) {
                head.start();
            }
            if (!head.isDone()) {
                break;
            }
            queue.operations.remove();
        }
        queue.running = false;
        if (queue.operations.isEmpty()) {
            queues.remove(key);
        }
    }

    boolean isEmpty() {
        return queues.isEmpty();
    }
}
