package dev.kawarau.testkit.history;

import dev.kawarau.testkit.history.RegisterHistory.Access;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the accesses to one key can be put into an order in which each takes effect between its beginning and its end and
 * every read finds what was written last. The search of Wing and Gong, with Lowe's memory of where it has been: it takes the
 * accesses in every order that their times allow, and goes on from a set of them and a value only once.
 */
public final class RegisterChecker {
    private static final int MOST_SHOWN = 30;

    /** The beginning or the end of an access, in a list that what took effect is taken out of. */
    private static final class Moment {
        final int access;
        final long time;
        final @Nullable Moment end;
        Moment previous = this;
        Moment next = this;

        Moment(int access, long time, @Nullable Moment end) {
            this.access = access;
            this.time = time;
            this.end = end;
        }

        void append(Moment moment) {
            moment.previous = previous;
            moment.next = this;
            previous.next = moment;
            previous = moment;
        }

        private void out() {
            previous.next = next;
            next.previous = previous;
        }

        private void in() {
            previous.next = this;
            next.previous = this;
        }

        void lift() {
            out();
            Objects.requireNonNull(end).out();
        }

        void unlift() {
            Objects.requireNonNull(end).in();
            in();
        }
    }

    private record Place(BitSet done, int value) {}

    private record Step(Moment begin, int valueBefore) {}

    private final List<Access> accesses;
    private final int[] values;
    private final Moment list = new Moment(-1, 0, null);
    private final Set<Place> been = new HashSet<>();
    private int most;

    private RegisterChecker(List<Access> accesses) {
        this.accesses = accesses;
        this.values = new int[accesses.size()];
        Map<@Nullable String, Integer> numbers = new HashMap<>();
        numbers.put(null, 0);
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            Access access = accesses.get(i);
            Integer number = numbers.get(access.value);
            if (number == null) {
                number = numbers.size();
                numbers.put(access.value, number);
            }
            values[i] = number;
            Moment end = new Moment(i, access.ended, null);
            moments.add(new Moment(i, access.began, end));
            moments.add(end);
        }
        moments.sort(Comparator.comparingLong(moment -> moment.time));
        moments.forEach(list::append);
    }

    /**
     * Checks one key, which held nothing before.
     *
     * @return null if all is well, else what was wrong
     */
    public static @Nullable String check(List<Access> all) {
        List<Access> accesses = relevant(all);
        RegisterChecker checker = new RegisterChecker(accesses);
        return checker.search() ? null : checker.describe();
    }

    /**
     * Without what says nothing: reads that found nothing out, writes that had no effect, and writes that may have had one
     * if nobody saw it, since an order with them is one without them too.
     */
    private static List<Access> relevant(List<Access> all) {
        Set<@Nullable String> seen = new HashSet<>();
        for (Access access : all) {
            if (!access.isWrite && access.isKnown) {
                seen.add(access.value);
            }
        }
        return all.stream()
                .filter(access -> !access.isVoid)
                .filter(access -> access.isKnown || (access.isWrite && seen.contains(access.value)))
                .collect(Collectors.toList());
    }

    private boolean search() {
        ArrayDeque<Step> steps = new ArrayDeque<>();
        BitSet done = new BitSet(values.length);
        int value = 0;
        Moment at = list.next;
        while (list.next != list) {
            if (at.end != null) {
                if (takesEffect(at, value)) {
                    int after = values[at.access];
                    BitSet then = (BitSet) done.clone();
                    then.set(at.access);
                    if (been.add(new Place(then, after))) {
                        steps.push(new Step(at, value));
                        most = Math.max(most, steps.size());
                        value = after;
                        done = then;
                        at.lift();
                        at = list.next;
                        continue;
                    }
                }
                at = at.next;
            } else if (steps.isEmpty()) {
                return false;
            } else {
                // An access ends here that has not taken effect: the last step was wrong.
                Step last = steps.pop();
                done = (BitSet) done.clone();
                done.clear(last.begin.access);
                value = last.valueBefore;
                last.begin.unlift();
                at = last.begin.next;
            }
        }
        return true;
    }

    private boolean takesEffect(Moment begin, int value) {
        return accesses.get(begin.access).isWrite || values[begin.access] == value;
    }

    private String describe() {
        List<String> shown = new ArrayList<>();
        for (int i = Math.max(0, most - MOST_SHOWN / 2); i < accesses.size() && shown.size() < MOST_SHOWN; i++) {
            shown.add(accesses.get(i).toString());
        }
        return "no order explains what clients saw: at most " + most + " of " + accesses.size()
                + " accesses can be put in one; around there:\n    " + String.join("\n    ", shown);
    }
}
