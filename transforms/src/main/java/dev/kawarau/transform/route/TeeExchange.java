package dev.kawarau.transform.route;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.transform.route.TeeCounts.Outcome;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that is copied. It is judged when the side that answers has done so, and the other one has too or is given up; its
 * room in the buffer is free when that other one has answered after all. Confined to the session's loop.
 */
final class TeeExchange {
    private static final Logger log = LoggerFactory.getLogger(TeeExchange.class);
    private static final int MOST_SHOWN = 64;

    private final TeeSession session;
    private final Tee tee;
    private final TeeRequest request;
    private final Tee.Side answering;
    private final long deadline;
    private @Nullable Promise verdict;
    private @Nullable Message answer;
    private @Nullable Throwable failure;
    private @Nullable Message otherAnswer;
    private @Nullable Throwable otherFailure;
    private boolean answered;
    private boolean otherGivenUp;
    private boolean otherReturned;
    private boolean judged;
    private int answerBytes;

    /** Its room in the buffer has been taken. */
    TeeExchange(TeeSession session, Tee tee, TeeRequest request, Tee.Side answering, long deadline) {
        this.session = session;
        this.tee = tee;
        this.request = request;
        this.answering = answering;
        this.deadline = deadline;
        request.message().retain();
        tee.counts().underWay(1);
    }

    TeeRequest request() {
        return request;
    }

    /** The side that answers the client. */
    Tee.Side answering() {
        return answering;
    }

    /** When the other side is given up, by the session's clock. */
    long deadline() {
        return deadline;
    }

    /** Takes the reply of the answering side, and gives the client's. */
    Reply follow(Reply reply) {
        if (tee.onMismatch != Tee.OnMismatch.FAIL) {
            return reply.whenDone(this::answered);
        }
        Promise promise = new Promise();
        verdict = promise;
        reply.whenDone(this::answered);
        return promise;
    }

    private void answered(@Nullable Message response, @Nullable Throwable cause) {
        answered = true;
        failure = cause;
        if (response != null) {
            answer = response.retain();
            answerBytes = response.size();
            tee.buffer.add(answerBytes);
        }
        judgeIfDue();
    }

    /** The other side answered. */
    void copied(@Nullable Message response, @Nullable Throwable cause) {
        otherReturned = true;
        if (judged) {
            free();
            session.settled();
        } else if (!otherGivenUp) {
            otherFailure = cause;
            otherAnswer = response == null ? null : response.retain();
            judgeIfDue();
        }
    }

    /** It will not be sent to the other side. */
    void drop() {
        otherReturned = true;
        if (!otherGivenUp) {
            giveUp(Outcome.DROPPED);
        }
    }

    /** The other side took too long. */
    void expire() {
        if (!otherReturned && !otherGivenUp) {
            giveUp(Outcome.TIMED_OUT);
        }
    }

    private void giveUp(Outcome outcome) {
        otherGivenUp = true;
        request.counts().count(outcome);
        otherFailure = new Failure(Failure.Kind.TIMEOUT, "not answered there");
        judgeIfDue();
    }

    private void judgeIfDue() {
        if (judged || !answered || !(otherReturned || otherGivenUp)) {
            return;
        }
        judged = true;
        String difference = difference();
        if (difference != null) {
            mismatch(difference);
        }
        settle(difference);
        boolean astray = isAstray();
        release();
        if (otherReturned) {
            free();
        }
        session.done(this, astray);
    }

    /** In which way the sides differ; null if they do not. */
    private @Nullable String difference() {
        if (failure != null) {
            request.counts().count(answering == Tee.Side.ORIGINAL ? Outcome.FAILED_ORIGINAL : Outcome.FAILED_COPY);
        }
        if (otherFailure != null && !otherGivenUp) {
            request.counts().count(answering == Tee.Side.ORIGINAL ? Outcome.FAILED_COPY : Outcome.FAILED_ORIGINAL);
        }
        if (failure != null || otherFailure != null) {
            boolean one = failure == null || otherFailure == null;
            if (one && request.misses()) {
                request.counts().count(Outcome.MISSED_WRITE);
            }
            return one ? "only one side answered" : null;
        }
        Comparison comparison = compare();
        request.counts()
                .count(
                        switch (comparison.outcome()) {
                            case EQUAL -> Outcome.EQUAL;
                            case DIFFERENT -> Outcome.DIFFERENT;
                            case SKIPPED -> Outcome.SKIPPED;
                        });
        return comparison.outcome() == Comparison.Outcome.DIFFERENT ? comparison.what() : null;
    }

    private Comparison compare() {
        Message original = answering == Tee.Side.ORIGINAL ? answer : otherAnswer;
        Message copy = answering == Tee.Side.ORIGINAL ? otherAnswer : answer;
        if (original == null || copy == null) {
            return Comparison.SKIPPED;
        }
        try {
            return tee.comparator.compare(request.message(), original, copy);
        } catch (RuntimeException thrown) {
            log.warn("the answers to {} could not be compared", request.operation(), thrown);
            return Comparison.SKIPPED;
        }
    }

    private void mismatch(String difference) {
        boolean logs = tee.onMismatch == Tee.OnMismatch.LOG;
        boolean shows = otherFailure == null && request.counts().wantsExample(tee.examples);
        if (logs || shows) {
            String text = request.operation() + ' ' + key() + ": " + difference + values();
            if (shows) {
                request.counts().example(text, tee.examples);
            }
            if (logs) {
                tee.warn(session.client(), text);
            }
        }
        session.mismatch(request.message());
    }

    private String key() {
        List<ByteBuf> keys = request.message().query().keys();
        if (keys.isEmpty()) {
            return "without a key";
        }
        ByteBuf key = keys.get(0);
        return tee.showsValues ? text(key) : String.format("#%016x", TeeSampling.hash(key));
    }

    private String values() {
        if (!tee.showsValues || answer == null || otherAnswer == null) {
            return "";
        }
        return "; " + answering + " " + text(answer.bytes()) + ", " + answering.other() + " "
                + text(otherAnswer.bytes());
    }

    private static String text(ByteBuf bytes) {
        int shown = Math.min(MOST_SHOWN, bytes.readableBytes());
        String text = bytes.toString(bytes.readerIndex(), shown, StandardCharsets.ISO_8859_1);
        return '"' + text.replaceAll("[^ -~]", ".") + '"' + (shown < bytes.readableBytes() ? "..." : "");
    }

    /** Answers the client, if it waits for both sides. */
    private void settle(@Nullable String difference) {
        if (verdict == null) {
            return;
        }
        if (failure != null) {
            verdict.fail(failure);
        } else if (difference != null || answer == null) {
            verdict.fail(new Failure(
                    Failure.Kind.INVALID,
                    "the two sides of the tee do not agree on " + request.operation() + ": " + difference,
                    true,
                    null));
        } else {
            verdict.complete(answer);
        }
    }

    /** Whether the session is not at the same on both sides any more. */
    private boolean isAstray() {
        if (request.changesState()) {
            return answer == null || otherAnswer == null || answer.isError() != otherAnswer.isError();
        }
        return request.joinsTransaction() && otherAnswer == null;
    }

    private void release() {
        request.message().release();
        if (answer != null) {
            answer.release();
            tee.buffer.add(-answerBytes);
        }
        if (otherAnswer != null) {
            otherAnswer.release();
        }
    }

    private void free() {
        tee.counts().underWay(-1);
        tee.buffer.giveBack(request.size());
    }
}
