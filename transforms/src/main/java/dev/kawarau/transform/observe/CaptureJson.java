package dev.kawarau.transform.observe;

import dev.kawarau.transform.observe.Captured.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A capture as lines of JSON. What is absent in a line was not kept. */
final class CaptureJson {
    private CaptureJson() {}

    /** The first line of each file. */
    static byte[] header(Instant began) {
        return bytes("{\"capture\":1,\"began\":\"" + began + "\"}\n");
    }

    static byte[] encode(Captured record) {
        StringBuilder json = new StringBuilder(256);
        json.append("{\"session\":").append(record.session());
        json.append(",\"number\":").append(record.number());
        json.append(",\"us\":").append(record.micros());
        text(json, "protocol", record.protocol());
        text(json, "status", record.status().name().toLowerCase(Locale.ROOT));
        if (!record.isEnd()) {
            request(json, record);
        }
        return bytes(json.append("}\n").toString());
    }

    private static void request(StringBuilder json, Captured record) {
        text(json, "kind", record.kind());
        text(json, "operation", record.operation());
        text(json, "namespace", record.namespace());
        if (!record.keys().isEmpty()) {
            json.append(",\"keys\":[");
            for (int i = 0; i < record.keys().size(); i++) {
                json.append(i == 0 ? "" : ",");
                quoted(json, record.keys().get(i));
            }
            json.append(']');
        }
        text(json, "failure", record.failure());
        json.append(",\"latencyUs\":").append(record.latencyMicros());
        json.append(",\"requestBytes\":").append(record.requestSize());
        json.append(",\"responseBytes\":").append(record.responseSize());
        base64(json, "request", record.request());
        base64(json, "response", record.response());
    }

    private static void base64(StringBuilder json, String name, byte @Nullable [] bytes) {
        if (bytes != null) {
            json.append(",\"").append(name).append("\":\"");
            json.append(Base64.getEncoder().encodeToString(bytes)).append('"');
        }
    }

    private static void text(StringBuilder json, String name, String value) {
        if (!value.isEmpty()) {
            json.append(",\"").append(name).append("\":");
            quoted(json, value);
        }
    }

    private static void quoted(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                json.append(c);
            } else {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        json.append('"');
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** @throws IllegalArgumentException if the line is no such header */
    static void checkHeader(String line) {
        if (!Long.valueOf(1).equals(new JsonObject(line).read().get("capture"))) {
            throw new IllegalArgumentException("not a capture, or one of a version that is not known");
        }
    }

    /** @throws IllegalArgumentException if the line is no record; the message says why */
    static Captured decode(String line) {
        Map<String, Object> fields = new JsonObject(line).read();
        Status status = status(text(fields, "status"));
        return new Captured(
                number(fields, "session"),
                number(fields, "number"),
                number(fields, "us"),
                text(fields, "protocol"),
                text(fields, "kind"),
                text(fields, "operation"),
                text(fields, "namespace"),
                keys(fields.get("keys")),
                status,
                text(fields, "failure"),
                number(fields, "latencyUs"),
                number(fields, "requestBytes"),
                number(fields, "responseBytes"),
                bytes(fields, "request"),
                bytes(fields, "response"));
    }

    private static Status status(String name) {
        for (Status status : Status.values()) {
            if (status.name().toLowerCase(Locale.ROOT).equals(name)) {
                return status;
            }
        }
        throw new IllegalArgumentException("there is no such status");
    }

    private static List<String> keys(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new IllegalArgumentException("\"keys\" is no array");
    }

    private static long number(Map<String, Object> fields, String name) {
        Object value = fields.getOrDefault(name, 0L);
        if (value instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("\"" + name + "\" is no number");
    }

    private static String text(Map<String, Object> fields, String name) {
        Object value = fields.getOrDefault(name, "");
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("\"" + name + "\" is no string");
    }

    private static byte @Nullable [] bytes(Map<String, Object> fields, String name) {
        return fields.containsKey(name) ? Base64.getDecoder().decode(text(fields, name)) : null;
    }
}
