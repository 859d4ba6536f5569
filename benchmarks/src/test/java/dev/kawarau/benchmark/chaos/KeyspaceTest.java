package dev.kawarau.benchmark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The chaos is worth nothing if what it compares with allows what is wrong. */
class KeyspaceTest {
    private static final long FIRST = Payload.id(1, 20, 1);
    private static final long SECOND = Payload.id(1, 20, 2);

    private final Keyspace keys = new Keyspace(1, 0);

    @Test
    void anAcknowledgedValueReplacesTheOneBefore() {
        keys.acknowledged(0, FIRST, 0);
        keys.acknowledged(0, SECOND, 0);

        assertThat(keys.allows(0, SECOND)).isTrue();
        assertThat(keys.allows(0, FIRST)).isFalse();
        assertThat(keys.allows(0, Payload.NIL)).isFalse();
        assertThat(keys.allows(1, SECOND)).isFalse();
    }

    @Test
    void aValueThatMayHaveBeenAppliedMayArriveLateButNotInALaterLifeOfTheServer() {
        keys.maybe(0, FIRST, 3);
        keys.acknowledged(0, SECOND, 3);
        assertThat(keys.allows(0, FIRST)).isTrue();

        keys.acknowledged(0, SECOND, 4);
        assertThat(keys.allows(0, FIRST)).isFalse();
    }

    @Test
    void aCounterGoesUpByOneForEachAcknowledgementAndAtMostOneForEachDoubt() {
        assertThat(keys.counted(1)).isTrue();
        keys.maybeCounted();
        assertThat(keys.counted(3)).isTrue();
        assertThat(keys.counted(3)).isFalse();
        assertThat(keys.allowsCount(5)).isFalse();
    }
}
