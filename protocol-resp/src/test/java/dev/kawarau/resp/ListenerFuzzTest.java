package dev.kawarau.resp;

import com.code_intelligence.jazzer.junit.DictionaryFile;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kawarau.Query;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * A whole listener: whatever a client sends, each request is answered in order, a malformed one with a protocol error,
 * nothing hangs, nothing leaks, and the next client notices nothing.
 */
class ListenerFuzzTest {
    private static final Set<Query.Kind> ALLOWED = Set.of(Query.Kind.READ, Query.Kind.PUBSUB, Query.Kind.SESSION);
    private static final List<PlainGlob> KEYS = List.of(glob("a*"), glob("[b-d]?"));

    private static HostileClients open;
    private static HostileClients guarded;

    @BeforeAll
    static void listen() {
        open = open("fuzz-open");
        guarded = guarded("fuzz-guarded");
    }

    @AfterAll
    static void close() {
        open.close();
        guarded.close();
    }

    @DictionaryFile(resourcePath = "fuzz.dict")
    @FuzzTest
    void streams(byte[] stream) {
        open.check(stream);
        guarded.checkNumber(stream);
    }

    static HostileClients open(String name) {
        return new HostileClients(name, RespLimits.DEFAULT, null, request -> {});
    }

    /** A listener that takes less, and lets users read some keys. */
    static HostileClients guarded(String name) {
        RespUsers users = RespUsers.of(
                RespUser.named("default").password("secret").keys("a*").allow(Query.Kind.READ),
                RespUser.named("u").password("p").keys("a*", "[b-d]?").allow(Query.Kind.READ, Query.Kind.PUBSUB));
        return new HostileClients(name, Oracle.TIGHT, users, ListenerFuzzTest::mayPass);
    }

    /** That nobody gets past the listener with what no user may do. */
    private static void mayPass(RespMessage request) {
        String name = request.command().name();
        boolean known = RespSession.of(request.session()).user() != null;
        Oracle.that(known || name.equals("RESET"), "from a stranger", request);
        Oracle.that(ALLOWED.contains(request.command().kind()), "not allowed", request);
        Oracle.that(request.query().keysKnown(), "keys that cannot be told", request);
        Oracle.that(!name.equals("AUTH"), "a password", request);
        Oracle.that(!name.equals("HELLO") || request.count() <= 4, "perhaps a password", request);
        for (ByteBuf key : request.query().keys()) {
            byte[] bytes = ByteBufUtil.getBytes(key);
            Oracle.that(KEYS.stream().anyMatch(glob -> glob.matches(bytes)), "a key of others", Oracle.text(bytes));
        }
    }

    private static PlainGlob glob(String pattern) {
        return new PlainGlob(Oracle.bytes(pattern));
    }
}
