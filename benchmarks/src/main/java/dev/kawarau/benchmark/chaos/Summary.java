package dev.kawarau.benchmark.chaos;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came out of a run.
 *
 * @param keys looked up in the store at the end
 * @param kills of the server
 */
record Summary(
        ChaosOptions options,
        Tally tally,
        Peaks peaks,
        Footprint before,
        Footprint after,
        long keys,
        int kills,
        long nanos) {

    boolean isClean() {
        return tally.violations() == 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        line(text, "seed", options.seed() + (options.transparent() ? ", transparent" : ", shared"));
        line(text, "time", String.format(Locale.ROOT, "%.0f s", nanos / 1e9));
        line(text, "clients", number(options.clients()) + " at once, " + number(tally.connections) + " connections");
        line(
                text,
                "commands",
                number(tally.sent) + " sent, " + number(tally.succeeded) + " succeeded, "
                        + number(Tally.sum(tally.errors()))
                        + " errors, " + number(tally.abandoned)
                        + " given up with their connections");
        line(
                text,
                "writes",
                number(tally.acknowledgedWrites) + " acknowledged, " + number(tally.maybeWrites) + " perhaps applied, "
                        + number(tally.refusedWrites) + " not applied");
        line(
                text,
                "checked",
                number(tally.checkedValues) + " values in replies, " + number(keys) + " keys in the store");
        line(text, "faults", number(Tally.sum(tally.faults())) + " of the server");
        counts(text, tally.faults());
        line(text, "", number(Tally.sum(tally.clientFaults())) + " of clients");
        counts(text, tally.clientFaults());
        line(text, "errors", number(Tally.sum(tally.errors())));
        counts(text, tally.errors());
        line(text, "received", Footprint.megabytes(tally.bytes.sum()));
        line(text, "at most", peaks.toString());
        line(text, "before", before.toString());
        line(text, "after", after.toString());
        line(text, "violations", number(tally.violations()));
        tally.told().forEach(violation -> text.append("    ").append(violation).append('\n'));
        return text.toString();
    }

    private static void counts(StringBuilder text, Map<String, LongAdder> counts) {
        counts.forEach(
                (what, count) -> text.append(String.format(Locale.ROOT, "%12s  %,12d  %s%n", "", count.sum(), what)));
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-12s  %s%n", name, value));
    }

    private static String number(LongAdder number) {
        return number(number.sum());
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
