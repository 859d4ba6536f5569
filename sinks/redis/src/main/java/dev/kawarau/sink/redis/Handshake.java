package dev.kawarau.sink.redis;

import dev.kawarau.Dialer;
import dev.kawarau.resp.RespLimits;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespReader;
import dev.kawarau.resp.RespValue;
import dev.kawarau.resp.RespVersion;
import dev.kawarau.resp.RespWriter;
import io.lettuce.core.RedisCredentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a new connection says before it carries requests: who it is, which protocol version, which database. */
final class Handshake {
    private static final RespReader reader = new RespReader(RespLimits.DEFAULT);
    private static final Pattern VERSION = Pattern.compile("(\\d{1,3})\\.(\\d{1,2}).*");

    /** Takes the reply to one command. */
    @FunctionalInterface
    interface Step {
        void replied(RespMessage reply);
    }

    private record Said(List<String> command, boolean mayFail) {}

    private final UpstreamConnection connection;
    private final RedisSettings settings;
    private final ArrayDeque<Said> left = new ArrayDeque<>();

    private Handshake(UpstreamConnection connection, RedisSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    /** Asks for the credentials, which may take time, and goes on from there. */
    static void begin(UpstreamConnection connection, RedisSettings settings) {
        CompletableFuture<RedisCredentials> asked;
        try {
            asked = settings.credentials().resolveCredentials().toFuture();
        } catch (RuntimeException thrown) {
            asked = CompletableFuture.failedFuture(thrown);
        }
        asked.whenComplete((credentials, failure) -> connection.home().loop().execute(() -> {
            if (failure != null) {
                connection.refused("cannot be used: no credentials, " + Dialer.reason(failure), null);
            } else {
                new Handshake(connection, settings).start(credentials);
            }
        }));
    }

    private void start(@Nullable RedisCredentials credentials) {
        List<String> auth = auth(credentials);
        if (connection.version() == RespVersion.RESP3) {
            List<String> hello = new ArrayList<>(List.of("HELLO", "3"));
            if (!auth.isEmpty()) {
                hello.add("AUTH");
                hello.add(auth.size() == 1 ? "default" : auth.get(0));
                hello.add(auth.get(auth.size() - 1));
            }
            left.add(new Said(hello, false));
        } else {
            if (!auth.isEmpty()) {
                auth.add(0, "AUTH");
                left.add(new Said(auth, false));
            }
            // Only to learn the server's version: servers before 6.0 do not know it, and a locked one refuses it.
            left.add(new Said(List.of("HELLO", "2"), true));
        }
        if (settings.database() != 0) {
            left.add(new Said(List.of("SELECT", Integer.toString(settings.database())), false));
        }
        if (settings.clientName() != null) {
            left.add(new Said(List.of("CLIENT", "SETNAME", settings.clientName()), true));
        }
        next();
    }

    private static List<String> auth(@Nullable RedisCredentials credentials) {
        List<String> auth = new ArrayList<>(3);
        if (credentials != null && credentials.hasPassword()) {
            if (credentials.hasUsername()) {
                auth.add(credentials.getUsername());
            }
            auth.add(new String(credentials.getPassword()));
        }
        return auth;
    }

    private void next() {
        Said said = left.poll();
        if (said == null) {
            connection.ready();
            return;
        }
        connection.sendNow(command(said.command), reply -> {
            if (reply.isError() && !said.mayFail) {
                RespMessage error = withoutArguments(reply);
                connection.refused("refused the sink's handshake: " + error.value(), error);
            } else {
                learn(reply.value());
                next();
            }
        });
    }

    /** A server that does not know the command repeats what it was sent, the password too. */
    private static RespMessage withoutArguments(RespMessage error) {
        String text = error.value() instanceof RespValue.SimpleError simple ? simple.text() : "";
        int arguments = text.indexOf(", with args beginning with");
        return arguments < 0 ? error : RespMessage.error(text.substring(0, arguments));
    }

    /** The reply to HELLO says {@code version}, as a map in RESP3 and as a flat array in RESP2. */
    private void learn(RespValue reply) {
        if (reply instanceof RespValue.Map map) {
            for (RespValue.Entry entry : map.entries()) {
                learn(entry.key(), entry.value());
            }
        } else if (reply instanceof RespValue.Array array) {
            for (int i = 0; i + 1 < array.elements().size(); i += 2) {
                learn(array.elements().get(i), array.elements().get(i + 1));
            }
        }
    }

    private void learn(RespValue key, RespValue value) {
        if (key instanceof RespValue.Bulk name
                && name.text().equals("version")
                && value instanceof RespValue.Bulk text) {
            Matcher matcher = VERSION.matcher(text.text());
            if (matcher.matches()) {
                connection.serverVersion(Integer.parseInt(matcher.group(1)) * 100 + Integer.parseInt(matcher.group(2)));
            }
        }
    }

    static byte[] command(List<String> arguments) {
        ByteBuf out = Unpooled.buffer();
        RespWriter.writeCommand(out, arguments.toArray(String[]::new));
        return ByteBufUtil.getBytes(out);
    }

    static RespValue read(ByteBuf buffer, int offset, int length) {
        return reader.read(buffer, offset, offset + length);
    }
}
