package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several chains are sent a request at once, and one response is made of theirs; what they answer is of pooled memory. */
class ScatterTest {
    private static final Failure GONE = new Failure(Failure.Kind.UNAVAILABLE, "gone");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void end() {
        time.close();
    }

    private static Message simple(Message request, String text) {
        ByteBuf wire = request.session().alloc().directBuffer();
        wire.writeCharSequence(text + "\r\n", StandardCharsets.ISO_8859_1);
        Message response = RespMessage.response((RespMessage) request, wire, 0, wire.readableBytes());
        wire.release();
        return response;
    }

    private static OtherSide answering(String text) {
        return OtherSide.by(request -> Reply.of(simple(request, text)));
    }

    private static OtherSide failing(Failure failure) {
        return OtherSide.by(request -> Reply.failed(failure));
    }

    private static Function<Message, Message> with(String text) {
        return request -> simple(request, text);
    }

    private Scatter.Builder toAll(Chain a, Chain b) {
        return Scatter.toAll().to("a", a).to("b", b).metrics(meters);
    }

    private ChainTester serving(Scatter.Builder scatter) {
        return ChainTester.of(
                (address, served) ->
                        RespListener.on(address).eventLoops(time.loops()).serve(served),
                endingAt(scatter.build()));
    }

    private static Transform endingAt(Chain end) {
        return (request, next) -> end.send(request);
    }

    private double count(String what, String target) {
        return meters.get("kawarau.scatter." + what)
                .tag("target", target)
                .functionCounter()
                .count();
    }

    @Test
    void aReadIsAnsweredByTheFirstAndAWriteOnlyWhenAllHaveIt() throws InterruptedException {
        OtherSide b = OtherSide.holding();
        try (ChainTester chain = serving(toAll(answering("+a"), b))) {
            chain.client().send("GET k\r\n").expect("+a\r\n");
            b.answer(with("+b"));
            await().until(() -> count("late", "b") == 1);

            chain.client().send("SET k v\r\nGET k\r\n");
            b.fail(GONE);
            b.answer(with("+b"));
            chain.client().expect("-ERR b: gone; other chains may have carried it out\r\n+a\r\n");
        }
        assertThat(b.operations()).containsExactly("GET", "SET", "GET");
        assertThat(count("requests", "a")).isEqualTo(3);
        assertThat(count("failures", "b")).isEqualTo(1);
    }

    @Test
    void theFirstIsTheFirstByNameThatIsNoErrorAndThoseBeforeItAreWaitedFor() throws InterruptedException {
        OtherSide a = OtherSide.holding();
        try (ChainTester chain = serving(toAll(a, answering("+b")).collate(Collate.first()))) {
            chain.client().send("GET 1\r\nGET 2\r\nGET 3\r\n");
            a.answer(with("-ERR not here"));
            chain.client().expect("+b\r\n");
            a.fail(GONE);
            chain.client().expect("+b\r\n");
            a.answer(with("+a"));
            chain.client().expect("+a\r\n");
        }
    }

    @Test
    void theFastestIsTheFirstToArriveThatIsNoErrorAndTheOthersAreReleasedWhenTheyCome() throws InterruptedException {
        OtherSide a = OtherSide.holding();
        OtherSide b = OtherSide.holding();
        try (ChainTester chain = serving(toAll(a, b).collate(Collate.fastest()))) {
            chain.client().send("GET 1\r\n");
            b.answer(with("+b"));
            chain.client().expect("+b\r\n");
            a.answer(with("+a"));

            chain.client().send("GET 2\r\n");
            b.answer(with("-ERR b"));
            a.answer(with("+a"));
            chain.client().expect("+a\r\n");

            chain.client().send("GET 3\r\n");
            b.answer(with("-ERR b"));
            a.answer(with("-ERR a"));
            chain.client().expect("-ERR a\r\n");
        }
        assertThat(count("late", "a")).isEqualTo(1);
    }

    @Test
    void aChainThatIsStillAtWorkWhenTheClientWasAnsweredCanReadTheRequest() throws InterruptedException {
        OtherSide slow = OtherSide.holding();
        List<String> read = new CopyOnWriteArrayList<>();
        try (ChainTester chain = serving(toAll(answering("+a"), slow))) {
            chain.client().send("GET k\r\n").expect("+a\r\n");
            slow.answer(request -> {
                read.add(request.isOver() + " " + request.bytes().toString(StandardCharsets.ISO_8859_1));
                return simple(request, "+late");
            });
            await().until(() -> count("late", "b") == 1);
        }
        assertThat(read).containsExactly("true *2\r\n$3\r\nGET\r\n$1\r\nk\r\n");
    }

    @Test
    void allAreWaitedForAndTheFirstErrorIsTheAnswerIfThereIsOne() throws InterruptedException {
        OtherSide b = OtherSide.holding();
        try (ChainTester chain = serving(toAll(answering("+a"), b).collate(Collate.all()))) {
            chain.client().send("SET 1 v\r\nSET 2 v\r\n");
            b.answer(with("+b"));
            b.answer(with("-OOM b"));
            chain.client().expect("+a\r\n-OOM b\r\n");
        }
    }

    @Test
    void aFunctionNamesTheChainsInTheOrderThatCounts() {
        OtherSide a = answering("+a");
        OtherSide b = answering("+b");
        Scatter.Builder scatter = Scatter.by(request -> switch (request.query().operation()) {
            case "GET" -> List.of("b", "a", "b");
            case "SET" -> List.of("b");
            case "DEL" -> List.of("a", "nowhere");
            default -> List.of();
        });
        try (ChainTester chain =
                serving(scatter.to("a", a).to("b", b).metrics(meters).collate(ScatterTest::joined))) {
            chain.client().send("GET k\r\nSET k v\r\n").expect("+b+a\r\n+b\r\n");
            chain.client()
                    .send("DEL k\r\n")
                    .expect("-ERR no chain of the Scatter is called \"nowhere\"; it has [a, b]\r\n");
            chain.client()
                    .send("STRLEN k\r\n")
                    .expect("-ERR the function of the Scatter names no chain for STRLEN; it has [a, b]\r\n");
        }
        assertThat(a.operations()).containsExactly("GET");
        assertThat(b.operations()).containsExactly("GET", "SET");
    }

    private static Message joined(Message request, List<Collate.Answer> answers) {
        return simple(
                request,
                answers.stream()
                        .map(answer -> answer.response()
                                .bytes()
                                .toString(StandardCharsets.ISO_8859_1)
                                .strip())
                        .collect(Collectors.joining()));
    }

    @Test
    void aPipelineIsAnsweredInItsOrderHoweverTheChainsAnswer() throws InterruptedException {
        OtherSide a = OtherSide.holding();
        OtherSide b = OtherSide.holding();
        int requests = 50;
        try (ChainTester chain = serving(toAll(a, b).collate(Collate.fastest()))) {
            chain.client().send("GET k\r\n".repeat(requests));
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < requests; i++) {
                (i % 2 == 0 ? a : b).answer(with("+" + i));
                (i % 2 == 0 ? b : a).answer(with("+late"));
                expected.append("+").append(i).append("\r\n");
            }
            chain.client().expect(expected.toString());
        }
    }

    @Test
    void aChainThatIsSilentCountsAsFailedWhenTheTimeIsUp() throws InterruptedException {
        OtherSide b = OtherSide.holding();
        try (ChainTester chain = serving(toAll(answering("+a"), b).timeout(Duration.ofMillis(200)))) {
            chain.client().send("SET k v\r\n");
            await().until(() -> b.operations().size() == 1);
            time.pass(Duration.ofMillis(199));
            assertThat(count("failures", "b")).isZero();
            time.pass(Duration.ofMillis(1));
            chain.client().expect("-ERR b: no answer within 200 ms; other chains may have carried it out\r\n");
            assertThat(count("failures", "b")).isEqualTo(1);
            b.answer(with("+b"));
        }
        assertThat(count("late", "b")).isEqualTo(1);
    }

    @Test
    void aChainThatOwesTooManyAnswersIsPassedOverUntilItAnswers() throws InterruptedException {
        OtherSide b = OtherSide.holding();
        try (ChainTester chain = serving(toAll(answering("+a"), b).maxLateBytes(600))) {
            chain.client().send("GET k\r\n".repeat(10)).expect("+a\r\n".repeat(10));
            assertThat(b.operations()).hasSize(3);
            assertThat(count("skipped", "b")).isEqualTo(7);
            chain.client()
                    .send("SET k v\r\n")
                    .expect(
                            "-ERR b: the chain owes too many answers already; the request was not sent; other chains may"
                                    + " have carried it out\r\n");
            for (int i = 0; i < 3; i++) {
                b.answer(with("+b"));
            }
            await().until(() -> count("late", "b") == 3);
            chain.client().send("SET k v\r\n");
            b.answer(with("+b"));
            chain.client().expect("+a\r\n");
        }
    }

    @Test
    void whatIsSaidOfTheSessionIsSaidToAllAndWhatIsHeardStaysAtHome() {
        OtherSide a = answering("+OK");
        OtherSide b = answering("+OK");
        try (ChainTester chain = serving(toAll(a, b))) {
            chain.client()
                    .send("GET k\r\nSELECT 1\r\nAUTH x\r\nSUBSCRIBE news\r\nPUBLISH news tea\r\n")
                    .expect("+OK\r\n".repeat(5));
            chain.client()
                    .send("CLIENT REPLY OFF\r\n")
                    .expect(
                            "-ERR Scatter: CLIENT|REPLY is about what comes next on one connection, and the session goes to"
                                    + " several servers\r\n");
        }
        assertThat(a.operations()).containsExactly("GET", "SELECT", "AUTH", "SUBSCRIBE", "PUBLISH");
        assertThat(b.operations()).containsExactly("GET", "SELECT", "AUTH");
        assertThat(count("late", "b"))
                .as("it answered at once, as did the first")
                .isZero();
    }

    @Test
    void aTransactionIsAtHomeAndWhatWouldBeForOthersTooSpoilsIt() {
        OtherSide a = answering("+OK");
        OtherSide b = answering("+OK");
        try (ChainTester chain = serving(toAll(a, b))) {
            chain.client()
                    .send("MULTI\r\nSET k v\r\nEXEC\r\n")
                    .expect(
                            "+OK\r\n-ERR Scatter: SET is in a transaction, which is at one chain; let the function name \"a\""
                                    + " alone for it\r\n-EXECABORT Transaction discarded because of previous errors.\r\n");
        }
        assertThat(b.operations()).isEmpty();
    }

    @Test
    void aTransactionThatTheFunctionLeavesAtHomeIsCarriedOutThere() {
        OtherSide a = answering("+OK");
        OtherSide b = answering("+OK");
        Scatter.Builder scatter =
                Scatter.by(request -> request.query().isInTransaction() ? List.of("a") : List.of("b", "a"));
        try (ChainTester chain = serving(scatter.to("a", a).to("b", b).metrics(meters))) {
            chain.client().send("MULTI\r\nSET k v\r\nEXEC\r\nSET k w\r\n").expect("+OK\r\n".repeat(4));
        }
        assertThat(a.operations()).containsExactly("MULTI", "SET", "EXEC", "SET");
        assertThat(b.operations()).containsExactly("SET");
    }

    @Test
    void whatMayBlockIsForOneChainAloneAndHasNoTimeout() throws InterruptedException {
        OtherSide a = OtherSide.holding();
        OtherSide b = answering("+OK");
        Scatter.Builder scatter =
                Scatter.by(request -> request.query().operation().equals("BLPOP") ? List.of("a") : List.of("a", "b"));
        try (ChainTester chain = serving(scatter.to("a", a).to("b", b).metrics(meters))) {
            chain.client().send("BLPOP k 0\r\n");
            await().until(() -> a.operations().size() == 1);
            time.pass(Duration.ofSeconds(30));
            a.answer(with("+at last"));
            chain.client().expect("+at last\r\n");
            chain.client()
                    .send("BRPOP k 0\r\n")
                    .expect(
                            "-ERR Scatter: BRPOP may block, and so cannot be sent to several chains; let the function name"
                                    + " one for it\r\n");
        }
        assertThat(b.operations()).isEmpty();
    }

    @Test
    void aCommandThatNobodyKnowsGoesWhereTheFunctionSays() {
        OtherSide b = answering("+b");
        try (ChainTester chain = serving(toAll(answering("+a"), b))) {
            chain.client().send("JSON.SET k $ 1\r\n").expect("+a\r\n");
        }
        assertThat(b.operations()).containsExactly("JSON.SET");
    }

    @Test
    void aCollateThatThrowsIsAnErrorAndTheRestIsReleased() throws InterruptedException {
        OtherSide b = OtherSide.holding();
        Collate hasty = new Collate() {
            @Override
            public Message collate(Message request, List<Answer> answers) {
                throw new Failure(Failure.Kind.INVALID, "they differ");
            }

            @Override
            public boolean isEnough(Message request, List<Answer> answers) {
                return !answers.get(0).isPending();
            }
        };
        Collate broken = new Collate() {
            @Override
            public Message collate(Message request, List<Answer> answers) {
                return answers.get(0).response();
            }

            @Override
            public boolean isEnough(Message request, List<Answer> answers) {
                throw new Failure(Failure.Kind.INVALID, "broken");
            }
        };
        try (ChainTester chain =
                serving(toAll(answering("+a"), b).collate(hasty).collate(Query.Kind.READ, broken))) {
            chain.client().send("SET k v\r\nGET k\r\n").expect("-ERR they differ\r\n-ERR broken\r\n");
            b.answer(with("+b"));
            b.answer(with("+b"));
            await().until(() -> count("late", "b") == 2);
        }
    }

    @Test
    void aClientThatHangsUpLeavesNothingBehind() throws InterruptedException {
        OtherSide a = OtherSide.holding();
        OtherSide b = OtherSide.holding();
        try (ChainTester chain = serving(toAll(a, b))) {
            chain.client().send("SET k v\r\nGET k\r\n");
            await().until(() -> b.operations().size() == 2);
            chain.client().close();
            for (OtherSide side : List.of(a, b)) {
                side.answer(with("+OK"));
                side.answer(with("+OK"));
            }
        }
    }

    @Test
    void whereAllFailTheFirstFailureTellsWhetherAnyMayHaveDoneIt() {
        Failure lost = new Failure(Failure.Kind.UNAVAILABLE, "lost", true, null);
        try (ChainTester chain = serving(toAll(failing(GONE), failing(lost)))) {
            chain.client()
                    .send("SET k v\r\nGET k\r\n")
                    .expect("-ERR a: gone; other chains may have carried it out\r\n-ERR a: gone\r\n");
        }
    }

    @Test
    void aSessionLeavesWhenAllChainsLetItGo() {
        Chain staying = new Chain() {
            @Override
            public Reply send(Message request) {
                return Reply.failed(GONE);
            }

            @Override
            public boolean leave(Session session) {
                return false;
            }
        };
        assertThat(toAll(staying, failing(GONE)).build().leave(null)).isFalse();
    }

    @Test
    void itPrintsAsItNestsAndForgetsItsMetrics() {
        Scatter scatter = Scatter.toAll()
                .to("a", Chain.named("inner").metrics(new SimpleMeterRegistry()).to(failing(GONE)))
                .metrics(meters)
                .build();

        assertThat(scatter.toString()).startsWith("Scatter\n  a: chain \"inner\"\n    -> ");
        scatter.close();
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void whatIsNoSettingIsRefusedInWords() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scatter.toAll().build())
                .withMessage("Scatter needs a chain to send to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scatter.toAll().to("a", failing(GONE)).to("a", failing(GONE)))
                .withMessage("Scatter: there are two chains for \"a\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scatter.toAll().timeout(Duration.ZERO))
                .withMessageContaining("at least a millisecond");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scatter.toAll().maxLateBytes(-1))
                .withMessageContaining("0 bytes or more");
    }
}
