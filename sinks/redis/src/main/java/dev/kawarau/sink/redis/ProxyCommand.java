package dev.kawarau.sink.redis;

/** A command of the proxy's own that was sent, and who sees the reply. */
record ProxyCommand(Handshake.Step step, long sentNanos) {}
