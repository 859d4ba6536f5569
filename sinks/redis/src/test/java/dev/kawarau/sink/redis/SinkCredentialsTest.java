package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kawarau.testkit.RedisServer;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.params.ClientKillParams;

/** Who a sink is to its server, and who its clients are. */
class SinkCredentialsTest {
    private RedisServer server;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        try (Jedis direct = new Jedis(server.host(), server.port())) {
            acl(direct, "SETUSER operator on >op allkeys allchannels +@all");
            acl(direct, "SETUSER sink on >pw allkeys allchannels +@all");
            acl(direct, "SETUSER ann on >one allkeys allchannels +@all");
            acl(direct, "SETUSER default on resetpass >secret");
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void acl(Jedis direct, String rule) {
        direct.sendCommand(Protocol.Command.ACL, rule.split(" "));
    }

    private Jedis operator() {
        Jedis direct = new Jedis(server.host(), server.port());
        direct.auth("operator", "op");
        return direct;
    }

    private String uri(String userInfo) {
        return server.uri().replace("redis://", "redis://" + userInfo);
    }

    private static Proxy before(RedisSink.Builder sink) {
        return Proxy.before(sink, UnaryOperator.identity());
    }

    private static Proxy before(String upstream) {
        return before(RedisSink.to(upstream));
    }

    @ParameterizedTest
    @CsvSource({"sink:pw@, sink", ":secret@, default", "default:secret@, default", "secret@, default"})
    void aUriSaysWhoTheSinkIs(String userInfo, String user) throws IOException {
        try (Proxy proxy = before(uri(userInfo));
                RawClient client = proxy.raw()) {
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("$" + user);
            assertThat(client.call("HELLO", "3")).startsWith("%");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("$" + user);
            assertThat(client.call("SELECT", "1")).isEqualTo("+OK");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("$" + user);
        }
    }

    @Test
    void aUriSaysWhichDatabaseAndWhichNameTheSinkHas() throws IOException {
        try (Proxy proxy = before(uri("sink:pw@") + "/5?clientName=kawarau-test");
                RawClient client = proxy.raw();
                Jedis direct = operator()) {
            assertThat(client.call("SET", "k", "five")).isEqualTo("+OK");
            assertThat(client.call("MULTI")).isEqualTo("+OK");
            assertThat(client.call("GET", "k")).isEqualTo("+QUEUED");
            assertThat(client.call("EXEC")).isEqualTo("*[$five]");
            direct.select(5);
            assertThat(direct.get("k")).isEqualTo("five");
            assertThat(direct.clientList().lines().filter(line -> line.contains(" user=sink ")))
                    .isNotEmpty()
                    .allMatch(line -> line.contains(" name=kawarau-test ") && line.contains(" db=5 "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sink:hunter2@", ":hunter2@", "nobody:hunter2@"})
    void aWrongPasswordIsAnErrorForEachRequestThatDoesNotTellIt(String userInfo) throws IOException {
        try (Proxy proxy = before(uri(userInfo));
                RawClient client = proxy.raw()) {
            for (String line : List.of("GET k", "HELLO 3", "GET k", "SELECT 1")) {
                assertThat(client.call(line.split(" ")))
                        .startsWith("-")
                        .contains("WRONGPASS invalid username-password pair or user is disabled.")
                        .doesNotContain("hunter2");
            }
            assertThat(proxy.sink() + " " + proxy.sink().protocol()).doesNotContain("hunter2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HELLO", "AUTH"})
    void aServerThatRepeatsWhatItDoesNotKnowTellsNobodyThePassword(String unknown) throws IOException {
        try (RedisServer old = RedisServer.start("--requirepass", "hunter2", "--rename-command", unknown, "");
                Proxy proxy = before(RedisSink.to(old.uri()).credentials("default", "hunter2"));
                RawClient client = proxy.raw()) {
            String refusal = unknown.equals("HELLO") ? client.call("HELLO", "3") : client.call("GET", "k");
            assertThat(refusal).contains("unknown command '" + unknown + "'").doesNotContain("hunter2");
            for (String line : List.of("GET k", "HELLO 3", "GET k", "SELECT 1")) {
                assertThat(client.call(line.split(" "))).doesNotContain("hunter2");
            }
        }
    }

    @Test
    void aPasswordThatChangesIsAskedForWithEachConnection() throws IOException {
        AtomicReference<String> password = new AtomicReference<>("pw");
        RedisCredentialsProvider provider = () -> Mono.fromSupplier(
                () -> RedisCredentials.just("sink", password.get().toCharArray()));
        try (Proxy proxy = before(RedisSink.to(server.uri()).credentials(provider));
                RawClient client = proxy.raw();
                Jedis direct = operator()) {
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("$sink");

            acl(direct, "SETUSER sink resetpass >new");
            password.set("new");
            assertThat(client.call("SELECT", "3")).isEqualTo("+OK");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("$sink");
            assertThat(direct.clientKill(new ClientKillParams().user("sink"))).isEqualTo(2);
            Awaitility.await().until(() -> client.call("ACL", "WHOAMI").equals("$sink"));
            assertThat(client.call("SELECT", "0")).isEqualTo("+OK");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("$sink");
        }
    }

    @Test
    void aProviderThatFailsIsAnErrorForEachRequest() throws IOException {
        RedisCredentialsProvider failing = () -> Mono.error(new IllegalStateException("the vault is sealed"));
        RedisCredentialsProvider throwing = () -> {
            throw new IllegalStateException("the vault is sealed");
        };
        for (RedisCredentialsProvider provider : List.of(failing, throwing)) {
            try (Proxy proxy = before(RedisSink.to(server.uri()).credentials(provider));
                    RawClient client = proxy.raw()) {
                assertThat(client.call("GET", "k")).startsWith("-ERR ").contains("the vault is sealed");
                assertThat(client.call("SELECT", "1")).startsWith("-ERR ").contains("the vault is sealed");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:hunter2@host:port",
                "redis://:hunter2@",
                "rediss://hunter2@ho st",
                "redis://u:hunter2@h:1:2/x"
            })
    void aUriThatIsNoneIsNotRepeatedSinceItMayHoldAPassword(String uri) {
        assertThatThrownBy(() -> RedisSink.to(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(thrown -> {
                    for (Throwable each = thrown; each != null; each = each.getCause()) {
                        assertThat(each.toString()).doesNotContain("hunter2");
                    }
                });
    }

    @Test
    void aClientThatLogsInItselfIsWhoItSaysAndNobodyElseIs() throws IOException {
        try (Proxy proxy = before(uri("sink:pw@"));
                RawClient other = proxy.raw();
                RawClient ann = proxy.raw()) {
            assertThat(ann.call("AUTH", "ann", "two")).startsWith("-WRONGPASS ");
            assertThat(ann.call("ACL", "WHOAMI")).isEqualTo("$sink");
            ann.write(RawClient.request("GET", "k")
                    + RawClient.request("AUTH", "ann", "one")
                    + RawClient.request("ACL", "WHOAMI"));
            assertThat(ann.reply()).isEqualTo("$nil");
            assertThat(ann.reply()).isEqualTo("+OK");
            assertThat(ann.reply()).isEqualTo("$ann");
            for (String line : List.of("SELECT 1", "GET k", "SELECT 0", "HELLO 3", "WATCH k", "UNWATCH")) {
                assertThat(ann.call(line.split(" "))).doesNotStartWith("-");
                assertThat(other.call("ACL", "WHOAMI")).isEqualTo("$sink");
                assertThat(ann.call("ACL", "WHOAMI")).isEqualTo("$ann");
            }
            assertThat(ann.call("RESET")).isEqualTo("+RESET");
            assertThat(ann.call("ACL", "WHOAMI")).isEqualTo("$sink");
        }
    }
}
