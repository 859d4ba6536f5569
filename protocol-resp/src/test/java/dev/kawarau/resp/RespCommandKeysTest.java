package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, channels and routing that depend on the arguments; what a real server can tell is in RespCommandServerTest. */
class RespCommandKeysTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "0",
                "3",
                "+2",
                "02",
                "2x",
                "",
                "0x2",
                "4294967298",
                "18446744073709551618",
                "99999999999999999999",
                "2147483647",
                "1e1",
                " 2",
                "-",
                "\u00b2"
            })
    void aCountOfKeysThatTheServerRefusesGivesNoKeys(String count) {
        for (String[] line : new String[][] {
            {"EVAL", "return 1", count, "a", "b"},
            {"ZUNIONSTORE", "destination", count, "a", "b"},
            {"LMPOP", count, "a", "b"},
            {"BLMPOP", "0", count, "a", "b"}
        }) {
            assertThat(CommandLine.of(line).keys()).as(String.join(" ", line)).isEmpty();
        }
    }

    @Test
    void keysAndValuesOfMsetexAlternate() {
        assertThat(CommandLine.of("MSETEX 2 a 1 b 2 EX 10").keys()).containsExactly("a", "b");
        assertThat(CommandLine.of("MSETEX 3 a 1 b 2 EX 10").keys()).containsExactly("a", "b", "EX");
        assertThat(CommandLine.of("MSETEX 4 a 1 b 2 EX 10").keys()).isEmpty();
    }

    @Test
    void aRequestWithTooFewOrTooManyArgumentsHasNoKeys() {
        assertThat(CommandLine.of("GET").keys()).isEmpty();
        assertThat(CommandLine.of("GET a b").keys()).isEmpty();
        assertThat(CommandLine.of("RENAME a").keys()).isEmpty();
        assertThat(CommandLine.of("EVAL").keys()).isEmpty();
        assertThat(CommandLine.of("MIGRATE host 1 key").keys()).isEmpty();
    }

    @Test
    void aGroupMayBeCalledLikeAnOption() {
        CommandLine line = CommandLine.of("XREADGROUP GROUP streams block COUNT 1 STREAMS a b 0 0");

        assertThat(line.keys()).containsExactly("a", "b");
        assertThat(RespCommands.find(line).routing(line)).isEqualTo(RespCommand.Routing.SHARED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "XREAD block 0 STREAMS a $",
                "XREAD COUNT 1 BLOCK 0 STREAMS a $",
                "xreadgroup GROUP g c NOACK Block 0 STREAMS a >"
            })
    void readingAStreamMayWaitIfItBlocks(String line) {
        CommandLine arguments = CommandLine.of(line);

        assertThat(RespCommands.find(arguments).routing(arguments)).isEqualTo(RespCommand.Routing.RESERVED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "XREAD STREAMS a $",
                "XREAD COUNT 1 STREAMS block $",
                "XREAD STREAMS a block",
                "XREAD BLOC 1 STREAMS a $"
            })
    void readingAStreamWithoutBlockIsShared(String line) {
        CommandLine arguments = CommandLine.of(line);

        assertThat(RespCommands.find(arguments).routing(arguments)).isEqualTo(RespCommand.Routing.SHARED);
        assertThat(RespCommands.find(arguments).routing()).isEqualTo(RespCommand.Routing.RESERVED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BLPOP a 0", "WAIT 1 0", "WAITAOF 1 0 0", "BZMPOP 0 1 a MIN", "SHUTDOWN"})
    void whatWaitsIsReservedWhateverItsArguments(String line) {
        CommandLine arguments = CommandLine.of(line);

        assertThat(RespCommands.find(arguments).routing(arguments)).isEqualTo(RespCommand.Routing.RESERVED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SORT a BY w_*",
                "SORT a GET # GET *_name",
                "sort_ro a by w_*->f",
                "SORT a LIMIT BY BY GET * STORE b"
            })
    void patternsOfSortReadKeysThatNobodyCanTell(String line) {
        CommandLine arguments = CommandLine.of(line);

        assertThat(RespCommands.find(arguments).keysUnknown(arguments)).isTrue();
        assertThat(arguments.keys()).startsWith("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SORT a", "SORT a BY nosort GET #", "SORT a LIMIT 0 10 STORE *", "SORT a STORE BY", "SORT a GET"
            })
    void sortWithoutPatternsNamesAllItsKeys(String line) {
        CommandLine arguments = CommandLine.of(line);

        assertThat(RespCommands.find(arguments).keysUnknown(arguments)).isFalse();
    }

    @Test
    void ofSeveralStoresTheLastIsTheKey() {
        assertThat(CommandLine.of("SORT a STORE b STORE c").keys()).containsExactly("a", "c");
        assertThat(CommandLine.of("GEORADIUS a 1 2 3 m STORE b STORE c").keys()).containsExactly("a", "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLUSHALL", "SWAPDB 0 1", "SCAN 0", "CLIENT FROBNICATE", "FT.SEARCH index query"})
    void whatTouchesKeysWithoutNamingThemSaysSo(String line) {
        CommandLine arguments = CommandLine.of(line);

        assertThat(RespCommands.find(arguments).keysUnknown(arguments)).isTrue();
        assertThat(arguments.keys()).isEmpty();
    }

    @Test
    void channelsAreNotKeys() {
        CommandLine line = CommandLine.of("SSUBSCRIBE a b");

        assertThat(line.keys()).isEmpty();
        assertThat(line.channels()).containsExactly("a", "b");
        assertThat(CommandLine.of("PUBLISH a message").channels()).containsExactly("a");
        assertThat(CommandLine.of("PUBSUB NUMSUB a b").channels()).containsExactly("a", "b");
        assertThat(CommandLine.of("UNSUBSCRIBE").channels()).isEmpty();
        assertThat(CommandLine.of("GET a").channels()).isEmpty();
    }

    @Test
    void aKeyThatIsNotThereIsRefused() {
        CommandLine line = CommandLine.of("MGET a b");
        KeyPositions keys = RespCommands.find(line).keys(line);

        assertThat(keys).hasToString("[1, 2]");
        assertThatThrownBy(() -> keys.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> keys.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void noArgumentsWhateverMakeKeysOutsideTheRequest() {
        List<RespCommand> commands = List.copyOf(RespCommands.all());
        String[] vocabulary = {
            "",
            "a",
            "0",
            "1",
            "2",
            "3",
            "9",
            "-1",
            "999999999",
            "2147483648",
            "STREAMS",
            "BLOCK",
            "COUNT",
            "GROUP",
            "STORE",
            "storedist",
            "BY",
            "GET",
            "LIMIT",
            "x*",
            "KEYS",
            "AUTH",
            "AUTH2",
            "\u0000",
            "REPLACE"
        };
        long seed = 7_2024L;
        Random random = new Random(seed);
        int found = 0;
        for (int round = 0; round < 200_000; round++) {
            RespCommand command = commands.get(random.nextInt(commands.size()));
            List<String> words = new ArrayList<>(List.of(command.name().split("\\|")));
            for (int more = random.nextInt(10); more > 0; more--) {
                words.add(vocabulary[random.nextInt(vocabulary.length)]);
            }
            CommandLine line = CommandLine.of(words.toArray(String[]::new));
            command.routing(line);
            command.keysUnknown(line);
            KeyPositions keys = command.keys(line);
            int previous = command.name().indexOf('|') < 0 ? 0 : 1;
            for (int n = 0; n < keys.count(); n++) {
                assertThat(keys.get(n))
                        .as("seed %d, round %d: %s", seed, round, line)
                        .isBetween(previous + 1, line.count() - 1);
                previous = keys.get(n);
                found++;
            }
        }
        assertThat(found).isGreaterThan(50_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET 2 READ SHARED 1", "GET two READ SHARED 1 redis-1.0", "GET 2 READS SHARED 1 redis-1.0",
                        "GET 2 READ MINE 1 redis-1.0",
                "GET 2 READ SHARED one redis-1.0", "GET 0 READ SHARED - redis-1.0", "GET 2 READ SHARED 2 redis-1.0",
                        "GET -2 READ SHARED #2 redis-1.0",
                "GET 2 READ SHARED(BLOCK 1 redis-1.0", "A|B 2 READ SHARED - redis-1.0",
                        "NAME-OF-TWENTY-FIVE-BYTES 2 READ SHARED 1 redis-1.0"
            })
    void aLineThatIsWrongIsNamed(String line) {
        assertThatThrownBy(() -> RespCommands.commands(List.of("# head", "SET -3 WRITE SHARED 1 redis-1.0", line)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("commands.txt, line 3: ");
    }

    @Test
    void aNameThatIsThereTwiceIsNamed() {
        assertThatThrownBy(() -> RespCommands.commands(
                        List.of("GET 2 READ SHARED 1 redis-1.0", "GET 2 READ SHARED 1 redis-1.0")))
                .hasMessage("commands.txt, line 2: GET is there twice");
    }
}
