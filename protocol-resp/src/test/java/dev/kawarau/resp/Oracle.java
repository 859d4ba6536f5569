package dev.kawarau.resp;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** What the fuzz targets check with: cheap where nothing is wrong, since they run millions of times. */
final class Oracle {
    /** Small enough for a fuzzer to reach every limit. */
    static final RespLimits TIGHT = new RespLimits(40, 5, 6, 4, 24, 120);

    /** Lines shorter than most numbers. */
    static final RespLimits NARROW = RespLimits.DEFAULT.withMaxInlineBytes(3);

    /** More than classes cost that are loaded on the way; much less than what a hostile length asks for. */
    private static final long UNCONDITIONAL = 1 << 20;

    private static final int PER_BYTE = 256;

    /** While it fuzzes, Jazzer rewrites classes as they are loaded, on this thread: the first inputs pay for that. */
    private static int loading = System.getenv("JAZZER_FUZZ") == null ? 0 : 1_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Oracle() {}

    static void same(String what, Object found, Object expected) {
        if (!Objects.equals(found, expected)) {
            throw new AssertionError(what + "\n   found: " + found + "\nexpected: " + expected);
        }
    }

    static void that(boolean holds, String what, Object subject) {
        if (!holds) {
            throw new AssertionError(what + ": " + subject);
        }
    }

    /** Runs something that may fail with a protocol error only, and take heap in proportion to its input only. */
    static boolean withinMemory(int inputBytes, BooleanSupplier work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean done;
        try {
            done = work.getAsBoolean();
        } catch (RespProtocolException refused) {
            that(refused.getMessage().startsWith("Protocol error: "), "not a protocol error's words", refused);
            done = false;
        }
        long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (loading > 0) {
            loading--;
        } else if (taken > UNCONDITIONAL + (long) PER_BYTE * inputBytes) {
            throw new AssertionError(taken + " bytes of heap for " + inputBytes + " bytes of input");
        }
        return done;
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
