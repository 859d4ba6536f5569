package dev.kawarau;

import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;

/**
 * Decides whether a connection may be read: whoever can take no more pauses the reads of whoever feeds it. Confined to
 * the connection's event loop.
 */
final class ReadGate {
    /** The connection is beyond the limit and waits for its turn. */
    static final int NOT_ADMITTED = 1;

    /** Too many requests are under way. */
    static final int IN_FLIGHT = 2;

    /** The process holds as many bytes as it may. */
    static final int BUDGET = 4;

    /** No more requests are taken. */
    static final int CLOSING = 8;

    /**
     * The connection holds as many bytes as one may. That is a lot: synchronous clients write a whole pipeline before they
     * read any of its replies, and would wait for ever if they were read no further before.
     */
    static final int HELD = 16;

    private static final int GRAIN_REQUESTS = 32;

    private static final int MOST_UNACCOUNTED = 64 * 1024;

    /** The budget is told of changes from this size on, so that small requests cost no atomic operation. */
    private static final int GRAIN = 8 * 1024;

    /**
     * While the budget is used up a client must take its replies at such a speed that it would have them all within
     * eight of these. One that reads slower holds up everybody else.
     */
    private static final long READER_CHECK = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int READER_CHECKS = 8;

    private final ClientConnection connection;
    private final HeldBytes bytes;
    private final Budget budget;
    private final long mostHeld;
    private final long mostUnread;
    private int reasons;
    private long pausedSince;
    private long told;
    private int toldRequests;
    private boolean awaiting;
    private boolean watching;
    private boolean checkingReader;
    private int unaccounted;
    private long takenThen;

    ReadGate(ClientConnection connection, HeldBytes bytes) {
        this.connection = connection;
        this.bytes = bytes;
        this.budget = connection.listener().settings().budget();
        // One alone never uses up what is there for all.
        this.mostHeld = Math.min(connection.listener().settings().maxHeldBytes, budget.maxBytes() / 2);
        this.mostUnread = Math.min(connection.listener().settings().maxHeldBytes, budget.maxBytes());
    }

    boolean isOpen() {
        return reasons == 0;
    }

    void pause(int reason) {
        if (reasons == 0) {
            pausedSince = connection.clock().nanoTime();
            connection.channel().config().setAutoRead(false);
        }
        reasons |= reason;
    }

    /**
     * From here on what arrives is thrown away. It is read all the same, for the end of it is of interest: what a client
     * waits for that hung up must not be carried out, and behind unread bytes nobody would see that.
     */
    void discard() {
        boolean paused = reasons != 0;
        reasons |= CLOSING;
        if (paused) {
            connection.channel().config().setAutoRead(true);
        }
    }

    void resume(int reason) {
        if ((reasons & reason) == 0) {
            return;
        }
        reasons &= ~reason;
        if (reasons == 0 && !connection.isClosed()) {
            long paused = connection.clock().nanoTime() - pausedSince;
            connection.listener().stats().paused(paused);
            connection.wasNotRead(paused);
            connection.decode();
            // What waited may have brought a pause again.
            if (reasons == 0) {
                connection.channel().config().setAutoRead(true);
            }
        }
    }

    /** A channel that has much to read is read many times before it says that it was read. */
    void read(int moreBytes) {
        unaccounted += moreBytes;
        if (unaccounted >= MOST_UNACCOUNTED) {
            account();
        }
    }

    /** Tells the budget what the connection holds, and stops reading if that is too much. */
    void account() {
        unaccounted = 0;
        if (connection.isClosed()) {
            return;
        }
        watchOutput();
        long held = bytes.all();
        tell(held, connection.inFlight());
        limitHeld(held);
        if (bytes.unfinished() == 0) {
            budget.finished(connection);
        }
        if (held == 0) {
            return;
        }
        boolean usedUp = budget.isUsedUp();
        if (usedUp && bytes.unread() >= mostUnread && connection.inFlight() > 0) {
            // And more is to come, which nothing can hold back: other clients' replies stand behind it.
            connection.abortUnread();
            return;
        }
        if (usedUp) {
            watchReader();
        }
        if ((reasons & BUDGET) != 0) {
            budgetMayHaveRoom();
        } else if (usedUp && !mayFinish()) {
            pause(BUDGET);
            awaitBudget();
        }
    }

    private void watchReader() {
        if (!checkingReader && bytes.unsent() > 0) {
            checkingReader = true;
            takenThen = bytes.taken();
            connection.loop().schedule(this::checkReader, READER_CHECK, TimeUnit.NANOSECONDS);
        }
    }

    private void checkReader() {
        checkingReader = false;
        if (connection.isClosed() || !budget.isUsedUp()) {
            return;
        }
        if ((bytes.taken() - takenThen) * READER_CHECKS < bytes.unsent()) {
            connection.abortUnread();
        } else {
            watchReader();
        }
    }

    /** The channel does not say when the last bytes have left, and whoever waits for that must not wait for a timer. */
    private void watchOutput() {
        if (!watching && bytes.unsent() > 0) {
            watching = true;
            // The bytes are counted until their listeners have been told.
            connection
                    .channel()
                    .writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(sent -> connection.loop().execute(this::outputSent));
        }
    }

    private void outputSent() {
        watching = false;
        account();
    }

    private void tell(long held, int inFlight) {
        long change = held - told;
        int moreRequests = inFlight - toldRequests;
        boolean empty = (held == 0 && told != 0) || (inFlight == 0 && toldRequests != 0);
        if (Math.abs(change) >= GRAIN || Math.abs(moreRequests) >= GRAIN_REQUESTS || empty) {
            told = held;
            toldRequests = inFlight;
            budget.add(change, moreRequests);
        }
    }

    /** What arrives of one request does not count here, since it may be as long as the protocol's limits say. */
    private void limitHeld(long held) {
        long counted = held - bytes.unfinished();
        if (counted >= mostHeld) {
            pause(HELD);
        } else if (counted <= mostHeld / 2) {
            resume(HELD);
        }
    }

    private boolean mayFinish() {
        return bytes.unfinished() > 0 && connection.inFlight() == 0 && budget.mayFinish(connection);
    }

    private void awaitBudget() {
        if (!awaiting) {
            awaiting = true;
            budget.await(connection);
        }
    }

    void wokenByBudget() {
        awaiting = false;
        budgetMayHaveRoom();
    }

    private void budgetMayHaveRoom() {
        if ((reasons & BUDGET) == 0 || connection.isClosed()) {
            return;
        }
        if (budget.isUsedUp() && !mayFinish()) {
            awaitBudget();
        } else {
            resume(BUDGET);
        }
    }

    void close() {
        budget.add(-told, -toldRequests);
        told = 0;
        toldRequests = 0;
        budget.finished(connection);
    }
}
