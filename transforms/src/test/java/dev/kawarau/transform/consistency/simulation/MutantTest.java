package dev.kawarau.transform.consistency.simulation;

import static org.assertj.core.api.Assertions.fail;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.transform.consistency.Mutation;
import dev.kawarau.transform.consistency.Part;
import dev.kawarau.transform.consistency.Plan;
import dev.kawarau.transform.consistency.Stamp;
import dev.kawarau.transform.consistency.Version;
import dev.kawarau.transform.consistency.Versioning;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The simulation has teeth: what the algorithm needs cannot be left out without its finding a key that is not linearizable. */
class MutantTest {
    private static final int SEEDS = Integer.getInteger("simulation.mutants", 500);

    @Test
    void quorumsThatDoNotOverlapAreFound() {
        assertIsFound(new QuorumRun.Mutant(1, 1, UnaryOperator.identity()));
    }

    @Test
    void readsThatDoNotStoreWhatTheyFoundAreFound() {
        assertIsFound(new QuorumRun.Mutant(2, 2, versioning -> new Changed(versioning, Changed::withoutRepair)));
    }

    @Test
    void writesThatTrustTheirOwnClockAreFound() {
        assertIsFound(new QuorumRun.Mutant(2, 2, versioning -> new Changed(versioning, Changed::withoutLearning)));
    }

    private static void assertIsFound(QuorumRun.Mutant mutant) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (String problem : QuorumRun.of(seed, false, mutant).problems()) {
                if (problem.contains("no order explains")) {
                    return;
                }
            }
        }
        fail("no key was found that is not linearizable, under " + SEEDS + " seeds");
    }

    /** A versioning whose parts are changed. */
    private record Changed(Versioning real, UnaryOperator<Part> change) implements Versioning {
        @Override
        public String protocol() {
            return real.protocol();
        }

        @Override
        public Plan plan(Message request, long millis) {
            Plan plan = real.plan(request, millis);
            return plan instanceof Plan.ByKey byKey
                    ? new Plan.ByKey(byKey.parts().stream().map(change).toList(), answer(byKey))
                    : plan;
        }

        private static Function<List<Version>, Message> answer(Plan.ByKey byKey) {
            return found -> byKey.answer()
                    .apply(found.stream()
                            .map(version -> version instanceof Odd odd ? odd.real : version)
                            .toList());
        }

        @Override
        public Stamp stored(Message answer) {
            return answer.bytes().getByte(0) == '*' ? Stamp.NONE : real.stored(answer);
        }

        @Override
        public Reply send(Chain replica, Message request) {
            return real.send(replica, request);
        }

        @Override
        public Duration memory() {
            return real.memory();
        }

        /** What is to be stored by a read is a question, which any replica answers. */
        static Part withoutRepair(Part part) {
            return part.isWrite()
                    ? part
                    : new Other(part, version -> new Odd(version, version.stamp(), new Asking(part, version.stamp())));
        }

        /** A write finds that nothing was there before. */
        static Part withoutLearning(Part part) {
            return part.isWrite() ? new Other(part, version -> new Odd(version, Stamp.NONE, version.repair())) : part;
        }
    }

    private record Other(Part real, UnaryOperator<Version> change) implements Part {
        @Override
        public Object key() {
            return real.key();
        }

        @Override
        public Message question(Message origin) {
            return real.question(origin);
        }

        @Override
        public Version version(Message answer) {
            return change.apply(real.version(answer));
        }

        @Override
        public boolean isWrite() {
            return real.isWrite();
        }

        @Override
        public Mutation mutation(Stamp stamp) {
            return real.mutation(stamp);
        }
    }

    private record Odd(Version real, Stamp stamp, Mutation repair) implements Version {
        @Override
        public boolean outranks(Version other) {
            return other instanceof Odd odd && real.outranks(odd.real);
        }
    }

    private record Asking(Part part, Stamp stamp) implements Mutation {
        @Override
        public Message message(Message origin) {
            return part.question(origin);
        }

        @Override
        public int size() {
            return 0;
        }
    }
}
