package dev.kawarau.resp;

import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One command or subcommand of Redis or Valkey as the table of {@link RespCommands} knows it. There is one object for
 * each, so commands may be compared by identity. Immutable; its methods allocate nothing unless they say so.
 */
public final class RespCommand {

    /** Which upstream connection a command can use. */
    public enum Routing {
        /** Any connection does, also one that other sessions share. */
        SHARED,
        /** Leaves state on its connection or asks for it, so the session needs a connection of its own. */
        PINNED,
        /** May keep its connection waiting, so no other session's requests may stand behind it. */
        RESERVED,
        /** Answered by the proxy, which keeps the protocol version, name and library of each session itself. */
        LOCAL,
        /** Turns its connection into a replication stream, which a chain of requests and replies cannot carry. */
        REFUSED
    }

    private final String name;
    private final int arity;
    private final Query.Kind kind;
    private final Routing routing;
    private final boolean onlyBlockReserves;
    private final KeySpec keys;
    private final KeySpec channels;
    private final String since;
    private final @Nullable CommandNames subcommands;
    private final boolean known;

    RespCommand(CommandRow row, Map<String, RespCommand> subcommands, boolean known) {
        name = row.name();
        arity = row.arity();
        kind = row.kind();
        routing = row.routing();
        onlyBlockReserves = row.onlyBlockReserves();
        keys = row.keys();
        channels = row.channels();
        since = row.since();
        this.subcommands = subcommands.isEmpty() ? null : new CommandNames(subcommands);
        this.known = known;
    }

    /** In capitals; of a subcommand with its container, for example {@code CLIENT|SETNAME}. */
    public String name() {
        return name;
    }

    /** The number of arguments, name and subcommand included: exact if positive, at least its negation if negative. */
    public int arity() {
        return arity;
    }

    /** Whether a request of that many arguments, name and subcommand included, has neither too few nor too many. */
    public boolean accepts(int argumentCount) {
        return arity >= 0 ? argumentCount == arity : argumentCount >= -arity;
    }

    public Query.Kind kind() {
        return kind;
    }

    /** The routing for the worst arguments. */
    public Routing routing() {
        return routing;
    }

    /** The routing for these arguments: XREAD and XREADGROUP wait only if told to BLOCK. */
    public Routing routing(RespArguments arguments) {
        return onlyBlockReserves && !StreamKeySpec.blocks(arguments) ? Routing.SHARED : routing;
    }

    /**
     * Which arguments are keys: none if the server must refuse the request because of the number of its arguments or a
     * count of keys that does not fit. May allocate one small object, whatever the arguments say.
     */
    public KeyPositions keys(RespArguments arguments) {
        return accepts(arguments.count()) ? keys.find(arguments) : KeyPositions.NONE;
    }

    /** Whether the command may touch keys besides those that {@link #keys} names: FLUSHALL, SORT with patterns. */
    public boolean keysUnknown(RespArguments arguments) {
        return keys.namesNotAll(arguments);
    }

    /** Which arguments are channels, or patterns of channels, that are published or subscribed to. */
    public KeyPositions channels(RespArguments arguments) {
        return accepts(arguments.count()) ? channels.find(arguments) : KeyPositions.NONE;
    }

    /** The first version that had it, for example {@code redis-7.2} or {@code valkey-8.0}; empty if unknown. */
    public String since() {
        return since;
    }

    /** Whether it has subcommands, that is whether argument 1 decides what it does. */
    public boolean isContainer() {
        return subcommands != null;
    }

    /** False for {@link RespCommands#UNKNOWN} only. */
    public boolean isKnown() {
        return known;
    }

    /** The subcommand of that name; this if there is none. */
    RespCommand subcommand(ByteBuf buffer, int start, int length) {
        return subcommands == null ? this : subcommands.find(buffer, start, length, this);
    }

    @Override
    public String toString() {
        return name;
    }
}
