package dev.kawarau.benchmark.chaos;

import dev.kawarau.benchmark.chaos.Pending.Kind;
import io.netty.buffer.ByteBuf;

/** Compares each reply of one client with its request, and keeps book of what the client's keys may hold. */
final class Checker {
    private final int client;
    private final Shared shared;
    private final Tally tally;
    private final Pending pending = new Pending();
    private Keyspace keys;
    private boolean transactionBegan;
    private boolean transactionWhole;

    Checker(int client, Shared shared, Keyspace keys) {
        this.client = client;
        this.shared = shared;
        this.tally = shared.tally();
        this.keys = keys;
    }

    Pending pending() {
        return pending;
    }

    Keyspace keys() {
        return keys;
    }

    void expect(Kind kind, int place, long id) {
        pending.add(kind, place, id, shared.life());
    }

    /**
     * Takes the reply to the oldest request.
     *
     * @return whether it is an error
     */
    boolean reply(ReplyParser reply, ByteBuf in) {
        tally.answered.increment();
        boolean error = reply.isError();
        if (pending.isEmpty()) {
            violation("a reply that nobody asked for: " + reply.describe(in));
            return error;
        }
        if (error) {
            failed(reply.text(in, 0));
        } else {
            succeeded(reply, in);
        }
        pending.remove();
        return error;
    }

    // --- what went well

    private void succeeded(ReplyParser reply, ByteBuf in) {
        tally.succeeded.increment();
        int slot = pending.place();
        switch (pending.kind()) {
            case HELLO -> require(reply.type(0) == '%', reply, in, "a map");
            case SET -> {
                require(reply.isSimple(in, 0, "OK"), reply, in, "OK");
                acknowledged(slot, pending.id());
            }
            case SET_GET -> {
                checkValue(slot, reply.payload(in, 0), reply, in);
                acknowledged(slot, pending.id());
            }
            case GET -> checkValue(slot, reply.payload(in, 0), reply, in);
            case MGET -> {
                boolean whole = reply.parts() == 1 + Keyspace.SLOTS && reply.type(0) == '*';
                require(whole, reply, in, "an array of each key's value");
                for (int i = 0; whole && i < Keyspace.SLOTS; i++) {
                    checkValue(i, reply.payload(in, i + 1), reply, in);
                }
            }
            case INCR -> checkCount(0, reply, in);
            case ECHO -> {
                tally.checkedValues.increment();
                require(reply.payload(in, 0) == pending.id(), reply, in, Payload.describe(pending.id()));
            }
            case ONCE -> {
                require(reply.isSimple(in, 0, "OK"), reply, in, "OK");
                tally.acknowledgedWrites.increment();
                shared.writeOnce().note(slot, WriteOnce.ACKNOWLEDGED);
            }
            case MULTI -> {
                require(reply.isSimple(in, 0, "OK"), reply, in, "OK");
                transactionBegan = true;
                transactionWhole = true;
            }
            case QUEUED_SET, QUEUED_INCR -> {
                require(reply.isSimple(in, 0, "QUEUED"), reply, in, "QUEUED");
                require(transactionBegan, reply, in, "an error, since there is no transaction");
            }
            case EXEC -> executed(reply, in);
        }
    }

    private void executed(ReplyParser reply, ByteBuf in) {
        boolean whole = reply.type(0) == '*' && reply.number(0) == 2 && reply.parts() == 3;
        require(
                whole && transactionBegan && transactionWhole,
                reply,
                in,
                transactionWhole ? "two results" : "an error");
        if (whole) {
            require(reply.isSimple(in, 1, "OK"), reply, in, "OK");
            acknowledged(pending.place(), pending.id());
            checkCount(2, reply, in);
        }
        transactionBegan = false;
    }

    private void checkValue(int slot, long found, ReplyParser reply, ByteBuf in) {
        tally.checkedValues.increment();
        if (!keys.allows(slot, found)) {
            violation(keys.key(slot) + " must hold " + keys.allowed(slot) + ", but is " + Payload.describe(found) + " ("
                    + reply.describe(in) + ")");
        }
    }

    private void checkCount(int part, ReplyParser reply, ByteBuf in) {
        tally.checkedValues.increment();
        tally.acknowledgedWrites.increment();
        String allowed = keys.allowedCount();
        if (reply.type(part) != ':' || !keys.counted(reply.number(part))) {
            violation(keys.counter() + " was " + allowed + ", but INCR gave " + reply.describe(in));
        }
    }

    private void acknowledged(int slot, long id) {
        tally.acknowledgedWrites.increment();
        keys.acknowledged(slot, id, pending.life());
    }

    // --- what did not

    private void failed(String text) {
        Errors error = Errors.of(text);
        Kind kind = pending.kind();
        tally.error(Errors.kind(text));
        if (error == Errors.UNEXPECTED) {
            violation("unexpected error to " + kind + ": " + text);
        }
        switch (kind) {
            case HELLO, GET, MGET, ECHO -> {
                if (error == Errors.ABORTED || error == Errors.NO_TRANSACTION) {
                    violation("error to " + kind + ": " + text);
                }
            }
            case MULTI -> {
                transactionBegan = false;
                transactionWhole = false;
            }
            case QUEUED_SET, QUEUED_INCR -> transactionWhole = false;
            case EXEC -> {
                if (error == Errors.NO_TRANSACTION && transactionBegan) {
                    violation("a transaction that had begun was forgotten: " + text);
                }
                settle(error == Errors.MAYBE_APPLIED || error == Errors.UNEXPECTED);
                transactionBegan = false;
            }
            default -> settle(error != Errors.NOT_APPLIED);
        }
    }

    /** The oldest request was not acknowledged. */
    private void settle(boolean maybe) {
        Kind kind = pending.kind();
        (maybe ? tally.maybeWrites : tally.refusedWrites).increment();
        if (kind == Kind.ONCE) {
            shared.writeOnce().note(pending.place(), maybe ? WriteOnce.MAYBE : WriteOnce.NOT_SENT);
        } else if (maybe) {
            if (kind != Kind.INCR) {
                keys.maybe(pending.place(), pending.id(), shared.life());
            }
            if (kind == Kind.INCR || kind == Kind.EXEC) {
                keys.maybeCounted();
            }
        }
    }

    /** The connection is gone: what was not answered may have been applied, and may yet be. The keys are used no more. */
    void abandon(Keyspace next) {
        tally.abandoned.add(pending.size());
        for (; !pending.isEmpty(); pending.remove()) {
            switch (pending.kind()) {
                case SET, SET_GET, INCR, ONCE, EXEC -> settle(true);
                default -> {}
            }
        }
        transactionBegan = false;
        keys = next;
    }

    private void require(boolean right, ReplyParser reply, ByteBuf in, String expected) {
        if (!right) {
            violation("the reply to " + pending.kind() + " must be " + expected + ", but is " + reply.describe(in));
        }
    }

    void violation(String words) {
        tally.violation("client " + client + ": " + words);
    }
}
