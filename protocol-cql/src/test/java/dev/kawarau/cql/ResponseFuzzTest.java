package dev.kawarau.cql;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** What a server may send, as it is. */
class ResponseFuzzTest {
    private static final int LIMIT = 1 << 20;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void responses(byte[] wire) {
        Fuzzed.check(memory -> CqlFrameReader.ofResponses(memory, LIMIT), wire);
    }
}
