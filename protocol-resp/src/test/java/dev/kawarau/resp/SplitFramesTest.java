package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.leakcheck.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a stream is cut into reads, and wherever they lie in memory, the frames in it are the same. */
class SplitFramesTest {
    private static final byte[] REQUESTS = Corpus.join(Corpus.REQUESTS);
    private static final byte[] REPLIES = Corpus.join(Corpus.REPLIES);

    @ParameterizedTest
    @EnumSource
    void framesOfOneReadAreFoundOneAfterAnother(Arrival arrival) {
        List<String> requests = ScanRun.ofRequests(REQUESTS, arrival, at -> REQUESTS.length);
        List<String> replies = ScanRun.ofReplies(REPLIES, arrival, at -> REPLIES.length);

        assertThat(lengths(requests)).isEqualTo(lengthsOf(Corpus.REQUESTS));
        assertThat(lengths(replies)).isEqualTo(lengthsOf(Corpus.REPLIES));
        assertThat(requests).last().isEqualTo("rest 0");
        assertThat(replies).last().isEqualTo("rest 0");
    }

    @ParameterizedTest
    @EnumSource
    void everyTwoPartsOfARequestStreamGiveTheSameFrames(Arrival arrival) {
        List<String> whole = ScanRun.ofRequests(REQUESTS, arrival, at -> REQUESTS.length);
        for (int cut = 1; cut < REQUESTS.length; cut++) {
            int first = cut;
            assertThat(ScanRun.ofRequests(REQUESTS, arrival, at -> at == 0 ? first : REQUESTS.length))
                    .as("cut at %d", cut)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTwoPartsOfAReplyStreamGiveTheSameFrames(Arrival arrival) {
        List<String> whole = ScanRun.ofReplies(REPLIES, arrival, at -> REPLIES.length);
        for (int cut = 1; cut < REPLIES.length; cut++) {
            int first = cut;
            assertThat(ScanRun.ofReplies(REPLIES, arrival, at -> at == 0 ? first : REPLIES.length))
                    .as("cut at %d", cut)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesThatComeOneAtATimeGiveTheSameFrames(Arrival arrival) {
        assertThat(ScanRun.ofRequests(REQUESTS, arrival, at -> 1))
                .isEqualTo(ScanRun.ofRequests(REQUESTS, arrival, at -> REQUESTS.length));
        assertThat(ScanRun.ofReplies(REPLIES, arrival, at -> 1))
                .isEqualTo(ScanRun.ofReplies(REPLIES, arrival, at -> REPLIES.length));
    }

    @ParameterizedTest
    @EnumSource
    void readsOfAnyLengthGiveTheSameFrames(Arrival arrival) {
        List<String> requests = ScanRun.ofRequests(REQUESTS, arrival, at -> REQUESTS.length);
        List<String> replies = ScanRun.ofReplies(REPLIES, arrival, at -> REPLIES.length);
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            int longest = 1 + random.nextInt(60);
            assertThat(ScanRun.ofRequests(REQUESTS, arrival, at -> 1 + random.nextInt(longest)))
                    .as("seed %d", seed)
                    .isEqualTo(requests);
            assertThat(ScanRun.ofReplies(REPLIES, arrival, at -> 1 + random.nextInt(longest)))
                    .as("seed %d", seed)
                    .isEqualTo(replies);
        }
    }

    @ParameterizedTest
    @EnumSource
    void repliesOfAnyShapeAreFoundInReadsOfAnyLength(Arrival arrival) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                frames.add(RandomValues.bytes(new RandomValues(random).any(), RespVersion.RESP3));
            }
            byte[] stream = Corpus.join(frames);
            assertThat(lengths(ScanRun.ofReplies(stream, arrival, at -> 1 + random.nextInt(40))))
                    .as("seed %d", seed)
                    .isEqualTo(lengthsOf(frames));
        }
    }

    private static List<Integer> lengthsOf(List<byte[]> frames) {
        return frames.stream().map(frame -> frame.length).toList();
    }

    private static List<Integer> lengths(List<String> facts) {
        return facts.stream()
                .filter(fact -> !fact.startsWith("rest"))
                .map(fact -> Integer.valueOf(fact.substring(0, fact.indexOf(' '))))
                .toList();
    }
}
