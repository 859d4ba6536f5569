package dev.kawarau.sink.redis;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in a few words why a connection failed; the address is said elsewhere. */
final class Reason {
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
        if (cause instanceof UnknownHostException) {
            return "unknown host";
        }
        Throwable root = cause.getCause() instanceof SSLException ssl ? ssl : cause;
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message.replaceAll("[\r\n]+", " ");
    }
}
