package dev.kawarau.resp;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** {@link GlobPattern} with any pattern and any key. */
class GlobFuzzTest {

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void patterns(byte[] patternAndKey) {
        check(patternAndKey);
    }

    /** The first line is a pattern, the rest a key; or another pattern and, after another line end, a key. */
    static void check(byte[] patternAndKey) {
        int end = Oracle.text(patternAndKey).indexOf('\n');
        byte[] pattern = end < 0 ? patternAndKey : Arrays.copyOf(patternAndKey, end);
        byte[] key = Arrays.copyOfRange(patternAndKey, pattern.length + (end < 0 ? 0 : 1), patternAndKey.length);

        // A buffer that counts each look, and allows none outside of the key.
        CountingByteBuf in = new CountingByteBuf();
        try {
            in.writeByte('*').writeBytes(key).readerIndex(1);
            boolean matches = new GlobPattern(pattern).matches(in, 1, key.length);
            Oracle.same("matches", matches, new PlainGlob(pattern).matches(key));
            Oracle.that(in.looks <= (pattern.length + 2L) * (key.length + 2L), "too many looks", in.looks);
            coversNoMoreThanItMatches(pattern, key);
        } finally {
            in.release();
        }
    }

    private static void coversNoMoreThanItMatches(byte[] pattern, byte[] otherAndKey) {
        int end = Oracle.text(otherAndKey).indexOf('\n');
        byte[] other = end < 0 ? otherAndKey : Arrays.copyOf(otherAndKey, end);
        byte[] key = Arrays.copyOfRange(otherAndKey, end < 0 ? 0 : end + 1, otherAndKey.length);
        if (new GlobPattern(pattern).covers(Unpooled.wrappedBuffer(other), 0, other.length)
                && new PlainGlob(other).matches(key)) {
            Oracle.that(new PlainGlob(pattern).matches(key), "covers what it does not match", Oracle.text(key));
        }
    }
}
