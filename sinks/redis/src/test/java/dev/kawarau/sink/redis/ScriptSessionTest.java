package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.FlushMode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Scripts and functions, which one client loads and another calls. */
class ScriptSessionTest extends EndpointTest {
    @SuppressWarnings("NullAway.Init")
    private RedisClient client;

    @BeforeParameterizedClassInvocation
    void createClient() {
        client = RedisClient.create(endpoint.lettuce());
    }

    @AfterParameterizedClassInvocation
    void shutDownClient() {
        client.shutdown();
    }

    @Test
    void aScriptSeesItsKeysAndArguments() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            List<Object> answer = connection
                    .sync()
                    .eval(
                            "redis.call('SET', KEYS[1], ARGV[1]); return {redis.call('GET', KEYS[1]), #KEYS, KEYS[2]}",
                            ScriptOutputType.MULTI,
                            new String[] {"script:a", "script:b"},
                            "value");
            assertThat(answer).isEqualTo(List.of("value", 2L, "script:b"));
        }
    }

    @Test
    void aScriptThatOneClientLoadsIsKnownToAll() {
        try (StatefulRedisConnection<String, String> loader = client.connect();
                StatefulRedisConnection<String, String> caller = client.connect()) {
            String digest = loader.sync().scriptLoad("return 'loaded ' .. ARGV[1]");
            String answer = caller.sync().evalsha(digest, ScriptOutputType.VALUE, new String[0], "once");
            assertThat(answer).isEqualTo("loaded once");
            assertThat(caller.sync().scriptExists(digest, "0".repeat(40))).containsExactly(true, false);
        }
    }

    @Test
    void anUnknownDigestIsAnsweredWithNoscriptAndEvalTeachesIt() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            String script = "return 'taught'";
            String digest = redis.digest(script);
            assertThatThrownBy(() -> redis.evalsha(digest, ScriptOutputType.VALUE))
                    .isInstanceOf(RedisNoScriptException.class)
                    .hasMessageStartingWith("NOSCRIPT");
            assertThat(redis.<String>eval(script, ScriptOutputType.VALUE)).isEqualTo("taught");
            assertThat(redis.<String>evalsha(digest, ScriptOutputType.VALUE)).isEqualTo("taught");
            assertThat(redis.scriptFlush()).isEqualTo("OK");
            assertThatThrownBy(() -> redis.evalsha(digest, ScriptOutputType.VALUE))
                    .isInstanceOf(RedisNoScriptException.class);
        }
    }

    @Test
    void aScriptsErrorIsItsCallersOnly() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            assertThatThrownBy(() -> redis.eval("return redis.error_reply('MY own words')", ScriptOutputType.VALUE))
                    .isInstanceOf(RedisCommandExecutionException.class)
                    .hasMessage("MY own words");
            assertThatThrownBy(() -> redis.eval("return redis.call('LPUSH')", ScriptOutputType.VALUE))
                    .hasMessageContaining("Wrong number of args");
            assertThat(redis.ping()).isEqualTo("PONG");
        }
    }

    @Test
    void aReadOnlyScriptMayNotWrite() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            redis.set("script:ro", "v");
            String read = redis.evalReadOnly(
                    "return redis.call('GET', KEYS[1])", ScriptOutputType.VALUE, new String[] {"script:ro"});
            assertThat(read).isEqualTo("v");
            assertThatThrownBy(() -> redis.evalReadOnly(
                            "return redis.call('DEL', KEYS[1])", ScriptOutputType.VALUE, new String[] {"script:ro"}))
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void aFunctionThatOneClientLoadsIsCalledByAnother() {
        try (StatefulRedisConnection<String, String> loader = client.connect();
                StatefulRedisConnection<String, String> caller = client.connect()) {
            String library = "#!lua name=kawarau\n"
                    + "redis.register_function('put', function(keys, args)"
                    + " return redis.call('SET', keys[1], args[1]) end)\n"
                    + "redis.register_function{function_name='peek', callback=function(keys)"
                    + " return redis.call('GET', keys[1]) end, flags={'no-writes'}}";
            assertThat(loader.sync().functionLoad(library)).isEqualTo("kawarau");
            RedisCommands<String, String> redis = caller.sync();
            String[] keys = {"function:k"};
            assertThat(redis.<String>fcall("put", ScriptOutputType.STATUS, keys, "v"))
                    .isEqualTo("OK");
            assertThat(redis.<String>fcallReadOnly("peek", ScriptOutputType.VALUE, keys))
                    .isEqualTo("v");
            assertThat(redis.functionList()).hasSize(1);
            byte[] dump = redis.functionDump();
            assertThat(redis.functionFlush(FlushMode.SYNC)).isEqualTo("OK");
            assertThatThrownBy(() -> redis.fcall("put", ScriptOutputType.STATUS, keys, "v"))
                    .hasMessageContaining("Function not found");
            assertThat(redis.functionRestore(dump)).isEqualTo("OK");
            assertThat(redis.<String>fcallReadOnly("peek", ScriptOutputType.VALUE, keys))
                    .isEqualTo("v");
        }
    }

    @Test
    void aRunawayScriptIsKilledByAnotherClient() throws IOException {
        try (RawClient direct = new RawClient("127.0.0.1", server.port());
                RawClient runaway = endpoint.raw();
                RawClient killer = endpoint.raw()) {
            assertThat(direct.call("CONFIG", "SET", "busy-reply-threshold", "20"))
                    .isEqualTo("+OK");
            runaway.send("EVAL", "while true do end", "0");
            Awaitility.await()
                    .atMost(Endpoint.PATIENCE)
                    .until(() -> direct.call("PING").startsWith("-BUSY"));
            try {
                assertThat(killer.call("SCRIPT", "KILL")).isEqualTo("+OK");
                assertThat(runaway.reply()).startsWith("-ERR ").contains("Script killed by user");
            } finally {
                direct.call("SCRIPT", "KILL");
            }
            assertThat(killer.call("PING")).isEqualTo("+PONG");
            assertThat(runaway.call("PING")).isEqualTo("+PONG");
        }
    }
}
