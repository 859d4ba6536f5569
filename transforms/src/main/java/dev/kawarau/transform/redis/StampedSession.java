package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.transform.consistency.Plan;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client's connection is at. Servers come and go, and each would forget it: so it is kept here, and commands about
 * it are answered here. Confined to the session's loop.
 */
final class StampedSession {
    private static final RespCommand HELLO = RespCommands.find("HELLO");
    private static final RespCommand AUTH = RespCommands.find("AUTH");
    private static final RespCommand SELECT = RespCommands.find("SELECT");
    private static final RespCommand MULTI = RespCommands.find("MULTI");
    private static final RespCommand EXEC = RespCommands.find("EXEC");
    private static final RespCommand DISCARD = RespCommands.find("DISCARD");
    private static final RespCommand SETNAME = RespCommands.find("CLIENT|SETNAME");
    private static final RespCommand GETNAME = RespCommands.find("CLIENT|GETNAME");
    private static final RespCommand SETINFO = RespCommands.find("CLIENT|SETINFO");
    private static final RespCommand ID = RespCommands.find("CLIENT|ID");

    static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final RespMessage NO_INTEGER = RespMessage.error("ERR value is not an integer or out of range");
    private static final RespMessage NO_DATABASE = RespMessage.error("ERR DB index is out of range");
    private static final RespMessage NOPROTO = RespMessage.error("NOPROTO unsupported protocol version");
    private static final RespMessage NO_PASSWORD_SET =
            RespMessage.error("ERR AUTH <password> called without any password"
                    + " configured for the default user. Are you sure your configuration is correct?");
    private static final String REDIS = "7.0.15";

    private final Session session;
    private final RespSession resp;
    private final int databases;
    private int database;
    private boolean inTransaction;
    private byte @Nullable [] name;

    StampedSession(Session session, int databases) {
        this.session = session;
        this.resp = RespSession.of(session);
        this.databases = databases;
        // Perhaps it was at another chain before, and selected one there.
        this.database = resp.database() == 0 ? -1 : resp.database();
    }

    /** The database that the client selected; -1 if none, so that it is that of the connections. */
    int database() {
        return database;
    }

    RespVersion version() {
        return resp.version();
    }

    /** Whether another chain can take the session over, which knows nothing of what is kept here. */
    boolean isPlain() {
        return database < 0 && !inTransaction;
    }

    /** The answer to a command about the connection; null if it is about something else. */
    @Nullable
    Plan answer(RespMessage request) {
        RespCommand command = request.command();
        if (command == MULTI || command == EXEC || command == DISCARD || inTransaction) {
            return new Plan.Answer(transaction(request));
        }
        RespMessage answer = connection(request, command);
        return answer == null ? null : new Plan.Answer(Reply.of(answer));
    }

    private @Nullable RespMessage connection(RespMessage request, RespCommand command) {
        if (!command.accepts(request.count())) {
            return null;
        }
        if (command == SELECT) {
            return select(request);
        } else if (command == HELLO) {
            return hello(request);
        } else if (command == AUTH) {
            return NO_PASSWORD_SET;
        } else if (command == SETNAME) {
            name = bytes(request, 2);
            return OK;
        } else if (command == GETNAME) {
            return RespMessage.of(name == null || name.length == 0 ? RespValue.nil() : RespValue.bulk(name), version());
        } else if (command == SETINFO) {
            return OK;
        } else if (command == ID) {
            return RespMessage.of(RespValue.integer(session.id()));
        }
        return null;
    }

    /**
     * A refusal of MULTI would let what a client has sent behind it run by itself. So it begins, everything in it is refused,
     * and nothing of it is carried out.
     */
    private Reply transaction(RespMessage request) {
        RespCommand command = request.command();
        if (command == MULTI && !inTransaction) {
            inTransaction = true;
            return Reply.of(OK);
        }
        boolean ends = command == EXEC || command == DISCARD;
        if (ends && !inTransaction) {
            return Reply.of(RespMessage.error("ERR " + command.name() + " without MULTI"));
        }
        if (ends) {
            inTransaction = false;
            return Reply.of(command == DISCARD ? OK : RespMessage.of(RespValue.array()));
        }
        return Reply.failed(new Failure(
                Failure.Kind.UNSUPPORTED,
                "transactions do not pass through RedisVersionStamp: the servers would have to agree on them"));
    }

    private RespMessage select(RespMessage request) {
        String text = text(request, 1);
        if (!text.matches("-?[0-9]{1,9}")) {
            return NO_INTEGER;
        }
        int chosen = Integer.parseInt(text);
        if (chosen < 0 || chosen >= databases) {
            return NO_DATABASE;
        }
        database = chosen;
        resp.database(chosen);
        return OK;
    }

    private RespMessage hello(RespMessage request) {
        RespVersion chosen = resp.version();
        if (request.count() > 1) {
            if (!request.argumentIs(1, "2") && !request.argumentIs(1, "3")) {
                return NOPROTO;
            }
            chosen = request.argumentIs(1, "3") ? RespVersion.RESP3 : RespVersion.RESP2;
        }
        byte[] named = name;
        for (int i = 2; i < request.count(); i++) {
            if (request.argumentIs(i, "AUTH")) {
                return NO_PASSWORD_SET;
            } else if (request.argumentIs(i, "SETNAME") && i + 1 < request.count()) {
                named = bytes(request, ++i);
            } else {
                return RespMessage.error("ERR Syntax error in HELLO");
            }
        }
        name = named;
        resp.version(chosen);
        return RespMessage.of(
                RespValue.map(
                        entry("server", RespValue.bulk("redis")),
                        entry("version", RespValue.bulk(REDIS)),
                        entry("proto", RespValue.integer(chosen == RespVersion.RESP3 ? 3 : 2)),
                        entry("id", RespValue.integer(session.id())),
                        entry("mode", RespValue.bulk("standalone")),
                        entry("role", RespValue.bulk("master")),
                        entry("modules", RespValue.array(List.of()))),
                chosen);
    }

    private static RespValue.Entry entry(String key, RespValue value) {
        return RespValue.entry(RespValue.bulk(key), value);
    }

    private static byte[] bytes(RespMessage request, int argument) {
        byte[] bytes = new byte[request.length(argument)];
        request.buffer().getBytes(request.start(argument), bytes);
        return bytes;
    }

    private static String text(RespMessage request, int argument) {
        return new String(bytes(request, argument), StandardCharsets.ISO_8859_1);
    }
}
