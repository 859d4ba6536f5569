package dev.kawarau.transform.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import dev.kawarau.transform.control.CqlChain;
import dev.kawarau.transform.control.RespChain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CaptureTest {
    private static final String OK = "+OK\r\n";
    private static final String SET = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n\0\u00ff\r\n";

    @TempDir
    private Path directory;

    private final VirtualTime time = new VirtualTime();
    private Path path;

    @BeforeEach
    void begin() {
        path = directory.resolve("capture");
    }

    @AfterEach
    void end() {
        time.close();
    }

    private ChainTester chain(Transform... transforms) {
        return RespChain.answeringOk(time, transforms);
    }

    private List<Captured> read(Path file) throws IOException {
        List<Captured> all = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(file)) {
            for (Captured next = reader.next(); next != null; next = reader.next()) {
                all.add(next);
            }
            assertThat(reader.isTruncated()).isFalse();
        }
        return all;
    }

    private List<Captured> requests() throws IOException {
        return read(path).stream().filter(record -> !record.isEnd()).toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static double count(ChainTester chain, String outcome) {
        return chain.meters()
                .get("kawarau.capture")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    @Test
    void aLineTellsWhatARequestDidAndNoValue() throws IOException {
        try (ChainTester chain = chain(Capture.to(path))) {
            chain.client().send("SET \"a key\" secret\r\nGET other\r\n").expect(OK + OK);
        }
        List<String> lines = Files.readAllLines(path);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("{\"capture\":1,\"began\":\"2");
        assertThat(lines.get(1))
                .matches(
                        "\\{\"session\":\\d+,\"number\":1,\"us\":0,\"protocol\":\"RESP\",\"status\":\"ok\",\"kind\":\"WRITE\","
                                + "\"operation\":\"SET\",\"namespace\":\"0\",\"keys\":\\[\"a key\"],\"latencyUs\":0,"
                                + "\"requestBytes\":\\d+,\"responseBytes\":5}");
        assertThat(lines.get(2)).contains("\"number\":2").contains("\"keys\":[\"other\"]");
        assertThat(lines.get(3)).contains("\"number\":3").contains("\"status\":\"end\"");
        assertThat(Files.readString(path)).doesNotContain("secret");
    }

    @Test
    void errorsAndFailuresAreToldApart() throws IOException {
        AtomicInteger number = new AtomicInteger();
        Transform failing = (request, next) -> switch (number.incrementAndGet()) {
            case 1 -> Reply.of(RespMessage.error("ERR no"));
            case 2 -> Reply.failed(new Failure(Failure.Kind.TIMEOUT, "too late"));
            default -> next.send(request);
        };
        try (ChainTester chain = chain(Capture.to(path), failing)) {
            chain.client().send("GET a\r\nGET b\r\nGET c\r\n").expect("-ERR no\r\n-ERR too late\r\n" + OK);
        }
        assertThat(requests())
                .extracting(Captured::status)
                .containsExactly(Captured.Status.ERROR, Captured.Status.FAILURE, Captured.Status.OK);
        assertThat(requests()).extracting(Captured::failure).containsExactly("", "TIMEOUT", "");
    }

    @ParameterizedTest
    @EnumSource
    void bytesAreKeptIfAskedFor(Capture.Format format) throws IOException {
        Capture capture =
                Capture.of(path).format(format).withRequests().withResponses().build();
        try (ChainTester chain = chain(capture)) {
            chain.client().send("SELECT 3\r\n" + SET).expect(OK + OK);
        }
        List<Captured> requests = requests();
        assertThat(requests).hasSize(2);
        assertThat(text(requests.get(0).request())).isEqualTo("*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n");
        assertThat(requests.get(0).response())
                .as("not of what is about the session")
                .isNull();
        assertThat(requests.get(0).changesSession()).isTrue();
        assertThat(text(requests.get(1).request())).isEqualTo(SET);
        assertThat(text(requests.get(1).response())).isEqualTo(OK);
        assertThat(requests.get(1).changesSession()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void credentialsOfRedisAreNeverInTheFile(Capture.Format format) throws IOException {
        Capture capture =
                Capture.of(path).format(format).withRequests().withResponses().build();
        try (ChainTester chain = chain(capture)) {
            chain.sink().answers(RespMessage.error("ERR hunter2 is no password"));
            String[] commands = {
                "AUTH hunter2",
                "AUTH app hunter2",
                "HELLO 3 AUTH app hunter2",
                "ACL SETUSER app >hunter2",
                "CONFIG SET requirepass hunter2",
                "MIGRATE host 6379 key 0 1000 AUTH hunter2",
                "AHTU hunter2",
                "hunter2",
            };
            for (String command : commands) {
                chain.client().send(command + "\r\n");
                String line = "";
                while (!line.endsWith("\n")) {
                    line += chain.client().receive(1);
                }
            }
        }
        assertThat(requests())
                .isNotEmpty()
                .allSatisfy(record -> assertThat(record.request()).isNull());
        assertThat(text(Files.readAllBytes(path)).toLowerCase(Locale.ROOT)).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @EnumSource
    void credentialsOfCassandraAreNeverInTheFile(Capture.Format format) throws IOException {
        Capture capture =
                Capture.of(path).format(format).withRequests().withResponses().build();
        try (CqlChain chain = CqlChain.of(time, capture)) {
            chain.answer(new Query("CREATE ROLE app WITH PASSWORD = 'hunter2' AND LOGIN = true"));
            chain.answer(new Prepare("ALTER USER app WITH PASSWORD 'hunter2'"));
            chain.answer(new Query("MAKE ROLE app WITH PASSWORD = 'hunter2'"));
            chain.answer(new AuthResponse(ByteBuffer.wrap("\0app\0hunter2".getBytes(StandardCharsets.UTF_8))));
            chain.answer(new Query("INSERT INTO ks.t (k, password) VALUES (1, 'of an application')"));
        }
        List<Captured> requests = requests();
        assertThat(requests).filteredOn(record -> record.request() != null).hasSize(2); // STARTUP and INSERT
        assertThat(text(Files.readAllBytes(path))).doesNotContain("hunter2");
        assertThat(requests)
                .noneMatch(record -> text(record.request() == null ? new byte[0] : record.request())
                        .contains("hunter2"));
    }

    @Test
    void keysAreLeftOutIfTheyAreSecrets() throws IOException {
        try (ChainTester chain = chain(Capture.of(path).noKeys().build())) {
            chain.client().send("GET personal\r\n").expect(OK);
        }
        assertThat(Files.readString(path)).contains("\"operation\":\"GET\"").doesNotContain("personal");
    }

    @Test
    void recordsOfASessionStandInTheOrderOfItsRequests() throws IOException {
        List<Reply> replies = new ArrayList<>();
        List<Promise> promises = new ArrayList<>();
        Transform holding = (request, next) -> {
            if (!request.query().operation().equals("SELECT")) {
                return next.send(request);
            }
            Promise promise = new Promise();
            promises.add(promise);
            Message answer = CqlMessage.of(
                    (CqlMessage) request, com.datastax.oss.protocol.internal.response.result.Void.INSTANCE);
            replies.add(promise);
            if (promises.size() == 2) {
                promises.get(1).complete(answer);
                promises.get(0).complete(answer);
            }
            return promise;
        };
        try (CqlChain chain = CqlChain.of(time, Capture.to(path), holding)) {
            chain.send(1, new Query("SELECT a FROM ks.t WHERE k = 1"));
            chain.send(2, new Query("SELECT b FROM ks.t WHERE k = 1"));
            assertThat(List.of(chain.receive().streamId, chain.receive().streamId))
                    .containsExactlyInAnyOrder(1, 2);
        }
        assertThat(replies).hasSize(2);
        assertThat(requests()).extracting(Captured::number).containsExactly(1L, 2L, 3L);
    }

    @Test
    void onlyItsOwnerReadsTheFile() throws IOException {
        try (ChainTester chain = chain(Capture.to(path))) {
            chain.client().send("GET a\r\n").expect(OK);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void whatIsThereIsNotWrittenOver() throws IOException {
        Files.writeString(path, "precious");
        try (ChainTester chain = chain(Capture.to(path))) {
            chain.client().send("GET a\r\n").expect(OK);
        }
        assertThat(directory.resolve("capture.1")).hasContent("precious");
        assertThat(requests()).hasSize(1);
    }

    @Test
    void fullFilesMakeWayAndTheOldestGoes() throws IOException {
        Capture capture = Capture.of(path).files(4_096, 3).build();
        try (ChainTester chain = chain(capture)) {
            for (int i = 0; i < 10; i++) {
                chain.client().send("GET k\r\n".repeat(10)).expect(OK.repeat(10));
            }
        }
        List<Long> numbers = new ArrayList<>();
        for (String name : List.of("capture.2", "capture.1", "capture")) {
            assertThat(Files.size(directory.resolve(name))).isBetween(300L, 4_096L);
            read(directory.resolve(name)).forEach(record -> numbers.add(record.number()));
        }
        assertThat(directory.resolve("capture.3")).doesNotExist();
        assertThat(numbers).isSorted().doesNotHaveDuplicates().endsWith(100L, 101L);
        assertThat(numbers.size()).isEqualTo((int) (102 - numbers.get(0))).isLessThan(60);
    }

    @Test
    void whatFindsNoRoomIsCountedAndTrafficGoesOn() throws IOException {
        CountDownLatch disk = new CountDownLatch(1);
        Capture capture = Capture.of(path)
                .bufferBytes(4_096)
                .opener(file -> {
                    await(disk);
                    return CaptureFile.create(file);
                })
                .build();
        try (ChainTester chain = chain(capture)) {
            for (int i = 0; i < 10; i++) {
                chain.client().send("GET k\r\n".repeat(10)).expect(OK.repeat(10));
            }
            double dropped = count(chain, "dropped");
            assertThat(dropped).isBetween(80.0, 99.0);
            disk.countDown();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(count(chain, "written")).isEqualTo(100 - dropped));
            chain.client().send("GET k\r\n").expect(OK);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(count(chain, "written")).isEqualTo(101 - dropped));
        }
        assertThat(requests().get(requests().size() - 1).number()).isEqualTo(101);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void aFullDiskCostsRecordsAndNoRequest() throws IOException {
        AtomicInteger opened = new AtomicInteger();
        Capture capture = Capture.of(path)
                .opener(file -> opened.incrementAndGet() == 1
                        ? FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)
                        : CaptureFile.create(file))
                .build();
        try (ChainTester chain = chain(capture)) {
            chain.client().send("GET lost\r\n").expect(OK);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(count(chain, "failed")).isEqualTo(1));
            Awaitility.await().pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
                chain.client().send("GET kept\r\n").expect(OK);
                assertThat(count(chain, "written")).isPositive();
            });
        }
        assertThat(requests())
                .isNotEmpty()
                .allSatisfy(record -> assertThat(record.keys()).containsExactly("kept"));
    }

    @Test
    void aPathThatCannotBeWrittenCostsRecordsAndNoRequest() throws IOException {
        Files.writeString(directory.resolve("file"), "no directory");
        Capture capture = Capture.to(directory.resolve("file").resolve("capture"));
        try (ChainTester chain = chain(capture)) {
            chain.client().send("GET a\r\nGET b\r\n").expect(OK + OK);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(count(chain, "failed")).isEqualTo(2));
            assertThat(count(chain, "written")).isZero();
        }
    }

    @Test
    void whatIsNoFileIsLeftAlone() throws IOException {
        Path target = Files.writeString(directory.resolve("target"), "precious");
        Files.createSymbolicLink(path, target);
        try (ChainTester chain = chain(Capture.to(path))) {
            chain.client().send("GET a\r\n").expect(OK);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(count(chain, "failed")).isEqualTo(1));
        }
        assertThat(target).hasContent("precious");
        assertThat(path).isSymbolicLink();
    }

    @Test
    void sampledSessionsAreCapturedWhole() throws IOException {
        try (ChainTester chain = chain(
                Sampler.percent(100, Capture.of(path).withRequests().build()).bySession())) {
            chain.client().send("SELECT 1\r\nGET a\r\n").expect(OK + OK);
        }
        assertThat(requests()).extracting(Captured::operation).containsExactly("SELECT", "GET");
    }

    @Test
    void settingsThatAreWrongAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Capture.of(path).bufferBytes(1))
                .withMessageContaining("bufferBytes must be at least 4096, not 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Capture.of(path).files(4_096, 1))
                .withMessageContaining("the number of files must be at least 2, not 1");
    }
}
