package dev.kawarau.transform.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.Failure;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CqlChain;
import dev.kawarau.transform.control.RespChain;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DebugPrinterTest {
    private final VirtualTime time = new VirtualTime();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Transform... transforms) {
        return RespChain.answeringOk(time, transforms);
    }

    /** The lines without the number of the session, which differs from run to run. */
    private List<String> lines() {
        return lines.stream()
                .map(line -> line.replaceFirst("session \\d+", "session N"))
                .toList();
    }

    @Test
    void aRequestAndItsResponseAreALineEach() {
        try (ChainTester chain = chain(DebugPrinter.to(lines::add))) {
            chain.client().send("GET order:1\r\n").expect("+OK\r\n");

            assertThat(lines())
                    .containsExactly(
                            "session N request 1: READ GET in 0, key \"order:1\", 26 bytes",
                            "session N request 1: response of 5 bytes after 0.000 ms");
        }
    }

    @Test
    void theTimeIsThatBetweenRequestAndResponse() {
        try (ChainTester chain = chain(DebugPrinter.to(lines::add))) {
            chain.sink().holds();
            chain.client().send("GET a\r\n");
            Arrival arrival = chain.sink().next();
            time.pass(Duration.ofMillis(1234));
            arrival.answer(RespMessage.of(RespValue.error("ERR no")));
            chain.client().expect("-ERR no\r\n");

            assertThat(lines().get(1)).isEqualTo("session N request 1: error of 9 bytes after 1234.000 ms");
        }
    }

    @Test
    void responsesFindTheirRequestsByNumber() {
        try (ChainTester chain = chain(DebugPrinter.to(lines::add))) {
            chain.sink().holds();
            chain.client().send("GET a\r\nGET b\r\n");
            Arrival first = chain.sink().next();
            chain.sink().next().answer(RespChain.OK);
            first.answer(RespChain.OK);
            chain.client().expect("+OK\r\n+OK\r\n");

            assertThat(lines())
                    .extracting(line -> line.substring(0, line.indexOf(" after") < 0 ? line.indexOf(',') : 34))
                    .containsExactly(
                            "session N request 1: READ GET in 0",
                            "session N request 2: READ GET in 0",
                            "session N request 2: response of 5",
                            "session N request 1: response of 5");
        }
    }

    @Test
    void valuesAndPasswordsAreNeverPrinted() {
        try (ChainTester chain = chain(DebugPrinter.to(lines::add))) {
            chain.client()
                    .send("SET a hunter2\r\nAUTH bob hunter2\r\nHELLO 3 AUTH bob hunter2\r\n"
                            + "CONFIG SET requirepass hunter2\r\nACL SETUSER bob >hunter2\r\nMYSTERY hunter2\r\n")
                    .expect("+OK\r\n".repeat(6));
            chain.sink().answers(RespMessage.of(RespValue.bulk("hunter2")));
            chain.client().send("GET a\r\n").expect("$7\r\nhunter2\r\n");
            chain.sink().answers(RespMessage.of(RespValue.error("ERR unknown command, beginning with: hunter2")));
            chain.client().send("FOO hunter2\r\n").expect("-ERR unknown command, beginning with: hunter2\r\n");
            chain.sink().fails(new IllegalStateException("hunter2"));
            chain.client().send("GET a\r\n").expect("-ERR internal error");

            assertThat(lines).hasSize(18).noneMatch(line -> line.contains("hunter2"));
            assertThat(lines()).last().asString().endsWith("failed after 0.000 ms: java.lang.IllegalStateException");
        }
    }

    @Test
    void keysAreEscapedAndShortenedAndTheFirstThreeShown() {
        try (ChainTester chain = chain(DebugPrinter.to(lines::add))) {
            String forged = "*5\r\n$4\r\nMGET\r\n$8\r\na\r\n\"\u001b[2J\r\n$100\r\n" + "k".repeat(100)
                    + "\r\n$2\r\n\\\u00ff\r\n$1\r\nd\r\n";
            chain.client().send(forged.getBytes(StandardCharsets.ISO_8859_1)).expect("+OK\r\n");

            assertThat(lines().get(0))
                    .contains("keys \"a\\x0d\\x0a\\\"\\x1b[2J\", \"" + "k".repeat(64)
                            + "...\", \"\\\\\\xff\" and 1 more,");
        }
    }

    @Test
    void keysMayBeLeftOutOrRedacted() {
        Transform none = DebugPrinter.builder().to(lines::add).noKeys().build();
        Transform half = DebugPrinter.builder()
                .to(lines::add)
                .keys(key -> key.toString(0, key.readableBytes() / 2, StandardCharsets.UTF_8) + "\n*")
                .build();

        try (ChainTester chain = chain(none, half)) {
            chain.client().send("GET secret\r\n").expect("+OK\r\n");

            assertThat(lines().get(0)).isEqualTo("session N request 1: READ GET in 0, 25 bytes");
            assertThat(lines().get(1)).isEqualTo("session N request 1: READ GET in 0, key \"sec\\x0a*\", 25 bytes");
        }
    }

    @Test
    void linesAreBounded() {
        DebugPrinter.Builder builder = DebugPrinter.builder();
        try (ChainTester chain = chain(builder.to(lines::add).lineLength(80).build())) {
            chain.client()
                    .send("MGET " + "a".repeat(60) + " " + "b".repeat(60) + "\r\n")
                    .expect("+OK\r\n");

            assertThat(lines.get(0)).hasSize(80).endsWith("...");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.lineLength(79))
                .withMessage("a line of a DebugPrinter has room for at least 80 characters, not 79");
    }

    @Test
    void aFailureSaysItsKindAndWhetherItMayHaveBeenApplied() {
        try (ChainTester chain = chain(DebugPrinter.to(lines::add))) {
            chain.sink().fails(new Failure(Failure.Kind.TIMEOUT, "nothing\nanswered", true, null));
            chain.client().send("SET a b\r\n").expect("-ERR nothing");

            assertThat(lines().get(1))
                    .isEqualTo("session N request 1: failed after 0.000 ms: TIMEOUT, nothing\\x0aanswered;"
                            + " may have been applied");
        }
    }

    @Test
    void aPlaceThatThrowsHarmsNoRequest() {
        Transform broken = DebugPrinter.to(line -> {
            throw new IllegalStateException("full");
        });
        Transform brokenKeys = DebugPrinter.builder()
                .to(lines::add)
                .keys(key -> {
                    throw new IllegalStateException("no words for this key");
                })
                .build();

        try (ChainTester chain = chain(broken, brokenKeys)) {
            chain.client().send("GET a\r\n").expect("+OK\r\n");

            assertThat(lines()).containsExactly("session N request 1: response of 5 bytes after 0.000 ms");
        }
    }

    @Test
    void whatTheDatabaseSendsUnaskedIsPrinted() {
        AtomicReference<Session> session = new AtomicReference<>();
        Transform watching = (request, next) -> {
            session.set(request.session());
            return next.send(request);
        };
        try (ChainTester chain = chain(watching, DebugPrinter.to(lines::add))) {
            chain.client().send("SUBSCRIBE news\r\n").expect("+OK\r\n");
            Session subscribed = session.get();
            subscribed.loop().execute(() -> subscribed.push(RespMessage.of(RespValue.bulk("tea is ready")), null));
            chain.client().expect("$12\r\ntea is ready\r\n");

            assertThat(lines()).last().isEqualTo("session N: push of 19 bytes");
        }
    }

    @Test
    void statementsOfCqlAreShownByTableAndNotByText() {
        try (CqlChain chain = CqlChain.of(time, DebugPrinter.to(lines::add))) {
            chain.answer(new Query("INSERT INTO shop.orders (k, v) VALUES (1, 'hunter2')"));
            chain.answer(new Query("CREATE ROLE bob WITH PASSWORD = 'hunter2'"));
            chain.answer(new Query("this is no CQL: hunter2"));

            assertThat(lines()).hasSize(8).noneMatch(line -> line.contains("hunter2"));
            assertThat(lines().get(0)).startsWith("session N request 1: SESSION STARTUP, ");
            assertThat(lines().get(2)).startsWith("session N request 2: WRITE INSERT in shop.orders, ");
            assertThat(lines().get(3)).matches("session N request 2: response of \\d+ bytes after 0.000 ms");
            assertThat(lines().get(6)).startsWith("session N request 4: OTHER QUERY, ");
        }
    }
}
