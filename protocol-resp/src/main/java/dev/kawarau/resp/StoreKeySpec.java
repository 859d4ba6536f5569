package dev.kawarau.resp;

/** GEORADIUS and GEORADIUSBYMEMBER: one key, and what follows STORE and STOREDIST among the options. */
final class StoreKeySpec extends KeySpec {

    private static final CommandWord COUNT = CommandWord.of("COUNT");
    private static final CommandWord STORE = CommandWord.of("STORE");
    private static final CommandWord STOREDIST = CommandWord.of("STOREDIST");

    private final KeyPositions sourceOnly;
    private final int source;
    private final int options;

    StoreKeySpec(int source, int options) {
        this.source = source;
        this.options = options;
        sourceOnly = KeyPositions.singles(source);
    }

    @Override
    KeyPositions find(RespArguments arguments) {
        int store = -1;
        int storeDist = -1;
        for (int i = options; i < arguments.count() - 1; i++) {
            if (STORE.is(arguments, i)) {
                store = ++i;
            } else if (STOREDIST.is(arguments, i)) {
                storeDist = ++i;
            } else if (COUNT.is(arguments, i)) {
                i++;
            }
        }
        if (store < 0 && storeDist < 0) {
            return sourceOnly;
        }
        // The server stores to one of the two only, but counts both as keys (COMMAND GETKEYS).
        return store < 0 || storeDist < 0
                ? KeyPositions.singles(source, Math.max(store, storeDist))
                : KeyPositions.singles(source, Math.min(store, storeDist), Math.max(store, storeDist));
    }

    @Override
    int minimumArguments() {
        return source + 1;
    }
}
