package dev.kawarau.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Listener;
import dev.kawarau.Reply;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class InlineRequestTest {
    @Test
    void anInlineRequestBeyondTheLimitsOfAnArrayIsRefusedAndLeavesNothing() throws Exception {
        try (Listener listener = RespListener.on("127.0.0.1:0")
                .limits(RespLimits.DEFAULT.withMaxBulkBytes(100))
                .serve(request -> Reply.of(RespMessage.of(RespValue.ok())))) {
            for (int i = 0; i < 20; i++) {
                try (Socket client = new Socket("127.0.0.1", listener.port())) {
                    client.setSoTimeout(20_000);
                    client.getOutputStream().write(("ECHO " + "x".repeat(200) + "\r\n").getBytes(ISO_8859_1));
                    assertThat(new String(client.getInputStream().readAllBytes(), ISO_8859_1))
                            .startsWith("-ERR Protocol error");
                }
            }
        }
    }
}
