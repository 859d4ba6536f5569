package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultsTest {

    private static final Case LOAD = new Case("get", 64, 50, 16);
    private static final Peer DIRECT = Peer.direct(1);
    private static final Peer PROXY = new Peer(Peer.KAWARAU, 2, ProcessHandle.current());

    private final Results results = new Results();

    private void round(double direct, double proxy, double proxyCpu) {
        results.add(LOAD, DIRECT, new Run(direct, 10, 20, null, 1));
        results.add(LOAD, PROXY, new Run(proxy, 30, 40, proxyCpu, 2));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Results.median(4, 1, 3, 1000)).isEqualTo(3.5);
        assertThat(Results.median(5, 1, 3)).isEqualTo(3);
        assertThat(Results.median()).isNull();
    }

    @Test
    void ratiosAreThoseOfTheMedians() {
        round(100, 50, 1);
        round(300, 240, 1);
        round(200, 20, 1);
        assertThat(results.ratio(LOAD, Peer.KAWARAU, Peer.DIRECT, Run::requestsPerSecond))
                .isEqualTo(0.25);
    }

    @Test
    void theSpreadIsTheRangeOverTheMedian() {
        round(1, 300, 1);
        round(1, 100, 1);
        round(1, 200, 1);
        assertThat(results.spread(LOAD, Peer.KAWARAU, Run::requestsPerSecond)).isEqualTo(1);
    }

    @Test
    void aDirectConnectionHasNoProxyCpu() {
        round(1, 1, 1);
        assertThat(results.median(LOAD, Peer.DIRECT, Run::proxyCpu)).isNull();
        assertThat(results.ratio(LOAD, Peer.KAWARAU, Peer.DIRECT, Run::proxyCpu))
                .isNull();
    }

    @Test
    void aFailureTakesTheRunsBeforeItAway() {
        round(1, 1, 1);
        results.fail(LOAD, PROXY, "the process is gone");
        assertThat(results.failed(LOAD, PROXY)).isTrue();
        assertThat(results.median(LOAD, Peer.KAWARAU, Run::p50)).isNull();
        assertThat(results.median(LOAD, Peer.DIRECT, Run::p50)).isEqualTo(10);
        assertThat(results.failures())
                .containsExactly("Kawarau, GET, 64 B, 50 connections, pipeline of 16: the process is gone");
    }
}
