package dev.kawarau.resp;

import dev.kawarau.Chain;
import dev.kawarau.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The users of a {@link RespListener}. A client authenticates with AUTH or HELLO, as with Redis 6 and later, and gets
 * Redis's own errors (NOAUTH, WRONGPASS, NOPERM). Immutable.
 */
public final class RespUsers {
    private static final RespCommand AUTH = RespCommands.find("AUTH");
    private static final RespCommand HELLO = RespCommands.find("HELLO");
    private static final RespCommand RESET = RespCommands.find("RESET");

    // The words are those of Redis 7.0.
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final RespMessage WAS_RESET = RespMessage.of(RespValue.simple("RESET"));
    private static final RespMessage NOAUTH = RespMessage.error("NOAUTH Authentication required.");
    private static final RespMessage WRONGPASS =
            RespMessage.error("WRONGPASS invalid username-password pair or user is disabled.");
    private static final RespMessage NO_PASSWORD_SET =
            RespMessage.error("ERR AUTH <password> called without any password"
                    + " configured for the default user. Are you sure your configuration is correct?");
    private static final RespMessage HELLO_NOAUTH = RespMessage.error("NOAUTH HELLO must be called with the client"
            + " already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to"
            + " authenticate the client and select the RESP protocol version at the same time");
    private static final RespMessage NOT_AN_INTEGER =
            RespMessage.error("ERR Protocol version is not an integer or out of range");
    private static final RespMessage NOPROTO = RespMessage.error("NOPROTO unsupported protocol version");
    private static final RespMessage NOT_IN_TRANSACTION =
            RespMessage.error("ERR Command not allowed inside a transaction");
    private static final RespMessage NO_KEY =
            RespMessage.error("NOPERM this user has no permissions to access one of the keys used as arguments");
    private static final RespMessage NO_CHANNEL =
            RespMessage.error("NOPERM this user has no permissions to access one of the channels used as arguments");

    private final Map<String, RespUser> users;

    private RespUsers(Map<String, RespUser> users) {
        this.users = users;
    }

    /**
     * These users and no others.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    public static RespUsers of(RespUser... users) {
        Map<String, RespUser> byName = new LinkedHashMap<>();
        for (RespUser user : users) {
            if (byName.put(user.name(), user) != null) {
                throw new IllegalArgumentException(user + " is there twice");
            }
        }
        return new RespUsers(byName);
    }

    /** Who a client is before it said anything: the user {@code default}, if that needs no password. */
    @Nullable
    RespUser withoutPassword() {
        RespUser user = users.get("default");
        return user != null && user.takesAnyPassword() ? user : null;
    }

    Reply handle(RespMessage request, RespSession state, Chain chain) {
        RespCommand command = request.command();
        if (command == AUTH) {
            return Reply.of(auth(request, state));
        }
        if (command == HELLO) {
            return hello(request, state, chain);
        }
        if (command == RESET) {
            return reset(request, state, chain);
        }
        RespUser user = state.user();
        if (user == null) {
            return Reply.of(NOAUTH);
        }
        RespMessage refusal = refusal(request, user);
        return refusal == null ? chain.send(request) : Reply.of(refusal);
    }

    /** Takes effect at once, since what comes next may be another AUTH, which must not be undone by a late answer. */
    private Reply reset(RespMessage request, RespSession state, Chain chain) {
        if (!RESET.accepts(request.count())) {
            return Reply.of(wrongArity(RESET));
        }
        if (state.user() == null) {
            // Who is nobody has nothing to reset, and is not worth a connection to the server.
            return Reply.of(WAS_RESET);
        }
        state.user(withoutPassword());
        return chain.send(request);
    }

    private static @Nullable RespMessage refusal(RespMessage request, RespUser user) {
        RespCommand command = request.command();
        if (!user.mayRun(command)) {
            String name = request.query().operation().toLowerCase(Locale.ROOT);
            return RespMessage.error("NOPERM this user has no permissions to run the '" + name + "' command");
        }
        if (!user.isLimitedToKeys()) {
            return null;
        }
        if (command.isKnown() && !command.accepts(request.count())) {
            // A newer server may take it after all, and then nobody knows which arguments are keys.
            return wrongArity(command);
        }
        if (!user.mayTouchKeysOf(request)) {
            return NO_KEY;
        }
        return user.mayTouchChannelsOf(request) ? null : NO_CHANNEL;
    }

    private static RespMessage wrongArity(RespCommand command) {
        return RespMessage.error(
                "ERR wrong number of arguments for '" + command.name().toLowerCase(Locale.ROOT) + "' command");
    }

    private RespMessage auth(RespMessage request, RespSession state) {
        if (request.count() < 2) {
            return wrongArity(AUTH);
        }
        if (request.count() > 3) {
            return RespMessage.error("ERR syntax error");
        }
        if (state.isQueueing()) {
            return NOT_IN_TRANSACTION;
        }
        List<byte[]> arguments = request.arguments();
        if (request.count() == 2 && withoutPassword() != null) {
            return NO_PASSWORD_SET;
        }
        byte[] name = request.count() == 2 ? "default".getBytes(StandardCharsets.UTF_8) : arguments.get(1);
        RespUser user = find(name, arguments.get(arguments.size() - 1));
        if (user == null) {
            return WRONGPASS;
        }
        state.user(user);
        return OK;
    }

    private @Nullable RespUser find(byte[] name, byte[] password) {
        // Also for a name that is not there, so that the time taken does not tell.
        byte[] digest = RespUser.sha256(password);
        RespUser user = users.get(new String(name, StandardCharsets.UTF_8));
        return user != null && user.accepts(digest) ? user : null;
    }

    /** HELLO goes on without its AUTH clause, which is for this listener and not for the server behind. */
    private Reply hello(RespMessage request, RespSession state, Chain chain) {
        List<byte[]> arguments = request.arguments();
        if (arguments.size() > 1 && !request.argumentIs(1, "2") && !request.argumentIs(1, "3")) {
            String version = new String(arguments.get(1), StandardCharsets.ISO_8859_1);
            return Reply.of(version.matches("0|-?[1-9][0-9]{0,17}") ? NOPROTO : NOT_AN_INTEGER);
        }
        List<byte[]> rest = new ArrayList<>(arguments.subList(0, Math.min(2, arguments.size())));
        RespUser user = state.user();
        for (int i = 2; i < arguments.size(); i++) {
            int more = arguments.size() - 1 - i;
            if (request.argumentIs(i, "AUTH") && more >= 2) {
                user = find(arguments.get(i + 1), arguments.get(i + 2));
                if (user == null) {
                    return Reply.of(WRONGPASS);
                }
                i += 2;
            } else if (request.argumentIs(i, "SETNAME") && more >= 1) {
                rest.add(arguments.get(i++));
                rest.add(arguments.get(i));
            } else {
                return Reply.of(noOptionOfHello(arguments.get(i)));
            }
        }
        if (user == null) {
            return Reply.of(HELLO_NOAUTH);
        }
        if (rest.size() == arguments.size()) {
            return chain.send(request);
        }
        if (state.isQueueing()) {
            return Reply.of(NOT_IN_TRANSACTION);
        }
        state.user(user);
        return chain.send(RespMessage.command(request, rest));
    }

    private static RespMessage noOptionOfHello(byte[] option) {
        String text = new String(option, 0, Math.min(128, option.length), StandardCharsets.UTF_8);
        int end = text.indexOf(0);
        return RespMessage.error(
                "ERR Syntax error in HELLO option '" + (end < 0 ? text : text.substring(0, end)) + "'");
    }

    /** The names; never a password. */
    @Override
    public String toString() {
        return "users " + users.keySet();
    }
}
