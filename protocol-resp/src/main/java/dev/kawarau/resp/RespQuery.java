package dev.kawarau.resp;

import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The protocol-neutral picture of a RESP request. */
final class RespQuery implements Query {
    private static final RespCommand SCRIPT_LOAD = RespCommands.find("SCRIPT|LOAD");

    /** They pick for themselves, each time anew. */
    private static final Set<RespCommand> BY_CHANCE = Set.of(
            RespCommands.find("RANDOMKEY"),
            RespCommands.find("SRANDMEMBER"),
            RespCommands.find("HRANDFIELD"),
            RespCommands.find("ZRANDMEMBER"));

    /** What a read depends on; the version, since the answer is in it. */
    private record Identity(int database, RespVersion version, ByteBuf bytes) {}

    /** They may name a user and a password, and what administers a server may too. */
    private static final Set<RespCommand> CONFIDENTIAL =
            Set.of(RespCommands.find("AUTH"), RespCommands.find("HELLO"), RespCommands.find("MIGRATE"));

    private final RespMessage request;

    RespQuery(RespMessage request) {
        this.request = request;
    }

    @Override
    public Kind kind() {
        return request.command().kind();
    }

    @Override
    public String operation() {
        RespCommand command = request.command();
        return command.isKnown() ? command.name() : unknownName();
    }

    private String unknownName() {
        byte[] name = new byte[Math.min(request.length(0), 128)];
        request.buffer().getBytes(request.start(0), name);
        return new String(name, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT);
    }

    @Override
    public boolean isConfidential() {
        return Query.super.isConfidential() || CONFIDENTIAL.contains(request.command());
    }

    @Override
    public boolean isInTransaction() {
        return request.isInTransaction();
    }

    @Override
    public String namespace() {
        return Integer.toString(RespSession.of(request.session()).database());
    }

    @Override
    public List<ByteBuf> keys() {
        KeyPositions positions = request.command().keys(request);
        List<ByteBuf> keys = new ArrayList<>(positions.count());
        for (int i = 0; i < positions.count(); i++) {
            keys.add(request.argument(positions.get(i)));
        }
        return Collections.unmodifiableList(keys);
    }

    @Override
    public boolean joinsTransaction() {
        return request.hasSession() && RespSession.of(request.session()).isQueueing() && !endsTransaction();
    }

    private boolean endsTransaction() {
        return RespSession.endsTransaction(request.command())
                && request.command().accepts(request.count());
    }

    @Override
    public boolean keysKnown() {
        return !request.command().keysUnknown(request);
    }

    @Override
    public Trace trace() {
        return RespTraces.of(request);
    }

    /**
     * Reads, and what is known by its content. No other write is, not even {@code SET key value}: it says OK each time and
     * leaves the same, but Redis keeps no time with a value, so one that is repeated after its reply was lost undoes what
     * another client wrote in between; and most writes answer otherwise the second time ({@code DEL}, {@code SADD}). A read
     * that waits for what is new would miss what came before it was repeated.
     */
    @Override
    public boolean isIdempotent() {
        RespCommand command = request.command();
        return command == SCRIPT_LOAD || (command.kind() == Kind.READ && !isBlocking());
    }

    @Override
    public @Nullable Object identity() {
        RespCommand command = request.command();
        if (command.kind() != Kind.READ
                || BY_CHANCE.contains(command)
                || isBlocking()
                || isInTransaction()
                || !request.hasSession()) {
            return null;
        }
        RespSession session = RespSession.of(request.session());
        return session.isMuted() ? null : new Identity(session.database(), session.version(), request.bytes());
    }

    /** Commands for administration are given a connection of their own for another reason: nothing may be before them. */
    @Override
    public boolean isBlocking() {
        RespCommand command = request.command();
        return command.routing(request) == RespCommand.Routing.RESERVED
                && command.kind() != Kind.ADMIN
                && !joinsTransaction();
    }
}
