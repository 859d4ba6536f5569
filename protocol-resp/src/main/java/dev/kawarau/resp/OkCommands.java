package dev.kawarau.resp;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Requests that Redis answers with OK whenever it carries them out, whatever the data is. */
final class OkCommands {
    static final RespMessage OK = RespMessage.of(RespValue.ok());

    private static final RespCommand SET = RespCommands.find("SET");
    private static final Set<RespCommand> ALWAYS = Stream.of(
                    "SETEX", "PSETEX", "MSET", "HMSET", "LTRIM", "PFMERGE", "FLUSHDB", "FLUSHALL")
            .map(RespCommands::find)
            .collect(Collectors.toUnmodifiableSet());

    private OkCommands() {}

    static boolean has(RespMessage request) {
        RespCommand command = request.command();
        return command.accepts(request.count())
                && (ALWAYS.contains(command) || (command == SET && isUnconditional(request)));
    }

    /** SET with NX, XX or GET, and whatever newer servers know, may answer something else. */
    private static boolean isUnconditional(RespMessage set) {
        int option = 3;
        while (option < set.count()) {
            if (set.argumentIs(option, "KEEPTTL")) {
                option++;
            } else if (set.argumentIs(option, "EX")
                    || set.argumentIs(option, "PX")
                    || set.argumentIs(option, "EXAT")
                    || set.argumentIs(option, "PXAT")) {
                option += 2;
            } else {
                return false;
            }
        }
        return option == set.count();
    }
}
