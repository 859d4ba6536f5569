package dev.kawarau.sink.redis;

import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import dev.kawarau.resp.RespMessage;

/** The commands whose effect on a connection the sink follows. There is one object for each, compared by identity. */
final class Commands {
    static final RespCommand AUTH = named("AUTH");
    static final RespCommand HELLO = named("HELLO");
    static final RespCommand RESET = named("RESET");
    static final RespCommand SELECT = named("SELECT");
    static final RespCommand MULTI = named("MULTI");
    static final RespCommand EXEC = named("EXEC");
    static final RespCommand DISCARD = named("DISCARD");
    static final RespCommand WATCH = named("WATCH");
    static final RespCommand UNWATCH = named("UNWATCH");
    static final RespCommand MONITOR = named("MONITOR");
    static final RespCommand WAIT = named("WAIT");
    static final RespCommand WAITAOF = named("WAITAOF");
    static final RespCommand SUBSCRIBE = named("SUBSCRIBE");
    static final RespCommand PSUBSCRIBE = named("PSUBSCRIBE");
    static final RespCommand SSUBSCRIBE = named("SSUBSCRIBE");
    static final RespCommand UNSUBSCRIBE = named("UNSUBSCRIBE");
    static final RespCommand PUNSUBSCRIBE = named("PUNSUBSCRIBE");
    static final RespCommand SUNSUBSCRIBE = named("SUNSUBSCRIBE");
    static final RespCommand REPLCONF = named("REPLCONF");
    static final RespCommand CLIENT_SETNAME = named("CLIENT|SETNAME");
    static final RespCommand CLIENT_GETNAME = named("CLIENT|GETNAME");
    static final RespCommand CLIENT_SETINFO = named("CLIENT|SETINFO");
    static final RespCommand CLIENT_REPLY = named("CLIENT|REPLY");
    static final RespCommand CLIENT_TRACKING = named("CLIENT|TRACKING");
    static final RespCommand CLIENT_LIST = named("CLIENT|LIST");
    static final RespCommand CLIENT_KILL = named("CLIENT|KILL");
    static final RespCommand CLIENT_UNBLOCK = named("CLIENT|UNBLOCK");
    static final RespCommand CLIENT_CACHING = named("CLIENT|CACHING");
    static final RespCommand CLIENT_TRACKINGINFO = named("CLIENT|TRACKINGINFO");
    static final RespCommand CLIENT_GETREDIR = named("CLIENT|GETREDIR");

    private Commands() {}

    private static RespCommand named(String name) {
        RespCommand command = RespCommands.find(name);
        if (!command.isKnown()) {
            throw new IllegalStateException("the command table lacks " + name);
        }
        return command;
    }

    static boolean subscribes(RespCommand command) {
        return command == SUBSCRIBE || command == PSUBSCRIBE || command == SSUBSCRIBE;
    }

    static boolean unsubscribes(RespCommand command) {
        return command == UNSUBSCRIBE || command == PUNSUBSCRIBE || command == SUNSUBSCRIBE;
    }

    /** Whether requests behind this one would do something else, or be answered otherwise, if it were not carried out. */
    static boolean isCountedOn(RespMessage request) {
        RespCommand command = request.command();
        return command == SELECT
                || command == AUTH
                || command == RESET
                || command == CLIENT_REPLY
                || command == CLIENT_TRACKING
                || (command == HELLO && request.count() > 2);
    }

    /** Whether the command is pinned only because it asks after its connection, and leaves nothing there. */
    static boolean leavesNothing(RespCommand command) {
        return command == CLIENT_LIST
                || command == CLIENT_KILL
                || command == CLIENT_UNBLOCK
                || command == CLIENT_CACHING
                || command == CLIENT_TRACKINGINFO
                || command == CLIENT_GETREDIR;
    }

    /** Whether the server would turn the connection into a stream of replication, or not answer at all. */
    static boolean isStream(RespMessage request) {
        RespCommand command = request.command();
        return command == REPLCONF
                ? request.argumentIs(1, "ACK") || request.argumentIs(1, "GETACK")
                : command.routing() == RespCommand.Routing.REFUSED && command.accepts(request.count());
    }
}
