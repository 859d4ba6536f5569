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
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final RespMessage NOAUTH = RespMessage.error("NOAUTH Authentication required.");
    private static final RespMessage WRONGPASS =
            RespMessage.error("WRONGPASS invalid username-password pair or user is disabled.");
    private static final RespMessage HELLO_NOAUTH = RespMessage.error("NOAUTH HELLO must be called with the client"
            + " already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to"
            + " authenticate the client and select the RESP protocol version at the same time");
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
        if (request.argumentIs(0, "AUTH")) {
            return Reply.of(auth(request, state));
        }
        if (request.argumentIs(0, "HELLO")) {
            return hello(request, state, chain);
        }
        if (request.argumentIs(0, "RESET")) {
            return chain.send(request).whenDone((response, failure) -> {
                if (response != null && !response.isError()) {
                    state.user(withoutPassword());
                }
            });
        }
        RespUser user = state.user();
        if (user == null) {
            return Reply.of(NOAUTH);
        }
        RespMessage refusal = refusal(request, user);
        return refusal == null ? chain.send(request) : Reply.of(refusal);
    }

    private static @Nullable RespMessage refusal(RespMessage request, RespUser user) {
        RespCommand command = request.command();
        if (!user.mayRun(command.kind())) {
            String name = request.query().operation().toLowerCase(Locale.ROOT);
            return RespMessage.error("NOPERM this user has no permissions to run the '" + name + "' command");
        }
        if (!user.mayTouchKeysOf(request)) {
            return command.channels(request).count() > 0 ? NO_CHANNEL : NO_KEY;
        }
        return null;
    }

    private RespMessage auth(RespMessage request, RespSession state) {
        return switch (request.count()) {
            case 2 ->
                login(
                        "default".getBytes(StandardCharsets.UTF_8),
                        request.arguments().get(1),
                        state);
            case 3 -> login(request.arguments().get(1), request.arguments().get(2), state);
            default ->
                RespMessage.error(
                        request.count() == 1 ? "ERR wrong number of arguments for 'auth' command" : "ERR syntax error");
        };
    }

    private RespMessage login(byte[] name, byte[] password, RespSession state) {
        RespUser user = users.get(new String(name, StandardCharsets.UTF_8));
        if (user == null || !user.accepts(password)) {
            return WRONGPASS;
        }
        state.user(user);
        return OK;
    }

    /** HELLO goes on without its AUTH clause, which is for this listener and not for the server behind. */
    private Reply hello(RespMessage request, RespSession state, Chain chain) {
        List<byte[]> rest = new ArrayList<>();
        List<byte[]> arguments = request.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            if (i >= 2 && request.argumentIs(i, "AUTH") && i + 2 < arguments.size()) {
                if (login(arguments.get(i + 1), arguments.get(i + 2), state) == WRONGPASS) {
                    return Reply.of(WRONGPASS);
                }
                i += 2;
            } else if (i >= 2 && request.argumentIs(i, "SETNAME") && i + 1 < arguments.size()) {
                rest.add(arguments.get(i++));
                rest.add(arguments.get(i));
            } else {
                rest.add(arguments.get(i));
            }
        }
        if (state.user() == null) {
            return Reply.of(HELLO_NOAUTH);
        }
        return chain.send(rest.size() == arguments.size() ? request : RespMessage.command(request, rest));
    }

    /** The names; never a password. */
    @Override
    public String toString() {
        return "users " + users.keySet();
    }
}
