package dev.kawarau.benchmark.chaos;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What the clients of a run share with each other and with who makes the faults. Thread-safe. */
final class Shared {
    private final Tally tally;
    private WriteOnce writeOnce;
    private final Queue<Keyspace> keyspaces = new ConcurrentLinkedQueue<>();
    private final AtomicInteger floods = new AtomicInteger();
    private final AtomicInteger lives = new AtomicInteger();
    private volatile boolean faultsAreDone;
    private volatile boolean over;

    Shared(Tally tally, WriteOnce writeOnce) {
        this.tally = tally;
        this.writeOnce = writeOnce;
    }

    Tally tally() {
        return tally;
    }

    WriteOnce writeOnce() {
        return writeOnce;
    }

    /** Every keyspace that there ever was. */
    Queue<Keyspace> keyspaces() {
        return keyspaces;
    }

    /** How many times the server was killed. Whoever kills it says so when it is dead, and before it lives again. */
    int life() {
        return lives.get();
    }

    void nextLife() {
        lives.incrementAndGet();
    }

    /** Lets so many clients flood the proxy. */
    void allowFloods(int clients) {
        floods.addAndGet(clients);
    }

    boolean takeFlood() {
        return floods.get() > 0 && floods.getAndDecrement() > 0;
    }

    void faultsAreDone() {
        faultsAreDone = true;
    }

    boolean areFaultsDone() {
        return faultsAreDone;
    }

    /** Clients finish what they wait for and begin nothing new. */
    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** Lets go of what was only kept to be compared, so that it does not count as memory that was lost. */
    void forget() {
        keyspaces.clear();
        writeOnce = new WriteOnce(0);
    }
}
