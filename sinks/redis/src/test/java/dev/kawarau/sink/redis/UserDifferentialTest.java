package dev.kawarau.sink.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.resp.RespUser;
import dev.kawarau.resp.RespUsers;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/** What a listener says to its users, against a server whose access control list has the same users. */
class UserDifferentialTest {
    private static RedisServer open;
    private static RedisServer guarded;
    private static Proxy proxy;

    @BeforeAll
    static void start() {
        open = RedisServer.start();
        guarded = RedisServer.start();
        try (Jedis direct = new Jedis(guarded.host(), guarded.port())) {
            for (String rule : new String[] {
                "SETUSER app on >pw >other ~app:* resetchannels &app:* +@all -@admin -@scripting -config -acl",
                "SETUSER all on >pw allkeys allchannels +@all",
                "SETUSER default on resetpass >secret"
            }) {
                direct.sendCommand(Protocol.Command.ACL, rule.split(" "));
            }
        }
        proxy = Proxy.before(
                open.uri(),
                listener -> listener.users(RespUsers.of(
                        RespUser.named("app").password("pw").password("other").keys("app:*"),
                        RespUser.named("all").password("pw"),
                        RespUser.named("default").password("secret"))));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        open.close();
        guarded.close();
    }

    /** Requests are separated by semicolons. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "PING; GET a; MULTI; SUBSCRIBE a; CLIENT ID; SELECT 1",
                "AUTH; AUTH a b c; AUTH wrong; AUTH app wrong; AUTH nobody pw; PING; AUTH secret; PING",
                "AUTH default secret; PING; AUTH app other; GET app:none; AUTH wrong; GET app:none",
                "HELLO; HELLO 3; HELLO 2 SETNAME me; HELLO 9; HELLO 1; HELLO 0; HELLO -1; HELLO x; HELLO 03; HELLO 3.0",
                "HELLO 3 FOO; HELLO 3 AUTH; HELLO 3 AUTH app; HELLO 3 SETNAME; HELLO 3 AUTH app wrong; HELLO 9 AUTH app pw",
                "HELLO AUTH app pw; PING; HELLO 3 AUTH nobody pw SETNAME me; HELLO 3 SETNAME AUTH app pw; PING",
                "RESET; PING; RESET x; AUTH app pw; RESET; PING; AUTH app pw; PING; reset; PING",
                "AUTH app pw; GET a; get a; MGET app:a a; SET a b; SORT app:a STORE a; ZUNION 1 a; WATCH a",
                "AUTH app pw; PUBLISH a b; PUBLISH app:a b; SPUBLISH a b; SUBSCRIBE a; PSUBSCRIBE a*; SSUBSCRIBE a",
                "AUTH app pw; CONFIG GET a; config get a; CLIENT KILL ID 1; MONITOR; SAVE; CLIENT NO-EVICT ON",
                "AUTH app pw; EVAL x 0; FCALL x 0; SCRIPT LOAD x; FUNCTION FLUSH; EVAL_RO x 1 a",
                "AUTH app pw; GET; GET a b; RENAME app:a; CLIENT SETNAME; OBJECT ENCODING",
                "AUTH app pw; MULTI; GET app:a; GET a; EXEC; GET app:a; MULTI; SET app:a 1; EXEC; GET app:a; DEL app:a",
                "AUTH app pw; MULTI; GET a; DISCARD; MULTI; GET app:a; EXEC; EXEC; MULTI; MULTI; GET a; EXEC",
                "AUTH app pw; MULTI; GET a; RESET; AUTH app pw; MULTI; GET app:a; EXEC",
                "AUTH all pw; MULTI; EXEC a; EXEC; MULTI; DISCARD a; GET app:a; EXEC; MULTI; RESET a; DISCARD; PING",
                "AUTH all pw; NOSUCH; CLIENT NOSUCH; GET a; AUTH app pw; GET a; AUTH all pw; GET a",
                "AUTH all pw; HELLO 3; HGETALL a; HELLO 2; HGETALL a; CLIENT GETNAME; QUIT"
            })
    void answersAreThoseOfAServerWithTheSameUsers(String requests) throws IOException {
        assertThat(answers(requests, proxy.raw()))
                .isEqualTo(answers(requests, new RawClient(guarded.host(), guarded.port())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH app pw; GET app:a; GET a; AUTH all pw; GET a; RESET; GET a; AUTH app pw; GET app:a",
                "GET a; AUTH app wrong; GET a; AUTH app pw; MULTI; SET app:a 1; GET a; EXEC; GET app:a; QUIT; GET app:a",
                "HELLO 3 AUTH app pw; GET a; HGETALL app:a; HELLO 2 AUTH all pw; HGETALL app:a; HELLO 3; HGETALL app:a"
            })
    void soTheyAreInOneWrite(String requests) throws IOException {
        assertThat(pipelined(requests, proxy.raw()))
                .isEqualTo(pipelined(requests, new RawClient(guarded.host(), guarded.port())));
    }

    private static List<String> answers(String requests, RawClient client) throws IOException {
        List<String> answers = new ArrayList<>();
        try (client) {
            for (String request : requests.split("; ")) {
                answers.add(request + " -> " + shown(client.call(request.split(" "))));
            }
        }
        return answers;
    }

    private static List<String> pipelined(String requests, RawClient client) throws IOException {
        List<String> answers = new ArrayList<>();
        try (client) {
            StringBuilder bytes = new StringBuilder();
            for (String request : requests.split("; ")) {
                bytes.append(RawClient.request(request.split(" ")));
            }
            client.write(bytes.toString());
            client.endOutput();
            try {
                for (String request : requests.split("; ")) {
                    answers.add(request + " -> " + shown(client.reply()));
                }
            } catch (IOException closed) {
                answers.add("the end");
            }
        }
        return answers;
    }

    /** The fields of HELLO's answer, but not the connection's number. */
    private static String shown(String reply) {
        return reply.replaceAll("\\$id, :\\d+", "\\$id, :n");
    }
}
