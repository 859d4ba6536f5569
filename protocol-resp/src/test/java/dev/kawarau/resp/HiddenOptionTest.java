package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options with a NUL in them, behind which a server does not look. */
class HiddenOptionTest {
    private static RedisServer server;
    private static PlainConnection connection;

    @BeforeAll
    static void start() throws IOException {
        server = RedisServer.start();
        connection = new PlainConnection(server.port());
    }

    @AfterAll
    static void stop() throws IOException {
        connection.close();
        server.close();
    }

    private static CommandLine line(String words) {
        return CommandLine.of(words.replace('~', '\0').split(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SORT a STORE~x b",
                "SORT a LIMIT~ 0 1 store~ b",
                "GEORADIUS a 1 2 3 m STORE~x b",
                "GEORADIUSBYMEMBER a m 3 km COUNT~ 1 STOREDIST~ b",
                "MIGRATE host 1 a 0 10 AUTH~ keys",
                "XREAD COUNT~ 1 STREAMS~x a b 0 0",
                "XREADGROUP GROUP~ g c BLOCK~ 0 STREAMS~ a >"
            })
    void theKeysBehindItAreTheServers(String words) throws IOException {
        CommandLine line = line(words);
        String[] call = new String[line.count() + 2];
        call[0] = "COMMAND";
        call[1] = "GETKEYS";
        System.arraycopy(line.words().toArray(String[]::new), 0, call, 2, line.count());

        assertThat(line.keys()).isEqualTo((List<?>) connection.call(call));
    }

    @Test
    void aReaderThatWaitsHasAConnectionOfItsOwn() throws IOException {
        CommandLine line = line("XREAD BLOCK~x 1 STREAMS a $");

        assertThat(connection.call(line.words().toArray(String[]::new))).isEqualTo(List.of());
        assertThat(RespCommands.find(line).routing(line)).isEqualTo(RespCommand.Routing.RESERVED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SORT a BY~x w_*", "SORT_RO a get~ w_*", "CLIENT TRACKING ON BCAST~x"})
    void whatTouchesOtherKeysSaysSo(String words) {
        CommandLine line = line(words);

        assertThat(RespCommands.find(line).keysUnknown(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SORT a STOREx b", "SORT a ~STORE b", "SORT a STOR~E b", "XREAD STREAMSx a 0"})
    void noOtherWordIsTakenForIt(String words) {
        assertThat(line(words).keys()).doesNotContain("b");
    }
}
