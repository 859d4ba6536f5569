package dev.kawarau.transform.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import io.micrometer.core.instrument.FunctionCounter;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TeeTest {
    private static final RespMessage OK = RespMessage.of(RespValue.ok());
    private static final RespMessage TEA = RespMessage.of(RespValue.bulk("tea"));
    private static final RespMessage JAM = RespMessage.of(RespValue.bulk("jam"));

    private static ChainTester chain(Tee tee) {
        ChainTester chain =
                ChainTester.of((address, served) -> RespListener.on(address).serve(served), tee);
        chain.sink().answers(OK);
        return chain;
    }

    private static void settled(Tee tee) {
        Awaitility.await().until(() -> tee.report().underWay() == 0);
    }

    @Test
    void readsWritesAndSessionStateGoToBothSidesInOrder() {
        OtherSide copy = OtherSide.answering(OK);
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SELECT 1\r\nSET a b\r\nGET a\r\n").expect("+OK\r\n+OK\r\n+OK\r\n");
            settled(tee);

            assertThat(chain.sink().operations()).containsExactly("SELECT", "SET", "GET");
            assertThat(copy.operations()).containsExactly("SELECT", "SET", "GET");
            assertThat(tee.report().total().equal()).isEqualTo(3);
        }
    }

    @Test
    void theCopyHasASessionOfItsOwnWhosePushesAndEndTheClientDoesNotSee() {
        OtherSide copy = OtherSide.by(request -> {
            RespMessage push = RespMessage.of(RespValue.push(RespValue.bulk("message")));
            request.session().push(push, null);
            request.session().close();
            return Reply.of(OK);
        });
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("GET a\r\n").expect("+OK\r\n");
            settled(tee);
            chain.client().send("GET b\r\n").expect("+OK\r\n");
            settled(tee);

            assertThat(copy.operations()).containsExactly("GET", "GET");
            assertThat(copy.sessions().get(0)).isNotSameAs(copy.sessions().get(1));
        }
    }

    @Test
    void subscriptionsAdministrationAndWhatMayBlockAreNotCopiedButWhatIsPublishedIs() {
        OtherSide copy = OtherSide.answering(OK);
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.client()
                    .send("SUBSCRIBE c\r\nMONITOR\r\nBLPOP l 0\r\nXREAD BLOCK 0 STREAMS s 0\r\nWAIT 1 0\r\nNONSENSE\r\n"
                            + "PUBLISH c x\r\nXREAD STREAMS s 0\r\n")
                    .expect("+OK\r\n".repeat(8));
            settled(tee);

            assertThat(copy.operations()).containsExactly("PUBLISH", "XREAD");
            assertThat(tee.report().operation("BLPOP").missedWrites()).isEqualTo(1);
            assertThat(tee.report().total().missedWrites()).isEqualTo(1);
        }
    }

    @Test
    void aTransactionIsCopiedWholeWhateverIsSampled() {
        OtherSide copy = OtherSide.answering(OK);
        Tee tee = Tee.to(copy).percent(0, 1).build();
        try (ChainTester chain = chain(tee)) {
            chain.client()
                    .send("SET a b\r\nMULTI\r\nSET a b\r\nBLPOP l 0\r\nINFO\r\nEXEC\r\nSET a b\r\n")
                    .expect("+OK\r\n".repeat(7));
            settled(tee);

            assertThat(copy.operations()).containsExactly("MULTI", "SET", "BLPOP", "INFO", "EXEC");
        }
    }

    @Test
    void aClientNeverWaitsForASideThatDoesNotAnswer() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).timeout(Duration.ofMillis(20)).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SET a b\r\n").expect("+OK\r\n");
            Awaitility.await().until(() -> tee.report().operation("SET").timedOut() == 1);
            assertThat(tee.report().total().missedWrites()).isEqualTo(1);
            assertThat(tee.report().underWay()).isEqualTo(1);

            copy.answer(OK);
            settled(tee);
            assertThat(tee.report().underWayBytes()).isZero();
        }
    }

    @Test
    void whatFollowsAChangeOfStateWaitsOnTheOtherSideForItsAnswer() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SELECT 1\r\nSET a b\r\n").expect("+OK\r\n+OK\r\n");
            assertThat(copy.operations()).containsExactly("SELECT");

            copy.answer(RespMessage.error("ERR DB index is out of range"));
            settled(tee);

            assertThat(copy.operations()).containsExactly("SELECT");
            assertThat(tee.report().operation("SET").dropped()).isEqualTo(1);
            assertThat(tee.report().operation("SET").missedWrites()).isEqualTo(1);
        }
    }

    @Test
    void withAFullBufferCopiesAreDroppedAndMissedWritesCountedApart() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).buffer(1, 1 << 20).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SET a b\r\nSET a c\r\nGET a\r\n").expect("+OK\r\n+OK\r\n+OK\r\n");
            copy.answer(OK);
            settled(tee);

            TeeReport.Operation set = tee.report().operation("SET");
            assertThat(set.dropped()).isEqualTo(1);
            assertThat(set.missedWrites()).isEqualTo(1);
            assertThat(tee.report().operation("GET").dropped()).isEqualTo(1);
            assertThat(tee.report().toString()).contains("the two sides are not the same: 1 writes may be missing");
            assertThat(chain.meters()
                            .get("kawarau.tee")
                            .tag("outcome", "dropped")
                            .functionCounter())
                    .extracting(FunctionCounter::count)
                    .isEqualTo(2.0);
        }
    }

    @Test
    void aTransactionThatFindsNoRoomIsNotCarriedOutInParts() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).buffer(2, 1 << 20).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("MULTI\r\nSET a b\r\nSET a c\r\nEXEC\r\n").expect("+OK\r\n".repeat(4));
            copy.answer(OK);
            settled(tee);
            assertThat(copy.operations()).containsExactly("MULTI");

            chain.client().send("GET a\r\n").expect("+OK\r\n");
            copy.answer(OK);
            settled(tee);
            assertThat(copy.operations()).containsExactly("MULTI", "GET");
            assertThat(copy.sessions().get(1)).isNotSameAs(copy.sessions().get(0));
        }
    }

    @Test
    void withBackPressureAClientWaitsForRoomAndNothingIsDropped() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).buffer(1, 1 << 20).whenFull(Tee.WhenFull.WAIT).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SET a 1\r\nSET a 2\r\n").expect("+OK\r\n");
            chain.connect().send("SET b 1\r\n");
            copy.answer(OK);
            copy.answer(OK);
            copy.answer(OK);
            chain.client().expect("+OK\r\n");
            settled(tee);

            assertThat(copy.operations()).hasSize(3);
            assertThat(tee.report().total().dropped()).isZero();
            assertThat(tee.report().total().equal()).isEqualTo(3);
        }
    }

    @Test
    void answersThatDifferAreCountedWithExamplesThatShowNoData() {
        Tee other = Tee.to(OtherSide.answering(RespMessage.of(RespValue.bulk("biscuit"))))
                .comparing(ResponseComparator.bytes())
                .examples(2)
                .build();
        try (ChainTester chain = chain(other)) {
            chain.sink().answers(TEA);
            chain.client().send("GET secret\r\n".repeat(5)).expect("$3\r\ntea\r\n".repeat(5));
            settled(other);
            assertThat(other.report().operation("GET").different()).isEqualTo(5);
            assertThat(other.report().operation("GET").examples())
                    .hasSize(2)
                    .allSatisfy(text -> assertThat(text)
                            .matches("GET #[0-9a-f]{16}: 9 bytes, the copy has 13")
                            .doesNotContain("secret"));
        }
    }

    @Test
    void examplesShowDataIfAsked() {
        Tee tee = Tee.to(OtherSide.answering(JAM))
                .comparing(ResponseComparator.bytes())
                .showValues()
                .build();
        try (ChainTester chain = chain(tee)) {
            chain.sink().answers(OK);
            chain.client().send("GET cup\r\n").expect("+OK\r\n");
            settled(tee);
            assertThat(tee.report().operation("GET").examples())
                    .containsExactly("GET \"cup\": 5 bytes, the copy has 9; ORIGINAL \"+OK..\", COPY \"$3..jam..\"");
        }
    }

    @Test
    void aMismatchFailsTheRequestIfAsked() {
        Tee tee = Tee.to(OtherSide.by(
                        request -> Reply.of(request.query().operation().equals("GET") ? JAM : OK)))
                .comparing(ResponseComparator.bytes())
                .onMismatch(Tee.OnMismatch.FAIL)
                .build();
        try (ChainTester chain = chain(tee)) {
            chain.client()
                    .send("SET a b\r\nGET a\r\nSET a b\r\n")
                    .expect(
                            "+OK\r\n-ERR the two sides of the tee do not agree on GET: 5 bytes, the copy has 9\r\n+OK\r\n");
        }
    }

    @Test
    void whereAMismatchFailsNothingIsSentThatCannotBeCopied() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).buffer(1, 100).onMismatch(Tee.OnMismatch.FAIL).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SET a b\r\nSET a c\r\n");
            copy.answer(OK);
            chain.client().expect("+OK\r\n-ERR the other side of the tee cannot take it; the request was not sent\r\n");
            assertThat(chain.sink().operations()).containsExactly("SET");
        }
    }

    @Test
    void requestsWhoseAnswersDifferGoDownAnotherChain() {
        OtherSide mismatches = OtherSide.answering(OK);
        Tee tee = Tee.to(OtherSide.by(
                        request -> Reply.of(request.query().operation().equals("GET") ? JAM : OK)))
                .comparing(ResponseComparator.bytes())
                .mismatchesTo(mismatches)
                .build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SET a b\r\nGET a\r\n").expect("+OK\r\n+OK\r\n");
            settled(tee);
            assertThat(mismatches.operations()).containsExactly("GET");
        }
    }

    @Test
    void aSideThatFailsIsCountedAndHarmsNobody() {
        Failure away = new Failure(Failure.Kind.UNAVAILABLE, "away");
        Tee tee = Tee.to(OtherSide.by(request -> Reply.failed(away))).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SELECT 1\r\nSET a b\r\nGET a\r\n").expect("+OK\r\n".repeat(3));
            settled(tee);
            TeeReport.Operation total = tee.report().total();
            assertThat(total.failedCopy() + total.dropped()).isEqualTo(3);
            assertThat(total.missedWrites()).isEqualTo(1);
        }
    }

    @Test
    void aKeyIsAlwaysCopiedOrNever() {
        OtherSide copy = OtherSide.answering(OK);
        Tee tee = Tee.to(copy).percentOfKeys(30).build();
        try (ChainTester chain = chain(tee)) {
            StringBuilder once = new StringBuilder();
            for (int i = 0; i < 1_000; i++) {
                once.append("SET key:").append(i).append(" v\r\n");
            }
            chain.client().send(once.toString()).expect("+OK\r\n".repeat(1_000));
            settled(tee);
            int first = copy.operations().size();
            assertThat(first).isBetween(230, 370);
            chain.client().send(once.toString()).expect("+OK\r\n".repeat(1_000));
            settled(tee);
            assertThat(copy.operations()).hasSize(2 * first);
        }
    }

    @Test
    void aPartOfAllRequestsIsChosenByASeed() {
        OtherSide copy = OtherSide.answering(OK);
        Tee tee = Tee.to(copy).percent(25, 42).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("GET a\r\n".repeat(1_000)).expect("+OK\r\n".repeat(1_000));
            settled(tee);
            assertThat(copy.operations().size()).isBetween(190, 310);
        }
    }

    @Test
    void aClientThatLeavesLeavesNothingBehind() throws InterruptedException {
        OtherSide copy = OtherSide.holding();
        Tee tee = Tee.to(copy).build();
        try (ChainTester chain = chain(tee)) {
            chain.client().send("SET a b\r\n").expect("+OK\r\n");
            chain.client().close();
            Awaitility.await()
                    .until(() -> chain.meters()
                                    .get("kawarau.tee.sessions")
                                    .tag("side", "original")
                                    .gauge()
                                    .value()
                            == 0);
            copy.answer(OK);
            settled(tee);
        }
    }

    @Test
    void aTeePrintsBothChainsAndBelongsToOne() {
        Tee tee = Tee.to(Chain.named("new").to(OtherSide.answering(OK))).build();
        Chain chain = Chain.named("old").then(tee).to(OtherSide.answering(OK));
        assertThat(chain.toString())
                .isEqualTo("chain \"old\"\n  -> Tee(ORIGINAL answers, IGNORE)\n       copies to chain \"new\"\n"
                        + "         -> OtherSide\n  -> OtherSide");
        assertThatThrownBy(() -> Chain.named("third").then(tee).to(OtherSide.answering(OK)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a Tee belongs to a chain already");
        chain.close();
    }

    @Test
    void wrongSettingsAreRefusedInWords() {
        Tee.Builder builder = Tee.to(OtherSide.answering(OK));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.percentOfKeys(101));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.buffer(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(builder::kinds);
    }
}
