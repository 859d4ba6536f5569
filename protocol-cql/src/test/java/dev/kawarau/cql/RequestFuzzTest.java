package dev.kawarau.cql;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** What a client may send, as it is. */
class RequestFuzzTest {
    private static final int LIMIT = 1 << 20;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void requests(byte[] wire) {
        Fuzzed.check(memory -> CqlFrameReader.ofRequests(memory, LIMIT), wire);
    }
}
