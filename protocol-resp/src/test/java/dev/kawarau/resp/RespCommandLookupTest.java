package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RespCommandLookupTest {

    @Test
    void everyCommandIsFoundByItsNameInAnyCase() {
        for (RespCommand command : RespCommands.all()) {
            String name = command.name().replace('|', ' ');
            assertThat(RespCommands.find(CommandLine.of(name))).isSameAs(command);
            assertThat(RespCommands.find(CommandLine.of(name.toLowerCase(Locale.ROOT))))
                    .isSameAs(command);
            assertThat(RespCommands.find(command.name().toLowerCase(Locale.ROOT)))
                    .isSameAs(command);
        }
    }

    @Test
    void theSubcommandIsFoundWithItsContainer() {
        ByteBuf buffer = ascii("..client.SetName..");

        assertThat(RespCommands.find(buffer, 2, 6, 9, 7)).isSameAs(RespCommands.find("CLIENT|SETNAME"));
    }

    @Test
    void aSubcommandThatIsNotInTheTableGivesItsContainer() {
        RespCommand client = RespCommands.find("CLIENT");

        assertThat(RespCommands.find(CommandLine.of("CLIENT FROBNICATE"))).isSameAs(client);
        assertThat(RespCommands.find(CommandLine.of("CLIENT"))).isSameAs(client);
        assertThat(client.isContainer()).isTrue();
        assertThat(client.routing()).isEqualTo(RespCommand.Routing.PINNED);
    }

    @Test
    void theFirstArgumentOfACommandWithoutSubcommandsDoesNotMatter() {
        assertThat(RespCommands.find(CommandLine.of("GET ID"))).isSameAs(RespCommands.find("GET"));
    }

    @Test
    void aSubcommandIsNoCommandOfItsOwn() {
        assertThat(RespCommands.find(CommandLine.of("SETNAME x"))).isSameAs(RespCommands.UNKNOWN);
        assertThat(RespCommands.find(CommandLine.of("CLIENT|SETNAME x"))).isSameAs(RespCommands.UNKNOWN);
    }

    @Test
    void theNameOfAContainerWithAnUnknownSubcommandIsNotExact() {
        assertThat(RespCommands.find("CLIENT|FROBNICATE")).isSameAs(RespCommands.UNKNOWN);
    }

    @Test
    void whatIsNearAnyNameIsUnknown() {
        for (String name : List.of(
                "",
                "GE",
                "GETT",
                "GET\0",
                "\0GET",
                "G\u0005T",
                "GET ",
                "'%4",
                "GEORADIUSBYMEMBER_R",
                "GEORADIUSBYMEMBER_RO\0\0\0\0",
                "GEORADIUSBYMEMBER_ROOOOOOOO",
                "\u00e7ET",
                "gE\u00f4",
                "G[T",
                "@GET",
                "`et",
                "{et")) {
            assertThat(RespCommands.find(CommandLine.of(name, "x"))).as(name).isSameAs(RespCommands.UNKNOWN);
        }
    }

    @Test
    void onlyLettersHaveCase() {
        // '_' with bit 0x20 flipped is DEL, '-' is CR, '.' is SO: a fold that flips the bit of any byte takes them for
        // one.
        assertThat(RespCommands.find(CommandLine.of("EVAL_RO"))).isSameAs(RespCommands.find("EVAL_RO"));
        assertThat(RespCommands.find(CommandLine.of("EVAL\u007fRO"))).isSameAs(RespCommands.UNKNOWN);
        assertThat(RespCommands.find(CommandLine.of("RESTORE\rASKING"))).isSameAs(RespCommands.UNKNOWN);
    }

    @Test
    void aLetterOutsideAsciiIsNotFoldedIntoOne() {
        assertThat("\u017fet".toUpperCase(Locale.ROOT)).isEqualTo("SET");
        assertThat(RespCommands.find("\u017fet")).isSameAs(RespCommands.UNKNOWN);
    }

    @Test
    void aRequestWithoutArgumentsIsUnknown() {
        assertThat(RespCommands.find(CommandLine.of(new String[0]))).isSameAs(RespCommands.UNKNOWN);
    }

    @Test
    void anUnknownCommandIsPinnedAndItsKeysAreUnknown() {
        CommandLine line = CommandLine.of("JSON.SET doc $ 1");

        assertThat(RespCommands.UNKNOWN.isKnown()).isFalse();
        assertThat(RespCommands.UNKNOWN.routing(line)).isEqualTo(RespCommand.Routing.PINNED);
        assertThat(RespCommands.UNKNOWN.keysUnknown(line)).isTrue();
        assertThat(RespCommands.UNKNOWN.keys(line).count()).isZero();
    }

    @Test
    void theTableDoesNotListTheUnknownOne() {
        assertThat(RespCommands.all()).hasSizeGreaterThan(380).allMatch(RespCommand::isKnown);
    }

    @Test
    void aNameMayLieAnywhereInAnyKindOfBuffer() {
        byte[] bytes = "zincrby".getBytes(StandardCharsets.US_ASCII);
        ByteBuf composite = Unpooled.wrappedBuffer(ascii("..zin"), ascii("crb"), ascii("y"));
        ByteBuf direct = Unpooled.directBuffer(7, 7).writeBytes(bytes);
        try {
            assertThat(RespCommands.find(composite, 2, 7).name()).isEqualTo("ZINCRBY");
            assertThat(RespCommands.find(direct, 0, 7).name()).isEqualTo("ZINCRBY");
            assertThat(RespCommands.find(direct.slice(), 0, 7).name()).isEqualTo("ZINCRBY");
            assertThat(RespCommands.find(direct.asReadOnly(), 0, 7).name()).isEqualTo("ZINCRBY");
        } finally {
            composite.release();
            direct.release();
        }
    }

    @Test
    void aLookupDoesNotMoveTheIndicesOfTheBuffer() {
        ByteBuf buffer = ascii("get.key");
        buffer.readerIndex(4);

        RespCommands.find(buffer, 0, 3);

        assertThat(buffer.readerIndex()).isEqualTo(4);
        assertThat(buffer.writerIndex()).isEqualTo(7);
    }

    @Test
    void randomNamesAreFoundAsAHashMapFindsThem() {
        Map<String, RespCommand> oracle = new HashMap<>();
        RespCommands.all().stream()
                .filter(command -> command.name().indexOf('|') < 0)
                .forEach(command -> oracle.put(command.name(), command));
        List<String> names = List.copyOf(oracle.keySet());
        long seed = 20_261_101L;
        Random random = new Random(seed);
        int known = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] name = mutated(names.get(random.nextInt(names.size())), random);
            ByteBuf buffer = surrounded(name, random);
            RespCommand expected = oracle.getOrDefault(upperCase(name), RespCommands.UNKNOWN);
            RespCommand found = RespCommands.find(buffer, buffer.readerIndex(), name.length);
            assertThat(found)
                    .as("seed %d, round %d: %s", seed, round, new String(name, StandardCharsets.ISO_8859_1))
                    .isSameAs(expected);
            known += found.isKnown() ? 1 : 0;
        }
        assertThat(known).as("both outcomes were tried").isBetween(20_000, 180_000);
    }

    @Test
    void aLookupAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ByteBuf buffer = ascii("georadiusbymember_ro client setinfo nosuchcommand");
        long thread = Thread.currentThread().getId();
        lookUp(buffer, 100); // loads the classes
        threads.getThreadAllocatedBytes(thread);

        long before = threads.getThreadAllocatedBytes(thread);
        boolean found = lookUp(buffer, 10_000);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(found).isTrue();
        assertThat(allocated).isLessThan(10_000);
    }

    private static boolean lookUp(ByteBuf buffer, int times) {
        boolean found = true;
        for (int i = 0; i < times; i++) {
            found &= RespCommands.find(buffer, 0, 20).isKnown();
            found &= RespCommands.find(buffer, 21, 6, 28, 7).isKnown();
            found &= !RespCommands.find(buffer, 36, 13).isKnown();
        }
        return found;
    }

    private static byte[] mutated(String name, Random random) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            if (Character.isLetter(bytes[i]) && random.nextBoolean()) {
                bytes[i] |= 0x20;
            }
        }
        switch (random.nextInt(4)) {
            case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            case 1 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(30));
            case 2 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            default -> {}
        }
        return bytes;
    }

    /** The name among random bytes; the reader index says where. */
    private static ByteBuf surrounded(byte[] name, Random random) {
        byte[] before = new byte[random.nextInt(12)];
        byte[] after = new byte[random.nextInt(12)];
        random.nextBytes(before);
        random.nextBytes(after);
        return Unpooled.copiedBuffer(before, name, after).readerIndex(before.length);
    }

    private static String upperCase(byte[] name) {
        StringBuilder upper = new StringBuilder();
        for (byte b : name) {
            upper.append((char) (b >= 'a' && b <= 'z' ? b - 0x20 : b & 0xff));
        }
        return upper.toString();
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
