package dev.kawarau.transform.observe;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Void;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.cql.CqlListener;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.TestClient;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CqlChain;
import dev.kawarau.transform.control.RespChain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayTest {
    private static final BiFunction<String, Chain, Listener> RESP =
            (address, chain) -> RespListener.on(address).serve(chain);
    private static final BiFunction<String, Chain, Listener> CQL =
            (address, chain) -> CqlListener.on(address).plainFrames().serve(chain);
    private static final String OK = "+OK\r\n";

    @TempDir
    private Path directory;

    private final VirtualTime time = new VirtualTime();
    private final List<String> arrived = new CopyOnWriteArrayList<>();
    private final Chain database = request -> {
        arrived.add(words(request));
        return Reply.of(RespChain.OK);
    };
    private Path path;

    @BeforeEach
    void begin() {
        path = directory.resolve("capture");
    }

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester capturing(Capture.Format format) {
        return RespChain.answeringOk(
                time, Capture.of(path).format(format).withRequests().build());
    }

    private void capture(String... commands) {
        try (ChainTester chain = capturing(Capture.Format.RAW)) {
            for (String command : commands) {
                chain.client().send(command + "\r\n").expect(OK);
            }
        }
    }

    private static String words(Message request) {
        return request.bytes()
                .toString(StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.startsWith("*") && !line.startsWith("$"))
                .collect(Collectors.joining(" "));
    }

    private static Replay.Report report(Replay replay) throws Exception {
        return replay.report().toCompletableFuture().get(20, SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void requestsAreSentAgainInTheOrderOfTheirSession(Capture.Format format) throws Exception {
        try (ChainTester chain = capturing(format);
                TestClient one = chain.connect();
                TestClient other = chain.connect()) {
            other.send("SET other 1\r\n").expect(OK);
            one.send("SELECT 2\r\nSET k 1\r\n*3\r\n$6\r\nAPPEND\r\n$1\r\nk\r\n$3\r\n\r\n\0\r\n")
                    .expect(OK.repeat(3));
            other.send("SET other 2\r\n").expect(OK);
        }
        Replay.Report report = report(Replay.of(path).unpaced().start(RESP, database));

        assertThat(arrived)
                .filteredOn(command -> command.contains("other"))
                .containsExactly("SET other 1", "SET other 2");
        assertThat(arrived)
                .filteredOn(command -> !command.contains("other"))
                .hasSize(3)
                .startsWith("SELECT 2", "SET k 1");
        assertThat(report.sent()).isEqualTo(5);
        assertThat(report.answered()).isEqualTo(5);
        assertThat(report.errors() + report.differing() + report.unanswered() + report.skipped() + report.missing())
                .isZero();
    }

    @Test
    void requestsWithoutBytesAreSkipped() throws Exception {
        capture("AUTH secret", "SET a 1", "FOO bar", "SET b 2");
        Replay.Report report = report(Replay.of(path).unpaced().start(RESP, database));
        assertThat(arrived).containsExactly("SET a 1", "SET b 2");
        assertThat(report.skipped()).isEqualTo(2);
        assertThat(report.sent()).isEqualTo(2);
    }

    @Test
    void answersThatAreErrorsNowDiffer() throws Exception {
        capture("SET a 1", "SET b 2");
        Chain failing = request -> Reply.of(RespMessage.error("ERR not here"));
        Replay.Report report = report(Replay.of(path).unpaced().start(RESP, failing));
        assertThat(report.errors()).isEqualTo(2);
        assertThat(report.differing()).isEqualTo(2);
        assertThat(report.answered()).isEqualTo(2);
    }

    @Test
    void whatWasAnsweredThenIsWaitedForNow() throws Exception {
        try (ChainTester chain = capturing(Capture.Format.RAW)) {
            chain.client().send("SET a 1\r\n").expect(OK);
            time.pass(Duration.ofMillis(1));
            chain.client().send("SET b 2\r\nSET c 3\r\n").expect(OK + OK);
        }
        Promise first = new Promise();
        Chain slow = request -> {
            arrived.add(words(request));
            return arrived.size() == 1 ? first : Reply.of(RespChain.OK);
        };
        AtomicInteger early = new AtomicInteger();
        Chain watching = request -> {
            Reply reply = slow.send(request);
            if (reply == first) {
                request.session()
                        .loop()
                        .schedule(
                                () -> {
                                    early.set(arrived.size());
                                    first.complete(RespChain.OK);
                                },
                                50,
                                TimeUnit.MILLISECONDS);
            }
            return reply;
        };
        assertThat(report(Replay.of(path).unpaced().start(RESP, watching)).answered())
                .isEqualTo(3);
        assertThat(early).hasValue(1);
        assertThat(arrived).containsExactly("SET a 1", "SET b 2", "SET c 3");
    }

    @Test
    void itTakesAsLongAsTheCaptureDividedByTheSpeed() throws Exception {
        try (ChainTester chain = capturing(Capture.Format.RAW)) {
            chain.client().send("SET a 1\r\n").expect(OK);
            time.pass(Duration.ofSeconds(2));
            chain.client().send("SET b 2\r\n").expect(OK);
            time.pass(Duration.ofSeconds(30));
            chain.client().send("SET c 3\r\n").expect(OK);
        }
        Replay.Report report = report(
                Replay.of(path).speed(20).longestPause(Duration.ofMillis(200)).start(RESP, database));
        assertThat(report.answered()).isEqualTo(3);
        assertThat(report.took()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(10));
    }

    @Test
    void aSessionWithoutAnAnswerIsGivenUp() throws Exception {
        try (ChainTester chain = capturing(Capture.Format.RAW);
                TestClient one = chain.connect();
                TestClient other = chain.connect()) {
            one.send("SET silent 1\r\n").expect(OK);
            time.pass(Duration.ofMillis(1));
            one.send("SET never 2\r\n").expect(OK);
            other.send("SET b 3\r\n").expect(OK);
        }
        Promise silent = new Promise();
        Chain database = request -> words(request).contains("silent") ? silent : Reply.of(RespChain.OK);
        Replay.Report report =
                report(Replay.of(path).unpaced().timeout(Duration.ofMillis(200)).start(RESP, database));
        assertThat(report.unanswered()).isEqualTo(1);
        assertThat(report.skipped()).isEqualTo(1);
        assertThat(report.answered()).isEqualTo(1);
    }

    @Test
    void itEndsWhenItIsClosed() throws Exception {
        capture("SET a 1");
        Promise silent = new Promise();
        Replay replay = Replay.of(path).start(RESP, request -> {
            arrived.add("one");
            return silent;
        });
        Awaitility.await().until(() -> !arrived.isEmpty());
        replay.close();
        Replay.Report report = report(replay);
        assertThat(report.cancelled()).isTrue();
        assertThat(report.answered()).isZero();
        assertThat(report.unanswered()).isEqualTo(1);
    }

    @Test
    void ofATruncatedFileAllButTheLastRecordIsReplayed() throws Exception {
        capture("SET a 1", "SET b 2");
        byte[] whole = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(whole, whole.length - 70)); // the end of the session, and more
        Replay.Report report = report(Replay.of(path).unpaced().start(RESP, database));
        assertThat(report.truncated()).isEqualTo(1);
        assertThat(arrived).containsExactly("SET a 1");
    }

    @Test
    void whatIsNoCaptureEndsWithItsName() throws IOException {
        Files.writeString(path, "something else altogether");
        Replay replay = Replay.of(path).start(RESP, database);
        assertThatThrownBy(() -> report(replay))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining(path + " at byte 0: not a capture");
    }

    @Test
    void bytesThatAreNoRequestEndTheirSessionAlone() throws Exception {
        byte[] garbage = "*1\r\n$-9\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] good = "SET a 1\r\n".getBytes(StandardCharsets.US_ASCII);
        java.io.ByteArrayOutputStream file = new java.io.ByteArrayOutputStream();
        file.writeBytes(CaptureRaw.header(java.time.Instant.EPOCH));
        for (int session = 1; session <= 2; session++) {
            byte[] bytes = session == 1 ? garbage : good;
            file.writeBytes(CaptureRaw.encode(new Captured(
                    session, 1, 0, "RESP", "", "", "", List.of(), Captured.Status.OK, "", 0, 0, 0, bytes, null)));
        }
        Files.write(path, file.toByteArray());
        Replay.Report report = report(Replay.of(path).unpaced().start(RESP, database));
        assertThat(report.unanswered()).isEqualTo(1);
        assertThat(report.answered()).isEqualTo(1);
        assertThat(arrived).containsExactly("SET a 1");
    }

    @ParameterizedTest
    @EnumSource
    void requestsOfCqlAreSentAgain(Capture.Format format) throws Exception {
        try (CqlChain chain =
                CqlChain.of(time, Capture.of(path).format(format).withRequests().build())) {
            chain.answer(new Query("USE ks"));
            chain.answer(new Prepare("SELECT v FROM t WHERE k = ?"));
            chain.answer(new Query("INSERT INTO t (k) VALUES (1)"));
        }
        Replay.Report report = report(Replay.of(path).unpaced().start(CQL, this::cassandra));
        assertThat(arrived).containsExactly("STARTUP", "USE", "PREPARE", "INSERT");
        assertThat(report.answered()).isEqualTo(4);
        assertThat(report.differing()).isZero();
    }

    private Reply cassandra(Message request) {
        arrived.add(request.query().operation());
        CqlMessage asked = (CqlMessage) request;
        return Reply.of(CqlMessage.of(asked, asked.operations().isEmpty() ? new Ready() : Void.INSTANCE));
    }

    @Test
    void aSessionOfCqlWhoseHandshakeWasBeforeTheCaptureGoesOn() throws Exception {
        Capture capture = Capture.of(path).format(Capture.Format.RAW).build();
        try (CqlChain chain = CqlChain.of(
                time,
                (request, next) -> request.query().operation().equals("STARTUP")
                        ? next.send(request)
                        : capture.handle(request, next),
                new Transform() {
                    @Override
                    public Reply handle(Message request, Chain next) {
                        return next.send(request);
                    }

                    @Override
                    public void onBuild(TransformContext context) {
                        capture.onBuild(context);
                    }
                })) {
            chain.answer(new Query("INSERT INTO ks.t (k) VALUES (1)"));
        }
        Replay.Report report = report(Replay.of(path).unpaced().start(CQL, this::cassandra));
        assertThat(arrived).containsExactly("INSERT");
        assertThat(report.answered()).isEqualTo(1);
    }

    @Test
    void settingsThatAreWrongAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Replay.of(path).speed(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Replay.of(path).underWay(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Replay.of(path).timeout(Duration.ZERO))
                .withMessage("a Replay's timeout is longer than nothing, not PT0S");
    }
}
