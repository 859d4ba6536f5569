package dev.kawarau.sink.redis;

import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name and library that a client gave itself. A shared connection cannot bear the names of all its clients, so they
 * are kept here, and given to the server when the client gets a connection of its own. What is not in order goes to the
 * server, which has the right words for it.
 */
final class ClientNaming {
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final RespMessage TOO_LONG =
            RespMessage.error("ERR Client names of more than 1024 bytes do not pass through Kawarau");
    private static final int MOST = 1024;
    /** CLIENT SETINFO came with Redis 7.2. */
    private static final int SETINFO_SINCE = 702;

    private @Nullable String name;
    private @Nullable String libraryName;
    private @Nullable String libraryVersion;

    /** The reply if the command can be answered here. */
    @Nullable
    RespMessage answer(RespMessage request, RespSession session, int serverVersion) {
        if (request.command() == Commands.CLIENT_GETNAME && request.count() == 2) {
            return RespMessage.of(name == null ? RespValue.nil() : RespValue.bulk(name), session.version());
        }
        if (request.command() == Commands.CLIENT_SETNAME && request.count() == 3) {
            if (request.argument(2).readableBytes() > MOST) {
                // Not for the server, which would give it to a connection that others share.
                return TOO_LONG;
            }
            return isPlain(request.argument(2)) ? setName(request) : null;
        }
        if (request.command() == Commands.CLIENT_SETINFO && request.count() == 4 && serverVersion >= SETINFO_SINCE) {
            return isPlain(request.argument(3)) ? setLibrary(request) : null;
        }
        return null;
    }

    private RespMessage setName(RespMessage request) {
        String given = text(request.argument(2));
        name = given.isEmpty() ? null : given;
        return OK;
    }

    private @Nullable RespMessage setLibrary(RespMessage request) {
        if (request.argumentIs(2, "LIB-NAME")) {
            libraryName = text(request.argument(3));
            return OK;
        }
        if (request.argumentIs(2, "LIB-VER")) {
            libraryVersion = text(request.argument(3));
            return OK;
        }
        return null;
    }

    /** Notes what the server accepted on the session's own connection. */
    void replied(RespMessage request, RespMessage reply) {
        if (reply.isError()) {
            return;
        }
        if (request.command() == Commands.RESET) {
            name = null;
        } else if (request.command() == Commands.HELLO) {
            for (int i = 2; i + 1 < request.count(); i++) {
                if (request.argumentIs(i, "SETNAME")) {
                    ByteBuf given = request.argument(++i);
                    name = given.readableBytes() <= MOST ? text(given) : null;
                } else {
                    i += 2;
                }
            }
        } else if (reply.firstByte() == '+' && reply.size() == OK.size()) {
            answer(request, RespSession.of(request.session()), SETINFO_SINCE);
        }
    }

    /** What a connection has to be told so that it bears the client's name and library. */
    List<byte[]> introduction(int serverVersion) {
        List<byte[]> commands = new ArrayList<>(3);
        if (name != null) {
            commands.add(Handshake.command(List.of("CLIENT", "SETNAME", name)));
        }
        if (serverVersion >= SETINFO_SINCE && libraryName != null) {
            commands.add(Handshake.command(List.of("CLIENT", "SETINFO", "LIB-NAME", libraryName)));
        }
        if (serverVersion >= SETINFO_SINCE && libraryVersion != null) {
            commands.add(Handshake.command(List.of("CLIENT", "SETINFO", "LIB-VER", libraryVersion)));
        }
        return commands;
    }

    boolean isNamed() {
        return name != null;
    }

    /** Redis takes the printable characters of ASCII but the space (validateClientAttr). */
    private static boolean isPlain(ByteBuf value) {
        return value.readableBytes() <= MOST && value.forEachByte(b -> b >= '!' && b <= '~') < 0;
    }

    private static String text(ByteBuf value) {
        return value.toString(StandardCharsets.US_ASCII);
    }
}
