package dev.kawarau.cql;

import org.jspecify.annotations.Nullable;

/** What a frame is (native protocol v5, section 2.4.1.4; the same in v3 and v4, section 2.4). */
public enum CqlOpcode {
    ERROR(0x00, true),
    STARTUP(0x01, false),
    READY(0x02, true),
    AUTHENTICATE(0x03, true),
    OPTIONS(0x05, false),
    SUPPORTED(0x06, true),
    QUERY(0x07, false),
    RESULT(0x08, true),
    PREPARE(0x09, false),
    EXECUTE(0x0a, false),
    REGISTER(0x0b, false),
    EVENT(0x0c, true),
    BATCH(0x0d, false),
    AUTH_CHALLENGE(0x0e, true),
    AUTH_RESPONSE(0x0f, false),
    AUTH_SUCCESS(0x10, true);

    private static final @Nullable CqlOpcode[] BY_CODE = new @Nullable CqlOpcode[0x11];

    static {
        for (CqlOpcode opcode : values()) {
            BY_CODE[opcode.code] = opcode;
        }
    }

    private final int code;
    private final boolean response;

    CqlOpcode(int code, boolean response) {
        this.code = code;
        this.response = response;
    }

    /** The opcode of a byte, 0 to 255; null if these versions have none of that number, as 4. */
    public static @Nullable CqlOpcode of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** The byte on the wire. */
    public int code() {
        return code;
    }

    /** Whether servers send it; if not, clients do. */
    public boolean isResponse() {
        return response;
    }
}
