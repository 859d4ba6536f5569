package dev.kawarau.resp;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Protocol;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import org.jspecify.annotations.Nullable;

/** RESP as a listener sees it. Immutable. */
final class RespProtocol implements Protocol {
    private static final RespCommand QUIT = RespCommands.find("QUIT");
    private static final RespMessage OK = RespMessage.of(RespValue.ok());

    private final RespLimits limits;
    private final @Nullable RespUsers users;

    RespProtocol(RespLimits limits, @Nullable RespUsers users) {
        this.limits = limits;
        this.users = users;
    }

    @Override
    public String name() {
        return RespListener.PROTOCOL;
    }

    @Override
    public boolean ordered() {
        return true;
    }

    @Override
    public RequestDecoder newDecoder(Session session) {
        if (users != null) {
            RespSession.of(session).user(users.withoutPassword());
        }
        return new RespDecoder(session, limits, users);
    }

    @Override
    public Reply handle(Message message, Chain chain) {
        RespMessage request = (RespMessage) message;
        RespSession state = RespSession.of(request.session());
        if (request.command() == QUIT) {
            request.session().close();
            return Reply.of(state.isMuted() ? RespMessage.nothing() : OK);
        }
        if (!request.command().isKnown() && isWebRequest(request)) {
            request.session().close();
            return Reply.of(RespMessage.nothing());
        }
        Reply reply = users == null ? chain.send(request) : users.handle(request, state, chain);
        return state.inTransaction() ? watched(request, state, reply) : reply;
    }

    /** A browser that was led to send a form here, as Redis suspects too (securityWarningCommand): no word, and goodbye. */
    private static boolean isWebRequest(RespMessage request) {
        return request.argumentIs(0, "POST") || request.argumentIs(0, "HOST:");
    }

    /** A request of a transaction that a transform or a missing right refused would be missing from EXEC unnoticed. */
    private static Reply watched(RespMessage request, RespSession state, Reply reply) {
        return reply.whenDone((response, failure) -> {
            if (!request.isSent() && (response == null || response.isError())) {
                state.spoilTransaction();
            }
        });
    }

    @Override
    public Message failure(@Nullable Message request, RuntimeException failure) {
        if (failure instanceof Failure known) {
            return RespMessage.error(code(known) + ' ' + known.getMessage());
        }
        String words = failure instanceof RespProtocolException ? failure.getMessage() : "Protocol error: " + failure;
        return RespMessage.error("ERR " + words);
    }

    private static String code(Failure failure) {
        return switch (failure.kind()) {
            case DENIED -> "NOPERM";
            case UNAUTHENTICATED -> "NOAUTH";
            case INVALID, OVERLOADED, TIMEOUT, UNAVAILABLE, UNSUPPORTED -> "ERR";
        };
    }
}
