package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;

/**
 * SORT and SORT_RO: argument 1 and what follows STORE. A pattern with a star after BY or GET makes the server read other
 * keys, one for each element.
 */
final class SortKeySpec extends KeySpec {

    private static final KeyPositions ONLY_THE_FIRST = KeyPositions.singles(1);
    private static final CommandWord LIMIT = CommandWord.of("LIMIT");
    private static final CommandWord BY = CommandWord.of("BY");
    private static final CommandWord GET = CommandWord.of("GET");
    private static final CommandWord STORE = CommandWord.of("STORE");

    @Override
    KeyPositions find(RespArguments arguments) {
        int stored = -1;
        for (int i = 2; i < arguments.count() - 1; i++) {
            if (STORE.is(arguments, i)) {
                // Of several the server takes the last.
                stored = ++i;
            } else {
                i += values(arguments, i);
            }
        }
        return stored < 0 ? ONLY_THE_FIRST : KeyPositions.singles(1, stored);
    }

    @Override
    boolean namesNotAll(RespArguments arguments) {
        for (int i = 2; i < arguments.count() - 1; i++) {
            if ((BY.is(arguments, i) || GET.is(arguments, i)) && hasStar(arguments, i + 1)) {
                return true;
            }
            i += values(arguments, i);
        }
        return false;
    }

    private static int values(RespArguments arguments, int option) {
        if (LIMIT.is(arguments, option)) {
            return 2;
        }
        return BY.is(arguments, option) || GET.is(arguments, option) || STORE.is(arguments, option) ? 1 : 0;
    }

    private static boolean hasStar(RespArguments arguments, int argument) {
        ByteBuf buffer = arguments.buffer();
        int start = arguments.start(argument);
        return buffer.indexOf(start, start + arguments.length(argument), (byte) '*') >= 0;
    }
}
