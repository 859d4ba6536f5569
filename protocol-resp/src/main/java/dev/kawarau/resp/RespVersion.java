package dev.kawarau.resp;

/** What a connection speaks: RESP2 until its client says {@code HELLO 3}. */
public enum RespVersion {
    RESP2,
    RESP3
}
