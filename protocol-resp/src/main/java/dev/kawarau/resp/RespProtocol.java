package dev.kawarau.resp;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Protocol;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** RESP as a listener sees it. Immutable. */
final class RespProtocol implements Protocol {
    private static final RespCommand QUIT = RespCommands.find("QUIT");
    private static final RespCommand RESET = RespCommands.find("RESET");
    private static final RespCommand WATCH = RespCommands.find("WATCH");
    private static final RespCommand UNWATCH = RespCommands.find("UNWATCH");
    private static final RespCommand EXEC = RespCommands.find("EXEC");
    private static final Set<RespCommand> TRANSACTIONS =
            Set.of(RespCommands.find("MULTI"), EXEC, RespCommands.find("DISCARD"), WATCH, UNWATCH);
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final RespMessage EXECABORT =
            RespMessage.error("EXECABORT Transaction discarded because of previous errors.");

    private static final int MOST_SHOWN = 128;

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
        RespCommand command = request.command();
        if (command == QUIT) {
            request.session().close();
            return Reply.of(state.isMuted() ? RespMessage.nothing() : OK);
        }
        if (!command.isKnown() && isWebRequest(request)) {
            request.session().close();
            return Reply.of(RespMessage.nothing());
        }
        boolean muted = state.isMuted();
        boolean queueing = state.isQueueing();
        boolean pinned = command.routing() == RespCommand.Routing.PINNED;
        // RESET ends all of it, and more.
        if (command != RESET && (queueing || state.isWatching() || (pinned && TRANSACTIONS.contains(command)))) {
            request.markInTransaction();
        }
        int transaction = state.transaction();
        // What a stranger sends is refused, and begins no transaction.
        boolean stranger = users != null && state.user() == null;
        Reply reply = passed(request, state, chain, queueing);
        if (pinned && !stranger) {
            state.arrived(command, request.count());
        }
        if (command.routing() != RespCommand.Routing.SHARED && !reply.isDone()) {
            state.underWay(1);
            reply.whenDone((response, failure) -> state.underWay(-1));
        }
        if (queueing) {
            watch(request, state, transaction, reply);
        }
        return muted ? silenced(request, reply) : reply;
    }

    private Reply passed(RespMessage request, RespSession state, Chain chain, boolean queueing) {
        RespCommand command = request.command();
        if (!command.isKnown() || command.isContainer()) {
            int hidden = hiddenName(request);
            if (hidden >= 0) {
                return Reply.of(unknown(request, hidden));
            }
        }
        if (command == EXEC && state.refusedOne() && command.accepts(request.count())) {
            return chain.send(RespMessage.command(request, "DISCARD")).map(done -> EXECABORT);
        }
        Chain rest = !queueing && (command == WATCH || command == UNWATCH) ? noting(chain, state) : chain;
        return users == null ? rest.send(request) : users.handle(request, state, rest);
    }

    /**
     * A transform that refuses a WATCH would let the transaction behind it through unguarded. What the client may not do
     * was refused before, as the server would.
     */
    private static Chain noting(Chain chain, RespSession state) {
        return message -> {
            RespMessage request = (RespMessage) message;
            if (request.command() == UNWATCH) {
                state.watchRefused(false);
                return chain.send(request);
            }
            return chain.send(request).whenDone((response, failure) -> {
                if (!request.isSent() && (response == null || response.isError())) {
                    state.watchRefused(true);
                }
            });
        };
    }

    /**
     * Which argument is a name with a NUL in it; -1 if none. Redis compares names with C's strcasecmp after it found their
     * slot by a hash of all their bytes: {@code CONFIG\0x} is CONFIG to it for one x in some hundred, and nobody knows
     * for which.
     */
    private static int hiddenName(RespMessage request) {
        int names = request.command().isContainer() ? 2 : 1;
        for (int i = 0; i < Math.min(names, request.count()); i++) {
            int start = request.start(i);
            if (request.buffer().indexOf(start, start + request.length(i), (byte) 0) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** In Redis's words (commandCheckExistence), which end at the NUL. */
    private static RespMessage unknown(RespMessage request, int name) {
        if (name > 0) {
            return RespMessage.error("ERR unknown subcommand '" + beginning(request, name, MOST_SHOWN) + "'. Try "
                    + request.command().name() + " HELP.");
        }
        StringBuilder shown = new StringBuilder();
        for (int i = 1; i < request.count() && shown.length() < MOST_SHOWN; i++) {
            shown.append('\'')
                    .append(beginning(request, i, MOST_SHOWN - shown.length()))
                    .append("' ");
        }
        return RespMessage.error(
                "ERR unknown command '" + beginning(request, 0, MOST_SHOWN) + "', with args beginning with: " + shown);
    }

    private static String beginning(RespMessage request, int argument, int most) {
        int start = request.start(argument);
        int length = Math.min(most, request.length(argument));
        int nul = request.buffer().indexOf(start, start + length, (byte) 0);
        return request.buffer().toString(start, nul < 0 ? length : nul - start, StandardCharsets.UTF_8);
    }

    /** A browser that was led to send a form here, as Redis suspects too (securityWarningCommand): no word, and goodbye. */
    private static boolean isWebRequest(RespMessage request) {
        return request.argumentIs(0, "POST") || request.argumentIs(0, "HOST:");
    }

    /**
     * A request of a transaction that a transform or a missing right refused would be missing from EXEC unnoticed; of one
     * that failed when it was sent already, such as by a timeout, EXEC would do what the client was told had failed.
     */
    private static void watch(RespMessage request, RespSession state, int transaction, Reply reply) {
        reply.whenDone((response, failure) -> {
            if (response == null || (!request.isSent() && response.isError())) {
                state.refusedIn(transaction);
            }
        });
    }

    /** After CLIENT REPLY OFF a client expects no word from anybody, not only from the server. */
    private static Reply silenced(RespMessage request, Reply reply) {
        return reply.map(response -> request.isSent() ? response : RespMessage.nothing())
                .recover(failure -> request.isSent() ? Reply.failed(failure) : Reply.of(RespMessage.nothing()));
    }

    /** A client that selected no database is in that of the sink's own, which may have another number at the other one. */
    @Override
    public List<Message> introduction(Session client, Message copy) {
        RespSession there = RespSession.of(client);
        RespSession.of(copy.session()).version(there.version());
        return !there.hasSelected()
                ? List.of()
                : List.of(RespMessage.command((RespMessage) copy, "SELECT", Integer.toString(there.database())));
    }

    @Override
    public boolean mayLeave(Session session) {
        return RespSession.of(session).isSettled();
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
