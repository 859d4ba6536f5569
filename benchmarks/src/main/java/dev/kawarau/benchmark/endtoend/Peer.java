package dev.kawarau.benchmark.endtoend;

import org.jspecify.annotations.Nullable;

/**
 * Something on 127.0.0.1 that is measured.
 *
 * @param name for people, unique
 * @param port where it speaks RESP
 * @param proxy the process between the client and Redis, or null if there is none
 */
record Peer(String name, int port, @Nullable ProcessHandle proxy) {
    static final String DIRECT = "direct";
    static final String KAWARAU = "Kawarau";
    static final String TWEMPROXY = "twemproxy";
    static final String HAPROXY = "HAProxy";
    static final String BARE_RELAY = "bare relay";

    static Peer direct(int port) {
        return new Peer(DIRECT, port, null);
    }
}
