package dev.kawarau.resp;

/** MIGRATE: argument 3, or if that is empty what follows KEYS. */
final class MigrateKeySpec extends KeySpec {

    private static final int KEY = 3;
    private static final int OPTIONS = 6;
    private static final KeyPositions SINGLE = KeyPositions.singles(KEY);
    private static final CommandWord AUTH = CommandWord.of("AUTH");
    private static final CommandWord AUTH2 = CommandWord.of("AUTH2");
    private static final CommandWord KEYS = CommandWord.of("KEYS");

    @Override
    KeyPositions find(RespArguments arguments) {
        for (int i = OPTIONS; i < arguments.count(); i++) {
            if (KEYS.is(arguments, i)) {
                // Both a key and KEYS is an error to the server.
                return arguments.length(KEY) > 0
                        ? KeyPositions.NONE
                        : KeyPositions.range(i + 1, arguments.count() - i - 1, 1);
            }
            if (AUTH.is(arguments, i)) {
                i++;
            } else if (AUTH2.is(arguments, i)) {
                i += 2;
            }
        }
        return SINGLE;
    }

    @Override
    int minimumArguments() {
        return KEY + 1;
    }
}
