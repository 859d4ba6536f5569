package dev.kawarau.transform.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureJsonTest {
    @Test
    void aLineOfJsonIsReadStrictly() {
        String line = "{\"session\":7,\"status\":\"ok\",\"operation\":\"\\u0047ET\",\"keys\":[\"a\",\"\\\"\"]}";
        assertThat(decode(line).keys()).containsExactly("a", "\"");
        assertThat(decode(line).operation()).isEqualTo("GET");
        for (String wrong : List.of(
                "",
                "{",
                "[]",
                "{}",
                line + "x",
                line.replace("7", ""),
                line.replace("7", "-1"),
                line.replace("7", "1.5"),
                line.replace("7", "null"),
                line.replace("7", "{}"),
                line.replace("7", "99999999999999999999"),
                line.replace("7", "7,\"session\":7"),
                line.replace("0047", "00g7"),
                line.replace("\"a\"", "1"),
                line.replace("\"a\"", "[]"),
                line.replace("ok", "of course"),
                line.replace("]}", "],\"request\":\"!\"}"))) {
            assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> decode(wrong));
        }
    }

    private static Captured decode(String line) {
        return CaptureJson.decode(line.getBytes(StandardCharsets.ISO_8859_1));
    }
}
