package dev.kawarau.resp;

/**
 * The peer does not speak RESP, or asks for more than {@link RespLimits} allows: frame boundaries are lost, so the
 * connection is of no further use. The message is in Redis's own words where Redis has some, without the error code: a
 * client is answered {@code -ERR } and the message, and the connection is closed.
 *
 * <p>It carries no stack trace: hostile input must not be dear to refuse.
 */
public final class RespProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RespProtocolException(String message) {
        super(message, null, false, false);
    }

    /** A byte as an error message may show it: itself if printable, a space for a line end as Redis has it, or its code. */
    static String show(byte b) {
        if (b == '\r' || b == '\n') {
            return " ";
        }
        if (b >= ' ' && b <= '~') {
            return String.valueOf((char) b);
        }
        return "\\x" + Character.forDigit((b >> 4) & 15, 16) + Character.forDigit(b & 15, 16);
    }
}
