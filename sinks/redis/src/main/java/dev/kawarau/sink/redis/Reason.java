package dev.kawarau.sink.redis;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in a few words why a connection failed; the address is said elsewhere. */
final class Reason {
    /** What Netty's native transports put before the words of the operating system. */
    private static final Pattern NATIVE_CALL = Pattern.compile("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ");

    private Reason() {}

    static String of(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown reason";
        }
        if (cause instanceof ConnectTimeoutException) {
            return "connection timed out";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no route to host";
        }
        if (cause instanceof ConnectException) {
            return "connection refused";
        }
        if (cause instanceof ClosedChannelException) {
            return "connection closed";
        }
        if (cause instanceof UnknownHostException) {
            return "unknown host";
        }
        Throwable root = cause.getCause() instanceof SSLException ssl ? ssl : cause;
        String message = root.getMessage();
        if (message == null) {
            return root.getClass().getSimpleName();
        }
        return NATIVE_CALL.matcher(message).replaceFirst("").replaceAll("[\r\n]+", " ");
    }
}
