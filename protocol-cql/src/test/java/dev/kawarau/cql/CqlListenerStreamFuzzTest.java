package dev.kawarau.cql;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** As {@link CqlListenerFuzzTest}, from the first byte of a connection on and with nothing put right. */
class CqlListenerStreamFuzzTest {
    private static HostileClients clients;

    @BeforeAll
    static void listen() {
        clients = new HostileClients("fuzz-cql-streams");
    }

    @AfterAll
    static void close() {
        clients.close();
    }

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void streams(byte[] stream) {
        clients.check(stream);
    }
}
