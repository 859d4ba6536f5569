package dev.kawarau.cql;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** What a client may send on a connection with compression, which the first byte of an input chooses. */
class CompressedFuzzTest {
    private static final int LIMIT = 1 << 20;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void requests(byte[] input) {
        if (input.length == 0) {
            return;
        }
        CqlCompression compression = input[0] == 's' ? CqlCompression.SNAPPY : CqlCompression.LZ4;
        Fuzzed.check(
                memory -> {
                    CqlFrameReader reader = CqlFrameReader.ofRequests(memory, LIMIT);
                    reader.begin(compression, false);
                    return reader;
                },
                Arrays.copyOfRange(input, 1, input.length));
    }
}
