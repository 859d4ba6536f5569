package dev.kawarau.resp;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The command table with any arguments: {@link RespCommands#find}, {@link RespCommand#keys} and the rest. */
class KeysFuzzTest {
    private static final List<RespCommand> ALL = List.copyOf(RespCommands.all());

    /** Positions are a rule, not a list. */
    private static final int MOST_WORDS = 10_000;

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void arguments(byte[] line) {
        check(line);
    }

    /** A line is a command, its words separated by single spaces. */
    static void check(byte[] line) {
        CommandLine words = CommandLine.of(Oracle.text(line));
        if (words.count() > MOST_WORDS) {
            return;
        }
        CommandLine otherCase = CommandLine.of(swapped(Oracle.text(line)));
        RespCommand called = RespCommands.find(words);
        Oracle.same("a command in other letters", RespCommands.find(otherCase), called);
        checkMessage(words, called);

        // The commands, and some others that were not called: what the arguments are is up to the client.
        check(called, words, otherCase);
        hasNoMoreThanItCounts(called.keys(words));
        int first = Math.floorMod(Arrays.hashCode(line), 16);
        for (int i = first; i < ALL.size(); i += 16) {
            check(ALL.get(i), words, otherCase);
        }
    }

    private static void check(RespCommand command, CommandLine words, CommandLine otherCase) {
        boolean accepted = command.accepts(words.count());
        KeyPositions keys = command.keys(words);
        KeyPositions channels = command.channels(words);
        areArguments(command, keys, words);
        areArguments(command, channels, words);
        areTheSame(command, command.keys(otherCase), keys);
        areTheSame(command, command.channels(otherCase), channels);
        Oracle.same("unknown keys", command.keysUnknown(otherCase), command.keysUnknown(words));
        Oracle.same("routing", command.routing(otherCase), command.routing(words));
        Oracle.that(accepted || keys.count() + channels.count() == 0, "keys of a wrong number of arguments", command);
    }

    /** In their order. */
    private static void areArguments(RespCommand command, KeyPositions positions, CommandLine words) {
        int last = 0;
        Oracle.that(positions.count() < words.count(), "too many keys", command);
        for (int n = 0; n < positions.count(); n++) {
            int position = positions.get(n);
            Oracle.that(position > last && position < words.count(), "no place for a key", command);
            last = position;
        }
    }

    private static void hasNoMoreThanItCounts(KeyPositions positions) {
        for (int n : new int[] {-1, positions.count()}) {
            try {
                throw new AssertionError("a key that is not there: " + positions.get(n));
            } catch (IndexOutOfBoundsException none) {
                // As it should be.
            }
        }
    }

    private static void areTheSame(RespCommand command, KeyPositions found, KeyPositions expected) {
        Oracle.same("number of keys", found.count(), expected.count());
        for (int n = 0; n < found.count(); n++) {
            Oracle.that(found.get(n) == expected.get(n), "keys in other letters", command);
        }
    }

    /** The same off the wire. */
    private static void checkMessage(CommandLine words, RespCommand called) {
        ByteBuf wire = Unpooled.buffer();
        RespWriter.writeCommand(wire, words.words().stream().map(Oracle::bytes).toList());
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        Oracle.that(scanner.scan(wire), "not a request", words);
        RespMessage request = new RespMessage(new LoneSession(UnpooledByteBufAllocator.DEFAULT), wire, 0, scanner);
        Oracle.same("command", request.command(), called);
        List<String> keys = request.query().keys().stream()
                .map(key -> key.toString(StandardCharsets.ISO_8859_1))
                .toList();
        Oracle.same("keys", keys, words.keys());
        Oracle.that(!request.query().operation().isEmpty() || words.length(0) == 0, "no operation", words);
    }

    private static String swapped(String text) {
        StringBuilder swapped = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            swapped.setCharAt(i, letter ? (char) (c ^ 0x20) : c);
        }
        return swapped.toString();
    }
}
