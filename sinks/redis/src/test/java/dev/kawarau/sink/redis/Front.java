package dev.kawarau.sink.redis;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** What the clients of a differential test connect to: something in front of a real server, or the server itself. */
interface Front extends AutoCloseable {

    /** How what is in front of the server uses its connections to it. */
    enum Mode {
        SHARED,
        TRANSPARENT
    }

    /** Puts something in front of a server. */
    @FunctionalInterface
    interface Factory {
        Front before(RedisServer server, Mode mode) throws Exception;
    }

    SocketAddress address();

    @Override
    void close() throws IOException;

    /** The server itself, nothing between. */
    static Front nothingBefore(RedisServer server) {
        return new Front() {
            @Override
            public SocketAddress address() {
                return new InetSocketAddress(server.host(), server.port());
            }

            @Override
            public void close() {}
        };
    }
}
