package dev.kawarau.transform.consistency;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One part of a request. It asks all replicas for their version of the key and waits for a read quorum: that shows every
 * write that was acknowledged before. A write then stores its value under a higher stamp, and a read whatever version is
 * the highest unless enough replicas are known to have it; both wait for a write quorum. This is the register of Attiya,
 * Bar-Noy and Dolev, for many writers. Confined to the loop.
 */
final class Operation {
    /** Told once, of one of the two. */
    interface Outcome {
        void done(@Nullable Version found, @Nullable Failure failure);
    }

    private enum State {
        WAITING,
        ASKING,
        STORING,
        DONE
    }

    /** What a request takes besides its bytes while a replica owes the answer, about. */
    static final long OVERHEAD = 300;

    private final Quorum quorum;
    private final List<Replica> replicas;
    private final Message request;
    private final Part part;
    private final Outcome outcome;
    private final @Nullable Version[] versions;
    private final boolean[] holds;
    private final boolean[] missedStore;
    private final long[] owed;
    private final ScheduledFuture<?> deadline;
    private State state = State.WAITING;
    private int answers;
    private int unasked;
    private int unstored;
    private boolean mayBeStored;
    private boolean succeeded;
    private @Nullable Version newest;
    private @Nullable Mutation mutation;
    private String lastMiss = "";

    Operation(Quorum quorum, List<Replica> replicas, Message request, Part part, Outcome outcome) {
        this.quorum = quorum;
        this.replicas = replicas;
        this.request = request;
        this.part = part;
        this.outcome = outcome;
        this.versions = new @Nullable Version[replicas.size()];
        this.holds = new boolean[replicas.size()];
        this.missedStore = new boolean[replicas.size()];
        this.owed = new long[replicas.size()];
        this.deadline = request.session().loop().schedule(this::timeIsOut, quorum.timeoutNanos(), TimeUnit.NANOSECONDS);
    }

    Object key() {
        return part.key();
    }

    boolean isWaiting() {
        return state == State.WAITING;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** Begins; what comes before it on the same key is done. */
    void start() {
        state = State.ASKING;
        unasked = replicas.size();
        try {
            Message question = part.question(request);
            for (int i = 0; i < replicas.size(); i++) {
                send(i, question, part::version, this::answered);
            }
        } catch (RuntimeException broken) {
            fail(new Failure(Failure.Kind.INVALID, "the request cannot be carried out", mayBeStored, broken));
        }
    }

    /** What comes of one request to one replica: what it said, or null if that was nothing or an error. */
    private interface Heard<T> {
        void from(int replica, @Nullable T said);
    }

    private <T> void send(int to, Message message, Function<Message, T> reader, Heard<T> heard) {
        Replica replica = replicas.get(to);
        if (replica.isBehind()) {
            miss(to, "owes too many answers already");
            heard.from(to, null);
            return;
        }
        long bytes = message.size() + OVERHEAD;
        owes(to, bytes);
        replica.send(message).whenDone((response, failure) -> {
            owes(to, -bytes);
            T said = response == null ? null : read(to, response, reader);
            if (response == null) {
                notHeard(to, failure);
            }
            try {
                heard.from(to, said);
            } catch (RuntimeException broken) {
                fail(new Failure(Failure.Kind.INVALID, "the request cannot be carried out", mayBeStored, broken));
            }
            if (said != null) {
                replica.reached(request);
            }
        });
    }

    private <T> @Nullable T read(int replica, Message response, Function<Message, T> reader) {
        try {
            return reader.apply(response);
        } catch (RuntimeException refused) {
            mayBeStored |= state == State.STORING;
            miss(replica, refused.getMessage());
            return null;
        }
    }

    private void notHeard(int replica, @Nullable Throwable failure) {
        boolean unsent = failure instanceof Failure known && !known.maybeApplied();
        mayBeStored |= state == State.STORING && !unsent;
        miss(replica, failure instanceof Failure ? failure.getMessage() : String.valueOf(failure));
    }

    /** What is owed to somebody who no longer waits counts against the replica. */
    private void owes(int replica, long bytes) {
        if (state == State.DONE) {
            replicas.get(replica).late(bytes);
        } else {
            owed[replica] += bytes;
        }
    }

    private void miss(int replica, @Nullable String why) {
        replicas.get(replica).meters().missed().increment();
        // What that did to the one request is not what became of the operation.
        String words = String.valueOf(why);
        int effect = words.indexOf("; ");
        lastMiss = "replica " + (replica + 1) + ": " + (effect < 0 ? words : words.substring(0, effect));
    }

    // --- the first round: which versions are there

    private void answered(int replica, @Nullable Version version) {
        unasked--;
        if (version == null) {
            if (state == State.ASKING && answers + unasked < quorum.reads()) {
                fail(missed(Failure.Kind.UNAVAILABLE, answers, quorum.reads(), "answered", false));
            }
            return;
        }
        quorum.clock().witness(version.stamp());
        answers++;
        versions[replica] = version;
        if (state == State.ASKING) {
            if (answers == quorum.reads()) {
                decide();
            }
        } else if (!part.isWrite()) {
            answeredLate(replica, version);
        }
    }

    private void answeredLate(int replica, Version version) {
        if (state == State.STORING && mutation != null && !version.stamp().isBefore(mutation.stamp())) {
            held(replica);
        } else if (state == State.DONE && !spreadIfNewer(version)) {
            repairIfStale(replica);
        }
    }

    /** A write that is under way, or that failed and came to some replicas only: the others are to have it too. */
    private boolean spreadIfNewer(Version version) {
        if (newest == null || !newest.stamp().isBefore(version.stamp())) {
            return false;
        }
        newest = version;
        mutation = null;
        for (int i = 0; i < versions.length; i++) {
            repairIfStale(i);
        }
        return true;
    }

    private void decide() {
        Version found = highest();
        newest = found;
        if (part.isWrite()) {
            store(part.mutation(quorum.clock().next(found.stamp())));
            return;
        }
        for (int i = 0; i < holds.length; i++) {
            Version version = versions[i];
            // What has no stamp is no write of anybody's, and every replica has as much.
            holds[i] = found.stamp().equals(Stamp.NONE)
                    || (version != null && version.stamp().equals(found.stamp()));
        }
        if (holders() >= quorum.writes()) {
            succeed();
        } else {
            quorum.meters().writeBacks.increment();
            store(found.repair());
        }
    }

    private Version highest() {
        Version highest = null;
        for (Version version : versions) {
            if (version != null && (highest == null || isHigher(version, highest))) {
                highest = version;
            }
        }
        if (highest == null) {
            throw new IllegalStateException("no replica answered");
        }
        return highest;
    }

    private static boolean isHigher(Version version, Version than) {
        int order = version.stamp().compareTo(than.stamp());
        return order > 0 || (order == 0 && version.outranks(than));
    }

    // --- the second round: a version is stored

    private void store(Mutation stored) {
        state = State.STORING;
        mutation = stored;
        Message message = stored.message(request);
        boolean[] held = holds.clone();
        unstored = replicas.size() - holders();
        for (int i = 0; i < held.length; i++) {
            if (!held[i]) {
                if (!part.isWrite() && versions[i] != null) {
                    countRepair(i);
                }
                send(i, message, quorum.versioning()::stored, this::stored);
            }
        }
    }

    private void stored(int replica, @Nullable Stamp stamp) {
        unstored--;
        if (stamp != null) {
            quorum.clock().witness(stamp);
            held(replica);
            return;
        }
        missedStore[replica] = true;
        if (state == State.DONE) {
            hint(replica);
        } else if (state == State.STORING && holders() + unstored < quorum.writes()) {
            fail(missed(Failure.Kind.UNAVAILABLE, holders(), quorum.writes(), stores(), isPerhapsStored()));
        }
    }

    private void held(int replica) {
        holds[replica] = true;
        if (state == State.STORING && holders() >= quorum.writes()) {
            succeed();
        }
    }

    private boolean isPerhapsStored() {
        return mayBeStored || unstored > 0 || holders() > 0;
    }

    private int holders() {
        int count = 0;
        for (boolean one : holds) {
            count += one ? 1 : 0;
        }
        return count;
    }

    private String stores() {
        return part.isWrite() ? "stored the write" : "have the value that was found";
    }

    // --- the end

    private void succeed() {
        succeeded = true;
        end();
        Version found = newest;
        for (int i = 0; i < versions.length; i++) {
            hint(i);
            repairIfStale(i);
        }
        if (!part.isWrite()) {
            // What was answered too late to be read, while what was found was stored.
            spreadIfNewer(highest());
        }
        outcome.done(found, null);
    }

    private void fail(Failure failure) {
        if (state == State.DONE) {
            return;
        }
        end();
        outcome.done(null, failure);
    }

    private void end() {
        state = State.DONE;
        deadline.cancel(false);
        for (int i = 0; i < owed.length; i++) {
            replicas.get(i).late(owed[i]);
        }
    }

    private void timeIsOut() {
        switch (state) {
            case STORING -> fail(missed(Failure.Kind.TIMEOUT, holders(), quorum.writes(), stores(), isPerhapsStored()));
            case ASKING -> fail(missed(Failure.Kind.TIMEOUT, answers, quorum.reads(), "answered", false));
            case WAITING ->
                fail(new Failure(
                        Failure.Kind.TIMEOUT,
                        "earlier commands on the same key took all of the " + seconds()
                                + " s; the command was not sent"));
            case DONE -> {}
        }
    }

    private Failure missed(Failure.Kind kind, int count, int needed, String what, boolean perhaps) {
        boolean write = part.isWrite();
        (write ? quorum.meters().writesMissed : quorum.meters().readsMissed).increment();
        String effect = !write
                ? "nothing was changed"
                : perhaps ? "the write may have been applied" : "the write was not applied";
        String words = count + " of " + replicas.size() + " replicas " + what + ", and " + needed + " must"
                + (kind == Failure.Kind.TIMEOUT ? ", within " + seconds() + " s" : "") + "; " + effect
                + (lastMiss.isEmpty() ? "" : " (" + lastMiss + ")");
        return new Failure(kind, words, write && perhaps, null);
    }

    private String seconds() {
        double seconds = quorum.timeoutNanos() / 1e9;
        return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
    }

    /** Nobody waits for the replica any more, but it is to have the write. */
    private void hint(int replica) {
        if (succeeded && part.isWrite() && missedStore[replica] && mutation != null) {
            missedStore[replica] = false;
            replicas.get(replica).hints().keep(part.key(), mutation, request);
        }
    }

    private void repairIfStale(int replica) {
        Version version = versions[replica];
        // With a mutation there was a second round, which has told it.
        if (mutation != null
                || newest == null
                || version == null
                || !version.stamp().isBefore(newest.stamp())) {
            return;
        }
        countRepair(replica);
        Replica behind = replicas.get(replica);
        if (!behind.isBehind()) {
            Message message = newest.repair().message(request);
            behind.sendAside(message, message.size() + OVERHEAD);
        }
    }

    private void countRepair(int replica) {
        QuorumMeters.OfReplica meters = replicas.get(replica).meters();
        meters.stale().increment();
        meters.repaired().increment();
    }
}
