package dev.kawarau.resp;

/** XREAD and XREADGROUP: what follows STREAMS is keys, then as many ids. */
final class StreamKeySpec extends KeySpec {

    private static final CommandWord STREAMS = CommandWord.of("STREAMS");
    private static final CommandWord GROUP = CommandWord.of("GROUP");
    private static final CommandWord COUNT = CommandWord.of("COUNT");
    private static final CommandWord BLOCK = CommandWord.of("BLOCK");

    @Override
    KeyPositions find(RespArguments arguments) {
        int streams = option(arguments, STREAMS);
        return streams < 0
                ? KeyPositions.NONE
                : KeyPositions.range(streams + 1, (arguments.count() - streams - 1) / 2, 1);
    }

    static boolean blocks(RespArguments arguments) {
        return option(arguments, BLOCK) > 0;
    }

    /** Steps over the values of options, for a group may be called "streams". Returns -1 if the option is not there. */
    private static int option(RespArguments arguments, CommandWord option) {
        for (int i = 1; i < arguments.count(); i++) {
            if (option.is(arguments, i)) {
                return i;
            }
            if (STREAMS.is(arguments, i)) {
                return -1;
            }
            if (GROUP.is(arguments, i)) {
                i += 2;
            } else if (COUNT.is(arguments, i) || BLOCK.is(arguments, i)) {
                i++;
            }
        }
        return -1;
    }
}
