package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.statement.Use;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a connection ready on the sink's behalf: asks what the server supports, says STARTUP, who the sink is, and which
 * keyspace to use (native protocol v5, section 4). Confined to the connection's event loop.
 */
final class Handshake {
    private static final String COMPRESSION = "COMPRESSION";

    /** Who may want to know how it went, before the connection tells whom it serves. */
    interface Observer {
        /** The server said what it supports. */
        void supported(Supported supported);

        /** The server does not let the connection be used. */
        void refused(Refusal refusal);
    }

    /**
     * Why a connection cannot be used.
     *
     * @param error what the server said; null if it said nothing
     * @param wantsUser it wants to know who the sink is, and the sink has not been told
     */
    record Refusal(String because, @Nullable Error error, boolean wantsUser) {}

    private final NodeConnection connection;
    private final CassandraSettings settings;
    private final Lane.Key key;
    private final Observer observer;

    private Handshake(NodeConnection connection, CassandraSettings settings, Lane.Key key, Observer observer) {
        this.connection = connection;
        this.settings = settings;
        this.key = key;
        this.observer = observer;
    }

    /** @param key the options and the keyspace that the connection is to have */
    static void begin(NodeConnection connection, CassandraSettings settings, Lane.Key key, Observer observer) {
        new Handshake(connection, settings, key, observer).begin();
    }

    private void begin() {
        send(Options.INSTANCE, answer -> {
            if (answer instanceof Supported supported) {
                observer.supported(supported);
                startUp();
            } else {
                refused("does not say what it supports", answer);
            }
        });
    }

    private void startUp() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("CQL_VERSION", "3.0.0");
        options.put("DRIVER_NAME", "Kawarau");
        options.putAll(key.options());
        addCompression(options, settings.compression());
        send(new Startup(options), answer -> {
            if (answer instanceof Ready) {
                use();
            } else if (answer instanceof Authenticate) {
                authenticate();
            } else {
                refused("refused STARTUP", answer);
            }
        });
    }

    static void addCompression(Map<String, String> options, CqlCompression compression) {
        if (compression != CqlCompression.NONE) {
            options.put(COMPRESSION, compression.option());
        }
    }

    private void authenticate() {
        CassandraSettings.Credentials who = settings.credentials();
        if (who == null) {
            give(new Refusal("wants to know who the sink is; give it credentials", null, true));
            return;
        }
        byte[] token = ("\0" + who.user() + "\0" + who.password()).getBytes(StandardCharsets.UTF_8);
        send(new AuthResponse(ByteBuffer.wrap(token)), answer -> {
            if (answer instanceof AuthSuccess) {
                use();
            } else {
                refused("refused the credentials of " + who.user(), answer);
            }
        });
    }

    private void use() {
        String keyspace = key.keyspace();
        if (keyspace == null) {
            connection.ready();
            return;
        }
        send(new Query(new Use(keyspace).toCql()), answer -> {
            if (answer instanceof SetKeyspace) {
                connection.ready();
            } else {
                refused("refused USE " + keyspace, answer);
            }
        });
    }

    private void send(Message request, Consumer<Message> then) {
        connection.sendNow(new OwnErrand(CqlMessage.of(connection.version(), request), then, () -> {}));
    }

    private void refused(String what, Message answer) {
        Error error = answer instanceof Error said ? said : null;
        give(new Refusal(what + (error == null ? "" : ": " + error.message), error, false));
    }

    private void give(Refusal refusal) {
        observer.refused(refusal);
        connection.close(refusal.because());
    }
}
