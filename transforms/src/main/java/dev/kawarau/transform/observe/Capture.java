package dev.kawarau.transform.observe;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what passes to a file: a record for each request with what came of it. {@link Replay} sends it again. Works for every
 * protocol.
 *
 * <pre>{@code
 * Chain orders = Chain.named("orders")
 *         .then(Capture.to(Path.of("/var/tmp/orders.jsonl")))
 *         .then(Sampler.oneIn(100, Capture.of(Path.of("/var/tmp/some.raw")).format(Capture.Format.RAW).build()).bySession())
 *         .to(redis);
 * }</pre>
 *
 * <p>By default no bytes of requests and responses are kept, and so no values: what a request does, on which keys, when, how
 * large it is, how long it took, whether it failed. The keys are the first three, 64 bytes of each, escaped; {@link
 * Builder#noKeys} leaves them out. {@link Builder#withRequests} keeps the requests' bytes, without which nothing can be sent
 * again.
 *
 * <p><b>Credentials</b> are never kept: not the bytes of a request that {@linkplain Query#isConfidential() may hold some}, such
 * as AUTH, HELLO, AUTH_RESPONSE, CREATE ROLE, all that administers a server, and all that is not known or cannot be parsed; nor
 * those of the answer. Nor are the answers to requests about the session, since that to EXEC holds others.
 *
 * <p>The records of a session stand in the order of its requests; one that has no answer holds up those behind it. Messages that
 * the database sends unasked are not captured, nor the bytes of messages of more than 32 MiB. A transform before this one
 * changes what is captured, one behind it does not.
 *
 * <p><b>Files</b> are readable for their owner alone. A full one becomes {@code path.1}, the one before {@code path.2} and so
 * on, and the oldest goes: what is of interest is mostly what happened last. A file that is there in the beginning is treated
 * as a full one.
 *
 * <p><b>Cost:</b> a copy of the bytes that are kept, and about half a microsecond for the rest. A thread of its own writes; event
 * loops never wait for it. <b>Failure:</b> what finds no room in memory, or none on the disk, is counted, not captured, and goes
 * on as ever; the disk is tried again every second.
 */
public final class Capture implements Transform {
    /** How records are written. Each file begins with when the capture began. */
    public enum Format {
        /**
         * A line of JSON for each, in ASCII, with the bytes in base64: {@code {"session":7,"number":1,"us":1503,
         * "protocol":"RESP","status":"ok","kind":"READ","operation":"GET","namespace":"0","keys":["order:1"],
         * "latencyUs":412,"requestBytes":30,"responseBytes":9}}. {@code us} are microseconds since the capture began;
         * {@code status} is {@code ok}, {@code error} for one of the database, {@code failure} if there was no response, and
         * {@code end} for the end of a session.
         */
        JSON_LINES,
        /**
         * Binary, with requests, big-endian. A file is the letters {@code KWRK}, the version 1 in four bytes, milliseconds
         * since 1970 in eight, and records. A record is its length behind these two in four bytes, the CRC-32 of that in four,
         * and: session, number, microseconds, latency, size of the response, eight bytes each; status (0 ok, 1 error, 2
         * failure, 3 end of the session), 1 for a request about the session and the length of the protocol's name, a byte
         * each; that name; the request and the response, each a length in four bytes, -1 if it is not kept, and the bytes.
         */
        RAW
    }

    private static final Logger log = LoggerFactory.getLogger(Capture.class);
    private static final long UNSET = Long.MIN_VALUE;

    private final Path path;
    private final Format format;
    private final boolean keys;
    private final boolean requests;
    private final boolean responses;
    private final long bufferBytes;
    private final long fileBytes;
    private final int files;
    private final CaptureFile.Opener opener;
    private final Session.Key<CaptureSession> key = Session.Key.named("capture");
    private final AtomicLong beganNanos = new AtomicLong(UNSET);
    private final CaptureCounts counts = new CaptureCounts();
    private volatile @Nullable CaptureWriter writer;
    private int users;

    private Capture(Builder settings) {
        this.path = settings.path;
        this.format = settings.format;
        this.keys = settings.keys;
        this.requests = settings.requests || settings.format == Format.RAW;
        this.responses = settings.responses;
        this.bufferBytes = settings.bufferBytes;
        this.fileBytes = settings.fileBytes;
        this.files = settings.files;
        this.opener = settings.opener;
    }

    /** Captures to a file, in lines of JSON without the bytes of requests and responses. */
    public static Capture to(Path path) {
        return of(path).build();
    }

    /** Settings; the defaults are those of {@link #to}. */
    public static Builder of(Path path) {
        return new Builder(path);
    }

    @Override
    public Reply handle(Message request, Chain next) {
        CaptureWriter to = writer;
        if (to == null) {
            return next.send(request);
        }
        CaptureSession session = session(request.session(), to);
        CaptureSession.Entry entry = begin(session, request, to);
        Reply reply = next.send(request);
        return entry == null ? reply : reply.whenDone((response, failure) -> session.done(entry, response, failure));
    }

    private CaptureSession session(Session session, CaptureWriter to) {
        CaptureSession known = session.get(key);
        if (known == null || known.writer() != to) {
            known = new CaptureSession(this, to, session);
            session.set(key, known);
        }
        return known;
    }

    /** Nothing that goes wrong here is to harm the request. */
    private static CaptureSession.@Nullable Entry begin(CaptureSession session, Message request, CaptureWriter to) {
        try {
            return session.begin(request);
        } catch (RuntimeException malformed) {
            log.debug("a request that cannot be read is not captured", malformed);
            to.dropped();
            return null;
        }
    }

    boolean showsKeys() {
        return keys;
    }

    boolean keepsRequests() {
        return requests;
    }

    boolean keepsResponses() {
        return responses;
    }

    /** A time of an event loop as microseconds since the first that is asked for. */
    long micros(long nanos) {
        long began = beganNanos.get();
        if (began == UNSET) {
            beganNanos.compareAndSet(UNSET, nanos);
            began = beganNanos.get();
        }
        return Math.max(0, nanos - began) / 1_000;
    }

    @Override
    public synchronized void onBuild(TransformContext context) {
        counts.show(context);
        if (users++ == 0) {
            CaptureWriter made = newWriter(context.chain() + "-" + context.name());
            made.start();
            writer = made;
        }
        context.onClose(this::leave);
    }

    private CaptureWriter newWriter(String name) {
        boolean raw = format == Format.RAW;
        Instant now = Instant.now();
        CaptureFile file = new CaptureFile(
                path,
                raw ? CaptureRaw.header(now) : CaptureJson.header(now),
                fileBytes,
                files,
                opener,
                records -> counts.add(CaptureCounts.Outcome.WRITTEN, records));
        Function<Captured, byte[]> encoding = raw ? CaptureRaw::encode : CaptureJson::encode;
        return new CaptureWriter(name, file, encoding, bufferBytes, counts);
    }

    private void leave() {
        CaptureWriter last = null;
        synchronized (this) {
            if (--users == 0) {
                last = writer;
                writer = null;
            }
        }
        if (last != null) {
            last.close();
        }
    }

    @Override
    public String toString() {
        return "Capture to " + path;
    }

    /** What a Capture may be told. */
    public static final class Builder {
        private static final long LEAST_BYTES = 4_096;

        private final Path path;
        private Format format = Format.JSON_LINES;
        private boolean keys = true;
        private boolean requests;
        private boolean responses;
        private long bufferBytes = 16L << 20;
        private long fileBytes = 256L << 20;
        private int files = 4;
        private CaptureFile.Opener opener = CaptureFile::create;

        private Builder(Path path) {
            this.path = Objects.requireNonNull(path, "path").toAbsolutePath();
        }

        /** How records are written; {@link Format#JSON_LINES} if not set. */
        public Builder format(Format format) {
            this.format = Objects.requireNonNull(format, "format");
            return this;
        }

        /** Shows no keys in lines of JSON, where keys are secrets or personal data. */
        public Builder noKeys() {
            keys = false;
            return this;
        }

        /** Keeps the bytes of requests, and so values, to be sent again; {@link Format#RAW} always does. */
        public Builder withRequests() {
            requests = true;
            return this;
        }

        /** Keeps the bytes of responses, and so values. */
        public Builder withResponses() {
            responses = true;
            return this;
        }

        /**
         * How much memory may hold what is under way and what is not written as yet; 16 MiB if not set.
         *
         * @throws IllegalArgumentException if it is less than 4096 bytes
         */
        public Builder bufferBytes(long most) {
            bufferBytes = atLeast("bufferBytes", LEAST_BYTES, most);
            return this;
        }

        /**
         * How long a file may become, and how many there may be; 256 MiB and 4 if not set. A record that is longer has a file
         * of its own.
         *
         * @throws IllegalArgumentException if it is less than 4096 bytes or 2 files
         */
        public Builder files(long mostBytes, int mostFiles) {
            fileBytes = atLeast("a file's bytes", LEAST_BYTES, mostBytes);
            files = (int) atLeast("the number of files", 2, mostFiles);
            return this;
        }

        /** For tests, which know broken disks. */
        Builder opener(CaptureFile.Opener opener) {
            this.opener = opener;
            return this;
        }

        private long atLeast(String what, long least, long value) {
            if (value < least) {
                throw new IllegalArgumentException(
                        "capture to " + path + ": " + what + " must be at least " + least + ", not " + value);
            }
            return value;
        }

        /** The transform. It opens the file when its chain is built. */
        public Capture build() {
            return new Capture(this);
        }
    }
}
