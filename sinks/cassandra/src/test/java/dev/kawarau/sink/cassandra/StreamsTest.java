package dev.kawarau.sink.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.request.Options;
import dev.kawarau.cql.CqlMessage;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamsTest {
    private final Streams streams = new Streams(200);

    private static Errand errand() {
        return new OwnErrand(CqlMessage.of(4, Options.INSTANCE), answer -> {}, () -> {});
    }

    @Test
    void eachErrandHasAStreamOfItsOwnUntilThereAreNoneLeft() {
        Set<Integer> taken = new HashSet<>();
        while (streams.areLeft()) {
            Errand errand = errand();
            streams.take(errand);
            assertThat(taken.add(errand.stream())).isTrue();
        }
        assertThat(taken).hasSize(200).allMatch(stream -> stream >= 0 && stream < 200);
    }

    @Test
    void aStreamIsFreeAgainWhenTheServerHasAnsweredOnIt() {
        Errand first = errand();
        streams.take(first);
        assertThat(streams.answered(first.stream())).isSameAs(first);
        assertThat(streams.isTaken(first.stream())).isFalse();
        Errand second = errand();
        streams.take(second);
        assertThat(second.stream()).isEqualTo(first.stream());
    }

    @Test
    void aStreamWhoseErrandRanOutOfTimeIsNotUsedUntilTheLateAnswerHasCome() {
        Streams one = new Streams(1);
        Errand late = errand();
        one.take(late);
        one.orphan(late);

        assertThat(one.areLeft()).isFalse();
        assertThat(one.orphans()).isEqualTo(1);
        assertThat(one.answered(late.stream())).isSameAs(Orphan.ORPHAN);
        assertThat(one.areLeft()).isTrue();
        assertThat(one.orphans()).isZero();
    }

    @Test
    void anAnswerThatNobodyAskedForIsTold() {
        assertThat(streams.isTaken(0)).isFalse();
        assertThat(streams.isTaken(-1)).isFalse();
        assertThat(streams.isTaken(32_767)).isFalse();
    }
}
