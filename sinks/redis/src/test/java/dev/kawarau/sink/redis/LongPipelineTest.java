package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LongPipelineTest extends EndpointTest {
    /** As synchronous clients do: Jedis's and redis-py's pipelines write everything before they read anything. */
    @Test
    void aPipelineMayBeWrittenWholeBeforeItsRepliesAreRead() throws IOException {
        int requests = 100_000;
        String request = RawClient.request("ECHO", "x".repeat(200));
        try (RawClient client = endpoint.raw()) {
            client.write(request.repeat(requests));
            for (int i = 0; i < requests; i++) {
                assertThat(client.reply()).hasSize(201);
            }
        }
    }
}
