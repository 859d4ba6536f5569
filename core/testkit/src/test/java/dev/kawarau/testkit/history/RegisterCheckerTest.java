package dev.kawarau.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.history.RegisterHistory.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The checker lets what is linearizable pass, and nothing else. */
class RegisterCheckerTest {
    private final RegisterHistory history = new RegisterHistory();

    private Access write(String client, @Nullable String value) {
        return history.write("k", client, value);
    }

    private void wrote(String client, @Nullable String value) {
        write(client, value).done();
    }

    private void found(String client, @Nullable String value) {
        history.read("k", client).found(value);
    }

    private void isWell() {
        assertThat(history.violations()).isEmpty();
    }

    private void isWrong() {
        assertThat(history.violations())
                .hasSize(1)
                .allSatisfy(text -> assertThat(text).startsWith("key k: no order explains"));
    }

    @Test
    void oneAfterTheOther() {
        found("a", null);
        wrote("a", "1");
        found("b", "1");
        wrote("b", null);
        found("a", null);
        isWell();
    }

    @Test
    void anAcknowledgedWriteIsNotLost() {
        wrote("a", "1");
        wrote("b", "2");
        found("a", "1");
        isWrong();
    }

    @Test
    void aWriteThatIsUnderWayMayBeSeenOrNot() {
        wrote("a", "1");
        Access two = write("b", "2");
        found("a", "1");
        found("a", "2");
        two.done();
        found("c", "2");
        isWell();
    }

    @Test
    void whatWasSeenOnceStaysSeen() {
        wrote("a", "1");
        Access two = write("b", "2");
        found("a", "2");
        found("c", "1");
        two.done();
        isWrong();
    }

    @Test
    void aWriteThatFailedMayTakeEffectLate() {
        wrote("a", "1");
        write("b", "2");
        wrote("a", "3");
        found("c", "3");
        found("c", "2");
        isWell();
    }

    @Test
    void aWriteThatFailedTakesEffectOnceOnly() {
        wrote("a", "1");
        write("b", "2");
        found("c", "2");
        wrote("a", "3");
        found("c", "3");
        found("c", "2");
        isWrong();
    }

    @Test
    void aWriteWithoutEffectIsNeverSeen() {
        write("a", "1").hadNoEffect();
        found("b", "1");
        isWrong();
    }

    @Test
    void aValueThatNobodyWroteIsNeverSeen() {
        found("b", "1");
        isWrong();
    }

    @Test
    void writesAtOnceHaveOneOrderForAllReaders() {
        Access one = write("a", "1");
        Access two = write("b", "2");
        one.done();
        two.done();
        found("c", "1");
        found("d", "2");
        isWrong();
    }

    @Test
    void keysAreCheckedEachForItself() {
        wrote("a", "1");
        history.read("other", "a").found(null);
        isWell();
    }

    /** A register that is one: accesses take effect at a moment between their beginning and their end. */
    @Test
    void aRealRegisterIsLinearizableAndOneThatForgetsIsNot() {
        int found = 0;
        for (long seed = 1; seed <= 200; seed++) {
            assertThat(violations(seed, 8, false)).as("seed %d", seed).isEmpty();
            found += violations(seed, 3, true).size();
        }
        // Whether a forgotten write shows is a matter of luck, but not of so much.
        assertThat(found).isGreaterThan(50);
    }

    /** On small histories of any kind, good and bad, it agrees with a search that tries every order. */
    @Test
    void itAgreesWithASearchThatTriesEveryOrder() {
        int bad = 0;
        for (long seed = 1; seed <= 10_000; seed++) {
            List<Access> accesses = small(new SplittableRandom(seed));
            boolean explained = isExplained(accesses, new ArrayList<>(), null);
            bad += explained ? 0 : 1;
            assertThat(RegisterChecker.check(accesses) == null)
                    .as("seed %d: %s", seed, accesses)
                    .isEqualTo(explained);
        }
        assertThat(bad).isBetween(500, 9_500);
    }

    private static List<Access> small(SplittableRandom random) {
        RegisterHistory history = new RegisterHistory();
        List<Access> open = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            String value = random.nextInt(5) == 0 ? null : "v" + random.nextInt(3);
            open.add(random.nextBoolean() ? history.write("k", "c", value) : history.read("k", "c"));
            while (!open.isEmpty() && random.nextInt(5) > 0) {
                Access ending = open.remove(random.nextInt(open.size()));
                if (!ending.isWrite) {
                    ending.found(random.nextInt(4) == 0 ? null : "v" + random.nextInt(3));
                } else if (random.nextInt(4) > 0) {
                    ending.done();
                }
            }
        }
        return history.take("k");
    }

    /** Whether what is left can follow what was taken; accesses that may not have happened may be left out. */
    private static boolean isExplained(List<Access> left, List<Access> taken, @Nullable String value) {
        if (left.stream().noneMatch(access -> access.isKnown)) {
            return true;
        }
        for (Access next : left) {
            boolean mayBeNext = left.stream().noneMatch(other -> other.isKnown && other.ended < next.began);
            boolean fits = next.isWrite || (next.isKnown && Objects.equals(next.value, value));
            if (mayBeNext && fits) {
                List<Access> rest = new ArrayList<>(left);
                rest.remove(next);
                taken.add(next);
                if (isExplained(rest, taken, next.isWrite ? next.value : value)) {
                    return true;
                }
                taken.remove(next);
            }
        }
        return false;
    }

    private static List<String> violations(long seed, int atOnce, boolean forgets) {
        SplittableRandom random = new SplittableRandom(seed);
        RegisterHistory history = new RegisterHistory();
        List<Access> begun = new ArrayList<>();
        List<Access> effective = new ArrayList<>();
        List<@Nullable String> found = new ArrayList<>();
        String value = null;
        for (int i = 0; i < 400; i++) {
            int choice = random.nextInt(3);
            if (choice == 0 && begun.size() + effective.size() < atOnce) {
                begun.add(
                        random.nextBoolean()
                                ? history.write("k", "c", random.nextInt(8) == 0 ? null : "v" + i)
                                : history.read("k", "c"));
            } else if (choice == 1 && !begun.isEmpty()) {
                Access next = begun.remove(random.nextInt(begun.size()));
                boolean lost = forgets && random.nextInt(10) == 0;
                value = next.isWrite && !lost ? next.value : value;
                effective.add(next);
                found.add(value);
            } else if (choice == 2 && !effective.isEmpty()) {
                int which = random.nextInt(effective.size());
                Access next = effective.remove(which);
                String read = found.remove(which);
                if (next.isWrite && random.nextInt(10) > 0) {
                    next.done();
                } else if (!next.isWrite) {
                    next.found(read);
                }
            }
        }
        return history.violations();
    }
}
