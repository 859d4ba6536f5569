package dev.kawarau.sample.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program's parts in this JVM; {@link StandaloneProcessTest} has it as a process. */
class StandaloneTest {

    private static RedisServer redis;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    private static Standalone start(String... more) {
        String[] arguments = new String[4 + more.length];
        arguments[0] = "--listen";
        arguments[1] = "127.0.0.1:0";
        arguments[2] = "--redis";
        arguments[3] = redis.host() + ":" + redis.port();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Standalone.start(Options.parse(arguments));
    }

    private static HttpResponse<String> get(Standalone proxy, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + proxy.metricsAddress() + path))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--threads 1", "--threads 2 --transparent"})
    void whatAClientWritesIsInRedis(String options) throws IOException {
        try (Standalone proxy = start(options.split(" "));
                RedisLine client = new RedisLine(proxy.address().port());
                RedisLine direct = new RedisLine(redis.port())) {
            assertThat(client.send("PING")).isEqualTo("+PONG");
            assertThat(client.send("SET colour green" + proxy.address().port())).isEqualTo("+OK");
            assertThat(direct.send("STRLEN colour"))
                    .isEqualTo(":" + ("green" + proxy.address().port()).length());
        }
    }

    @Test
    void metricsCountWhatClientsDo() throws IOException, InterruptedException {
        try (Standalone proxy = start("--metrics", "127.0.0.1:0", "--threads", "1");
                RedisLine client = new RedisLine(proxy.address().port())) {
            client.send("INCR visits");
            client.send("INCR visits");
            client.send("HGET visits of");
            HttpResponse<String> response = get(proxy, "/metrics");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type"))
                    .contains("text/plain; version=0.0.4; charset=utf-8");
            assertThat(response.body().lines())
                    .contains("kawarau_requests_total{chain=\"standalone\",transform=\"\"} 3.0")
                    .contains("kawarau_failures_total{chain=\"standalone\",transform=\"\"} 1.0")
                    .contains("kawarau_connections{listener=\"" + proxy.address() + "\"} 1.0")
                    .anyMatch(line -> line.startsWith("kawarau_latency_seconds_count{chain=\"standalone\""))
                    .anyMatch(line -> line.startsWith("kawarau_latency_within_total{chain=\"standalone\",le=\"+Inf\""))
                    .anyMatch(line -> line.startsWith("kawarau_budget_max_bytes "))
                    .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"));
        }
    }

    @Test
    void otherPathsThanMetricsAreNotFound() throws IOException, InterruptedException {
        try (Standalone proxy = start("--metrics", "127.0.0.1:0")) {
            assertThat(get(proxy, "/metricsx").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aRedisThatIsAwayIsAnErrorAndNotAnEnd() throws IOException {
        try (RedisServer gone = RedisServer.start();
                Standalone proxy = Standalone.start(
                        Options.parse("--listen", "127.0.0.1:0", "--redis", "127.0.0.1:" + gone.port()));
                RedisLine client = new RedisLine(proxy.address().port())) {
            gone.kill();
            assertThat(client.send("GET colour")).startsWith("-ERR ");
        }
    }
}
