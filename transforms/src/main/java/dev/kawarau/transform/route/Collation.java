package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The ways to collate that know no protocol. */
enum Collation implements Collate {
    FIRST {
        @Override
        public boolean isEnough(Message request, List<Answer> answers) {
            for (Answer answer : answers) {
                if (!answer.isError()) {
                    return !answer.isPending();
                }
            }
            return false;
        }

        @Override
        public Message collate(Message request, List<Answer> answers) {
            return anyOf(request, answers);
        }
    },
    FASTEST {
        @Override
        public boolean isEnough(Message request, List<Answer> answers) {
            for (Answer answer : answers) {
                if (!answer.isPending() && !answer.isError()) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public Message collate(Message request, List<Answer> answers) {
            return anyOf(request, answers);
        }
    },
    ALL {
        @Override
        public Message collate(Message request, List<Answer> answers) {
            for (Answer answer : answers) {
                if (answer.isError()) {
                    return error(request, answers);
                }
            }
            return anyOf(request, answers);
        }
    };

    /** The first in order that is no error. */
    private static Message anyOf(Message request, List<Answer> answers) {
        for (Answer answer : answers) {
            Message response = answer.response();
            if (response != null && !response.isError()) {
                return response;
            }
        }
        return error(request, answers);
    }

    /** The first error in order, as the database has it, or thrown. */
    private static Message error(Message request, List<Answer> answers) {
        for (Answer answer : answers) {
            Message response = answer.response();
            if (response != null && response.isError()) {
                return response;
            }
            if (answer.failure() instanceof Failure failure) {
                throw failed(request, answer, failure, answers);
            }
            if (answer.failure() != null) {
                throw new IllegalStateException("chain \"" + answer.chain() + "\" failed", answer.failure());
            }
        }
        throw new IllegalStateException("no chain failed");
    }

    private static Failure failed(Message request, Answer failed, Failure failure, List<Answer> answers) {
        boolean elsewhere = false;
        boolean reads = request.query().kind() == Query.Kind.READ;
        for (Answer answer : answers) {
            elsewhere |= !reads && !answer.chain().equals(failed.chain()) && mayHaveApplied(answer);
        }
        return new Failure(
                failure.kind(),
                failed.chain() + ": " + failure.getMessage()
                        + (elsewhere ? "; other chains may have carried it out" : ""),
                failure.maybeApplied() || elsewhere,
                failure);
    }

    private static boolean mayHaveApplied(Answer answer) {
        @Nullable Throwable failure = answer.failure();
        return failure == null ? !answer.isError() : !(failure instanceof Failure known) || known.maybeApplied();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
