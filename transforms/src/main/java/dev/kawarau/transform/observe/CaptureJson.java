package dev.kawarau.transform.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.kawarau.transform.observe.Captured.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A capture as lines of JSON. What is absent in a line was not kept. */
final class CaptureJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(CaptureReader.MOST_OF_A_RECORD)
                    .build())
            .build();

    private CaptureJson() {}

    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** The first line of each file. */
    static byte[] header(Instant began) {
        return line(json -> {
            json.writeNumberField("capture", 1);
            json.writeStringField("began", began.toString());
        });
    }

    static byte[] encode(Captured record) {
        return line(json -> {
            json.writeNumberField("session", record.session());
            json.writeNumberField("number", record.number());
            json.writeNumberField("us", record.micros());
            text(json, "protocol", record.protocol());
            text(json, "status", record.status().name().toLowerCase(Locale.ROOT));
            if (!record.isEnd()) {
                request(json, record);
            }
        });
    }

    private static void request(JsonGenerator json, Captured record) throws IOException {
        text(json, "kind", record.kind());
        text(json, "operation", record.operation());
        text(json, "namespace", record.namespace());
        if (!record.keys().isEmpty()) {
            json.writeArrayFieldStart("keys");
            for (String key : record.keys()) {
                json.writeString(key);
            }
            json.writeEndArray();
        }
        text(json, "failure", record.failure());
        json.writeNumberField("latencyUs", record.latencyMicros());
        json.writeNumberField("requestBytes", record.requestSize());
        json.writeNumberField("responseBytes", record.responseSize());
        base64(json, "request", record.request());
        base64(json, "response", record.response());
    }

    private static void base64(JsonGenerator json, String name, byte @Nullable [] bytes) throws IOException {
        if (bytes != null) {
            json.writeBinaryField(name, bytes);
        }
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }

    private static byte[] line(Fields fields) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // bytes in memory do not fail
        }
        return line.toByteArray();
    }

    /** @throws IllegalArgumentException if the line is no such header */
    static void checkHeader(byte[] line) {
        if (!Long.valueOf(1).equals(object(line).get("capture"))) {
            throw new IllegalArgumentException("not a capture, or one of a version that is not known");
        }
    }

    /** @throws IllegalArgumentException if the line is no record; the message says why */
    static Captured decode(byte[] line) {
        Map<String, Object> fields = object(line);
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

    /** An object of texts, whole numbers and arrays of texts, which is all that a line has. */
    private static Map<String, Object> object(byte[] line) {
        Map<String, Object> fields = new HashMap<>();
        try (JsonParser in = JSON.createParser(line)) {
            expect(in.nextToken() == JsonToken.START_OBJECT, "no object");
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                fields.put(name, value(in));
            }
            expect(in.currentToken() == JsonToken.END_OBJECT && in.nextToken() == null, "more behind the end");
            return fields;
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(malformed.getOriginalMessage(), malformed);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Object value(JsonParser in) throws IOException {
        JsonToken token = in.nextToken();
        if (token == JsonToken.VALUE_STRING) {
            return in.getText();
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return in.getLongValue();
        }
        expect(token == JsonToken.START_ARRAY, "neither a text nor a whole number nor an array");
        List<String> texts = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            expect(in.currentToken() == JsonToken.VALUE_STRING, "an array of more than texts");
            texts.add(in.getText());
        }
        return texts;
    }

    private static void expect(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
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
        throw new IllegalArgumentException("\"" + name + "\" is no text");
    }

    private static byte @Nullable [] bytes(Map<String, Object> fields, String name) {
        return fields.containsKey(name) ? Base64.getDecoder().decode(text(fields, name)) : null;
    }
}
