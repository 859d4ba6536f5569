package dev.kawarau;

import io.netty.buffer.Unpooled;

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

    /** The budget is told of changes from this size on, so that small requests cost no atomic operation. */
    private static final int GRAIN = 8 * 1024;

    private final ClientConnection connection;
    private final Budget budget;
    private int reasons;
    private long pausedSince;
    private long told;
    private int toldRequests;
    private boolean awaiting;
    private boolean watching;

    ReadGate(ClientConnection connection) {
        this.connection = connection;
        this.budget = connection.listener().settings().budget();
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

    /** Tells the budget what the connection holds, and stops reading if that is too much. */
    void account() {
        if (connection.isClosed()) {
            return;
        }
        watchOutput();
        long held = connection.held();
        tell(held, connection.inFlight());
        limitHeld(held);
        if (connection.unfinishedBytes() == 0) {
            budget.finished(connection);
        }
        if (held == 0) {
            return;
        }
        if (connection.unreadBytes() >= connection.listener().settings().maxHeldBytes && budget.isUsedUp()) {
            connection.abortUnread();
        } else if ((reasons & BUDGET) != 0) {
            budgetMayHaveRoom();
        } else if (budget.isUsedUp() && !mayFinish()) {
            pause(BUDGET);
            awaitBudget();
        }
    }

    /** The channel does not say when the last bytes have left, and whoever waits for that must not wait for a timer. */
    private void watchOutput() {
        if (!watching && connection.unsentBytes() > 0) {
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
        long counted = held - connection.unfinishedBytes();
        long most = connection.listener().settings().maxHeldBytes;
        if (counted >= most) {
            pause(HELD);
        } else if (counted <= most / 2) {
            resume(HELD);
        }
    }

    private boolean mayFinish() {
        return connection.unfinishedBytes() > 0 && connection.inFlight() == 0 && budget.mayFinish(connection);
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
