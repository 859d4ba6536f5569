package dev.kawarau.resp;

import dev.kawarau.Query;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What commands leave on their connection, if they are carried out at once. */
final class RespTraces {
    private static final RespCommand HELLO = RespCommands.find("HELLO");
    private static final Set<RespCommand> CARRIED = named("SELECT", "CLIENT|SETNAME", "CLIENT|SETINFO");
    private static final Set<RespCommand> NEXT = named("CLIENT|REPLY", "CLIENT|CACHING", "ASKING");
    /** They have a connection to themselves for another reason: they ask about it, or are of a transaction. */
    private static final Set<RespCommand> NOTHING = named(
            "CLIENT|GETREDIR",
            "CLIENT|ID",
            "CLIENT|INFO",
            "CLIENT|TRACKINGINFO",
            "MULTI",
            "EXEC",
            "DISCARD",
            "WATCH",
            "UNWATCH");

    private RespTraces() {}

    private static Set<RespCommand> named(String... names) {
        return Stream.of(names).map(RespCommands::find).collect(Collectors.toUnmodifiableSet());
    }

    static Query.Trace of(RespMessage request) {
        RespCommand command = request.command();
        if (command.kind() != Query.Kind.SESSION || command.routing() == RespCommand.Routing.SHARED) {
            return Query.Trace.NONE;
        }
        if (command == HELLO) {
            return tellsWho(request) ? Query.Trace.TOLD : Query.Trace.CARRIED;
        }
        if (CARRIED.contains(command)) {
            return Query.Trace.CARRIED;
        }
        if (NEXT.contains(command)) {
            return Query.Trace.NEXT;
        }
        boolean leaves = command.routing() == RespCommand.Routing.PINNED && !NOTHING.contains(command);
        return leaves ? Query.Trace.TOLD : Query.Trace.NONE;
    }

    private static boolean tellsWho(RespMessage hello) {
        for (int i = 2; i < hello.count(); i++) {
            if (hello.argumentIs(i, "AUTH")) {
                return true;
            }
        }
        return false;
    }
}
