package dev.kawarau.resp;

/** CLIENT TRACKING: no keys, but with BCAST the client is told of every key that anybody changes. */
final class TrackingKeySpec extends KeySpec {

    private static final int OPTIONS = 3;
    private static final CommandWord BCAST = CommandWord.of("BCAST");

    @Override
    KeyPositions find(RespArguments arguments) {
        return KeyPositions.NONE;
    }

    @Override
    boolean namesNotAll(RespArguments arguments) {
        for (int i = OPTIONS; i < arguments.count(); i++) {
            if (BCAST.is(arguments, i)) {
                return true;
            }
        }
        return false;
    }
}
