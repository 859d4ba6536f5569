package dev.kawarau.transform.observe;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.transform.observe.ReplayRun.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * Sends again what a {@link Capture} kept, down any chain. Works for every protocol.
 *
 * <pre>{@code
 * Replay replay = Replay.of(Path.of("/var/tmp/orders.raw")).speed(2).start(
 *         (address, chain) -> RespListener.on(address).serve(chain), anotherRedis);
 * System.out.println(replay.report().toCompletableFuture().get(10, MINUTES));
 * }</pre>
 *
 * <p>Each captured session has a session here, in which requests are sent in their order. One is sent when all are answered that
 * had been answered when it came, and those before it that are about the session, such as SELECT, PREPARE or MULTI. Sessions go
 * on beside each other, in the captured times or {@linkplain Builder#unpaced as fast as answers come}; what they did to the same
 * data meanwhile comes in much the same order, and in no certain one.
 *
 * <p><b>Not sent</b> is what was captured without its bytes: credentials and all that may hold some, so the sink's own are needed
 * where the database asks for any. HELLO is of these, so what speaks RESP3 is answered in RESP2. What was not captured, as the
 * capture began later or had no room, is missing; what counts on it may fail.
 *
 * <p><b>CQL:</b> serve by {@code CqlListener.on(address).plainFrames()}, since requests are kept without segments and
 * compression, in their version and with their streams; sessions that were past the handshake when the capture began are taken
 * as such. Prepared ids are those of the capture: Cassandra derives them from the keyspace and the text, so PREPARE in the
 * capture, or one that anybody sent to the same database, makes them known. EXECUTE of any other statement is answered with
 * UNPREPARED, an error. Timestamps of requests are those of then.
 *
 * <p>A file is not trusted: no length in it is believed, and what is no capture ends the replay with an exception that names the
 * file and the byte.
 *
 * <p>Thread-safe. A thread of its own reads the files; {@link #close} ends the replay before its time.
 */
public final class Replay implements AutoCloseable {
    private final ReplayRun run;

    private Replay(ReplayRun run) {
        this.run = run;
    }

    /**
     * What came of a replay.
     *
     * @param sent requests that were sent
     * @param answered those that were answered, be it by an error or a failure
     * @param errors those that the database answered with an error
     * @param failures those that failed without a response
     * @param differing those that went well and had not, or the other way round
     * @param unanswered those that had no answer in time, or whose session was disconnected; such a session ends
     * @param skipped captured requests that were not sent: without bytes, or of a session that had ended so
     * @param missing requests that the capture lacks, within what it has of their sessions
     * @param truncated files whose last record is not whole, as after a crash; all before it was replayed
     * @param cancelled whether it was closed before its end
     * @param took from the first request to the end
     */
    public record Report(
            long sent,
            long answered,
            long errors,
            long failures,
            long differing,
            long unanswered,
            long skipped,
            long missing,
            int truncated,
            boolean cancelled,
            Duration took) {}

    /**
     * A replay of one file, or of several, the oldest first: {@code Replay.of(path.2, path.1, path)}.
     *
     * @param first of one capture, like the others
     */
    public static Builder of(Path first, Path... more) {
        List<Path> files = new ArrayList<>();
        files.add(Objects.requireNonNull(first, "first"));
        files.addAll(List.of(more));
        return new Builder(List.copyOf(files));
    }

    /** Completes with what came of it; with an {@link java.io.IOException} if a file cannot be read or is no capture. */
    public CompletionStage<Report> report() {
        return run.report().minimalCompletionStage();
    }

    /** Ends the replay as soon as can be, what is under way unanswered. Does not wait; the report completes. */
    @Override
    public void close() {
        run.cancel();
    }

    /** What a Replay may be told. */
    public static final class Builder {
        private final List<Path> files;
        private double speed = 1;
        private Duration longestPause = Duration.ofMinutes(1);
        private int underWay = 1_000;
        private Duration timeout = Duration.ofSeconds(30);

        private Builder(List<Path> files) {
            this.files = files;
        }

        /**
         * How much faster than captured; 1 if not set, 2 for twice as fast.
         *
         * @throws IllegalArgumentException if it is not more than 0
         */
        public Builder speed(double factor) {
            if (!(factor > 0 && factor <= 1e9)) {
                throw new IllegalArgumentException(
                        "a Replay's speed is more than 0, and 2 for twice as fast as captured, not " + factor);
            }
            speed = factor;
            return this;
        }

        /** As fast as answers come. */
        public Builder unpaced() {
            speed = 0;
            return this;
        }

        /**
         * How long nothing may be sent as nothing was captured; one minute if not set. Longer pauses are cut short.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder longestPause(Duration pause) {
            if (pause.isNegative()) {
                throw new IllegalArgumentException("a Replay's longestPause is not negative, as is " + pause);
            }
            longestPause = pause;
            return this;
        }

        /**
         * How many requests may be without an answer, over all sessions; 1000 if not set. They may have 64 MiB.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder underWay(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("a Replay has at least 1 request under way, not " + most);
            }
            underWay = most;
            return this;
        }

        /**
         * How long to wait for an answer; 30 seconds if not set. A session that has none is given up.
         *
         * @throws IllegalArgumentException if it is not more than 0
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("a Replay's timeout is longer than nothing, not " + timeout);
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Begins.
         *
         * @param protocol serves a chain at an address in this JVM: {@code (address, chain) ->
         *     RespListener.on(address).serve(chain)}, or {@code CqlListener.on(address).plainFrames().serve(chain)}
         * @param chain where the requests go; it stays open
         * @throws IllegalArgumentException if the chain speaks another protocol
         */
        public Replay start(BiFunction<String, Chain, Listener> protocol, Chain chain) {
            Settings settings = new Settings(files, speed, longestPause.toNanos(), underWay, timeout);
            return new Replay(new ReplayRun(settings, protocol, chain));
        }
    }
}
