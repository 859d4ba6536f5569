package dev.kawarau.transform;

import static dev.kawarau.Failure.Kind.DENIED;
import static dev.kawarau.Failure.Kind.INVALID;
import static dev.kawarau.Failure.Kind.OVERLOADED;
import static dev.kawarau.Failure.Kind.UNAVAILABLE;
import static dev.kawarau.Failure.Kind.UNSUPPORTED;
import static dev.kawarau.Query.Kind.ADMIN;
import static dev.kawarau.Query.Kind.READ;
import static dev.kawarau.Query.Kind.SESSION;
import static dev.kawarau.Query.Kind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CircuitBreaker;
import dev.kawarau.transform.control.Collapse;
import dev.kawarau.transform.control.ConcurrencyLimit;
import dev.kawarau.transform.control.CqlChain;
import dev.kawarau.transform.control.FaultInjection;
import dev.kawarau.transform.control.RespChain;
import dev.kawarau.transform.control.Retry;
import dev.kawarau.transform.control.Throttle;
import dev.kawarau.transform.control.Timeout;
import dev.kawarau.transform.observe.Capture;
import dev.kawarau.transform.observe.DebugPrinter;
import dev.kawarau.transform.observe.HotKeys;
import dev.kawarau.transform.observe.Sampler;
import dev.kawarau.transform.route.Coalesce;
import dev.kawarau.transform.route.Forward;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What knows no protocol does the same to each: a read, a write and a read again pass, or are refused in the protocol's own
 * words. What ends a chain with several others has tests of its own on both.
 */
class BothProtocolsTest {
    private static final Failure.Kind PASSES = null;
    private static final String GET = "GET k\r\n";
    private static final String SET = "SET k v\r\n";
    private static final Query SELECT = new Query("SELECT v FROM ks.t WHERE k = 1");
    private static final Query INSERT = new Query("INSERT INTO ks.t (k) VALUES (1)");

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @TempDir
    private static Path directory;

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    /** Made anew for each protocol, with what becomes of a read, a write and a read. */
    private interface Maker {
        Transform make();
    }

    private record Row(String name, Maker maker, List<Failure.Kind> outcomes) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Row row(String name, Maker maker, Failure.Kind... outcomes) {
        return new Row(name, maker, Arrays.asList(outcomes));
    }

    private static CircuitBreaker broken() {
        CircuitBreaker breaker = CircuitBreaker.named("both");
        breaker.forceOpen();
        return breaker;
    }

    /** Answers all that clients ask for once they are there. */
    private static Transform behindTheHandshake(Transform transform) {
        return (request, next) ->
                request.query().kind() == SESSION ? next.send(request) : transform.handle(request, next);
    }

    private static Message fine(Message request) {
        return request instanceof CqlMessage asked ? CqlMessage.of(asked, Void.INSTANCE) : RespChain.OK;
    }

    static Stream<Row> rows() {
        return Stream.of(
                row("a lambda", () -> (request, next) -> next.send(request), PASSES, PASSES, PASSES),
                row(
                        "a lambda that refuses",
                        () -> (request, next) -> request.query().kind() == WRITE
                                ? Reply.failed(new Failure(DENIED, "read only"))
                                : next.send(request),
                        PASSES,
                        DENIED,
                        PASSES),
                row("QueryCounter", () -> QueryCounter.named("both"), PASSES, PASSES, PASSES),
                row("QueryTypeFilter.allow", () -> QueryTypeFilter.allow(READ), PASSES, DENIED, PASSES),
                row("QueryTypeFilter.deny", () -> QueryTypeFilter.deny(READ, ADMIN), DENIED, PASSES, DENIED),
                row(
                        "Returner.failing",
                        () -> behindTheHandshake(Returner.failing("closed")),
                        INVALID,
                        INVALID,
                        INVALID),
                row(
                        "NullSink",
                        () -> behindTheHandshake(
                                (request, next) -> NullSink.create().send(request)),
                        UNSUPPORTED,
                        UNSUPPORTED,
                        UNSUPPORTED),
                row(
                        "Transform.blocking",
                        () -> Transform.blocking(THREADS, QueryTypeFilter.allow(READ)),
                        PASSES,
                        DENIED,
                        PASSES),
                row("Throttle", () -> Throttle.to(2, Duration.ofHours(1)).build(), PASSES, PASSES, OVERLOADED),
                row("ConcurrencyLimit", () -> ConcurrencyLimit.of(1), PASSES, PASSES, PASSES),
                row("Timeout", () -> Timeout.after(Duration.ofSeconds(1)), PASSES, PASSES, PASSES),
                row("Retry", () -> Retry.attempts(3), PASSES, PASSES, PASSES),
                row("CircuitBreaker", () -> CircuitBreaker.named("both"), PASSES, PASSES, PASSES),
                row("CircuitBreaker that is open", BothProtocolsTest::broken, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE),
                row("Collapse", Collapse::create, PASSES, PASSES, PASSES),
                row(
                        "FaultInjection",
                        () -> FaultInjection.builder()
                                .error(1, new Failure(OVERLOADED, "injected"))
                                .build(),
                        OVERLOADED,
                        OVERLOADED,
                        OVERLOADED),
                row(
                        "FaultInjection without faults",
                        () -> FaultInjection.builder().build(),
                        PASSES,
                        PASSES,
                        PASSES),
                row(
                        "Capture",
                        () -> Capture.of(directory.resolve("capture"))
                                .withRequests()
                                .withResponses()
                                .build(),
                        PASSES,
                        PASSES,
                        PASSES),
                row("DebugPrinter", () -> DebugPrinter.to(line -> {}), PASSES, PASSES, PASSES),
                row("Sampler", () -> Sampler.oneIn(1, QueryTypeFilter.allow(READ)), PASSES, DENIED, PASSES),
                row("HotKeys", HotKeys::create, PASSES, PASSES, PASSES),
                row(
                        "Coalesce of what is not here",
                        () -> Coalesce.to(2, Duration.ofMillis(1))
                                .when(request -> request.isOver())
                                .build(),
                        PASSES,
                        PASSES,
                        PASSES),
                row(
                        "Forward",
                        () -> Forward.to(NullSink.create())
                                .when(request -> request.query().kind() == READ)
                                .build(),
                        PASSES,
                        PASSES,
                        PASSES));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void itDoesTheSameToRespAndToCql(Row row) {
        assertThat(overResp(row)).as("RESP").isEqualTo(row.outcomes());
        assertThat(overCql(row)).as("CQL").isEqualTo(row.outcomes());
    }

    private List<Failure.Kind> overResp(Row row) {
        try (ChainTester chain = RespChain.answeringOk(time, row.maker().make())) {
            List<Failure.Kind> outcomes = new ArrayList<>();
            for (int i = 0; i < row.outcomes().size(); i++) {
                chain.client().send(i == 1 ? SET : GET);
                Failure.Kind expected = row.outcomes().get(i);
                chain.client().expect(expected == PASSES ? "+OK\r\n" : expected == DENIED ? "-NOPERM " : "-ERR ");
                if (expected != PASSES) {
                    restOfLine(chain);
                }
                outcomes.add(expected);
            }
            assertThat(chain.sink().operations()).isEqualTo(passed(row, "GET", "SET"));
            return outcomes;
        }
    }

    /** The words are each transform's own. */
    private static void restOfLine(ChainTester chain) {
        String next;
        do {
            next = chain.client().receive(1);
        } while (!next.isEmpty() && !next.equals("\n"));
    }

    private List<Failure.Kind> overCql(Row row) {
        try (CqlChain chain = CqlChain.of(time, row.maker().make())) {
            List<Failure.Kind> outcomes = new ArrayList<>();
            for (int i = 0; i < row.outcomes().size(); i++) {
                outcomes.add(outcome(
                        chain.answer(i == 1 ? INSERT : SELECT), row.outcomes().get(i)));
            }
            List<String> operations = new ArrayList<>(chain.tester().sink().operations());
            operations.remove("STARTUP");
            assertThat(operations).isEqualTo(passed(row, "SELECT", "INSERT"));
            return outcomes;
        }
    }

    /** Several kinds have one code. */
    private static Failure.Kind outcome(com.datastax.oss.protocol.internal.Message answer, Failure.Kind expected) {
        if (answer instanceof Void) {
            return PASSES;
        }
        return switch (((Error) answer).code) {
            case ErrorCode.INVALID -> expected == UNSUPPORTED ? UNSUPPORTED : INVALID;
            case ErrorCode.UNAUTHORIZED -> DENIED;
            case ErrorCode.OVERLOADED -> OVERLOADED;
            case ErrorCode.UNAVAILABLE -> UNAVAILABLE;
            default -> throw new AssertionError(answer);
        };
    }

    private static List<String> passed(Row row, String read, String write) {
        List<String> passed = new ArrayList<>();
        for (int i = 0; i < row.outcomes().size(); i++) {
            if (Objects.equals(row.outcomes().get(i), PASSES)) {
                passed.add(i == 1 ? write : read);
            }
        }
        return passed;
    }

    @Test
    void whatAnswersByItselfAnswersEachInItsOwnProtocol() {
        Transform returner = behindTheHandshake(Returner.answering(BothProtocolsTest::fine));
        try (ChainTester resp = RespChain.of(time, returner);
                CqlChain cql = CqlChain.of(time, returner)) {
            resp.client().send(GET).expect("+OK\r\n");
            assertThat(cql.answer(SELECT)).isInstanceOf(Void.class);
            assertThat(resp.sink().operations()).isEmpty();
            assertThat(cql.tester().sink().operations()).containsExactly("STARTUP");
        }
    }

    @Test
    void whatIsForwardedIsAnsweredToEachInItsOwnProtocol() {
        Transform[] forwards = new Transform[2];
        Arrays.setAll(
                forwards,
                i -> Forward.to(NullSink.create())
                        .when(request -> request.query().kind() == WRITE)
                        .build());
        try (ChainTester resp = RespChain.of(time, forwards[0]);
                CqlChain cql = CqlChain.of(time, forwards[1])) {
            resp.client().send(SET).expect("+OK\r\n");
            assertThat(cql.answer(INSERT)).isInstanceOf(Void.class);
            assertThat(resp.sink().operations()).isEmpty();
            assertThat(cql.tester().sink().operations()).containsExactly("STARTUP");
        }
    }

    @Test
    void oneObjectWatchesBothAtOnce() throws IOException {
        Path path = directory.resolve("both");
        HotKeys keys = HotKeys.create();
        List<String> lines = new CopyOnWriteArrayList<>();
        Transform[] watching = {keys, DebugPrinter.to(lines::add), Capture.to(path)};
        try (ChainTester resp = RespChain.of(time, watching);
                CqlChain cql = CqlChain.of(time, watching)) {
            resp.sink().answers(RespMessage.error("ERR not today"));
            resp.client().send(SET).expect("-ERR not today\r\n");
            assertThat(cql.answer(INSERT)).isInstanceOf(Void.class);

            assertThat(keys.topNamespaces(5, HotKeys.By.REQUESTS))
                    .anyMatch(hot -> hot.namespace().equals("ks.t"));
            assertThat(keys.top(5)).anyMatch(hot -> hot.key().equals("k"));
            assertThat(lines).anyMatch(line -> line.contains("SET")).anyMatch(line -> line.contains("INSERT"));
        }
        assertThat(path)
                .content()
                .contains("\"protocol\":\"RESP\",\"status\":\"error\"")
                .contains("\"protocol\":\"CQL\",\"status\":\"ok\"");
    }
}
