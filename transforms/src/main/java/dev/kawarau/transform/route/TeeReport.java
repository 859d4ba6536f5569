package dev.kawarau.transform.route;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Tee} has seen so far; a copy, for any thread.
 *
 * @param answering the side that answers clients
 * @param sessionsBehind sessions that still get their answers from the other side, since they have a transaction or a
 *     subscription there, or wait for an answer
 * @param underWay copies without an answer as yet
 * @param underWayBytes memory that they hold, with the responses that wait for theirs
 * @param operations the counts of each operation, sorted by name
 */
public record TeeReport(
        Tee.Side answering, int sessionsBehind, long underWay, long underWayBytes, Map<String, Operation> operations) {

    /** A report; the map is copied by whoever makes it. */
    public TeeReport {
        operations = Collections.unmodifiableMap(operations);
    }

    /**
     * The counts of one operation, such as {@code GET}.
     *
     * @param equal both sides answered, and the same
     * @param different both sides answered, and not the same
     * @param skipped both sides answered, and the comparator does not compare such answers
     * @param failedOriginal the original's side gave no answer
     * @param failedCopy the copy's side gave no answer
     * @param timedOut the side that does not answer clients gave no answer in time
     * @param dropped not copied, since there was no room or the session's state was lost on that side
     * @param missedWrites writes that one side may not have: dropped, failed or timed out there, or not copied since they
     *     may block. What they wrote differs until it is written again.
     * @param examples the first differences, without data unless that was asked for
     */
    public record Operation(
            long equal,
            long different,
            long skipped,
            long failedOriginal,
            long failedCopy,
            long timedOut,
            long dropped,
            long missedWrites,
            List<String> examples) {

        /** Both sides answered, and the answers were compared. */
        public long compared() {
            return equal + different;
        }

        private Operation plus(Operation other) {
            return new Operation(
                    equal + other.equal,
                    different + other.different,
                    skipped + other.skipped,
                    failedOriginal + other.failedOriginal,
                    failedCopy + other.failedCopy,
                    timedOut + other.timedOut,
                    dropped + other.dropped,
                    missedWrites + other.missedWrites,
                    List.of());
        }
    }

    /** The counts of an operation; all zero if there were none. */
    public Operation operation(String name) {
        Operation found = operations.get(name);
        return found != null ? found : none();
    }

    /** The sum over all operations, without examples. */
    public Operation total() {
        return operations.values().stream().reduce(none(), Operation::plus);
    }

    private static Operation none() {
        return new Operation(0, 0, 0, 0, 0, 0, 0, 0, List.of());
    }

    /** A table for people, a line for each operation, and below it the examples. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                "%s answers; %d sessions behind, %d copies under way%n%-20s %10s %10s %10s %10s %10s %10s %10s%n",
                answering,
                sessionsBehind,
                underWay,
                "operation",
                "equal",
                "different",
                "skipped",
                "failed",
                "timed out",
                "dropped",
                "missed"));
        operations.forEach((name, o) -> text.append(String.format(
                "%-20s %10d %10d %10d %10d %10d %10d %10d%n",
                name,
                o.equal,
                o.different,
                o.skipped,
                o.failedOriginal + o.failedCopy,
                o.timedOut,
                o.dropped,
                o.missedWrites)));
        if (total().missedWrites > 0) {
            text.append(String.format(
                    "the two sides are not the same: %d writes may be missing on one%n", total().missedWrites));
        }
        operations
                .values()
                .forEach(o -> o.examples.forEach(example -> text.append(example).append('\n')));
        return text.toString();
    }
}
