package dev.kawarau.benchmark.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.sink.redis.RedisSink;
import dev.kawarau.testkit.RedisServer;
import dev.kawarau.transform.NullSink;
import dev.kawarau.transform.Returner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real rounds of a few thousand requests, against a real Redis and a proxy in this JVM. */
class MeasurementTest {

    private static final List<Case> CASES = List.of(new Case("get", 64, 1, 1), new Case("set", 4096, 5, 16));

    private static RedisServer redis;
    private static EventLoops loops;
    private static RedisSink sink;
    private static Chain chain;
    private static Listener listener;

    private final List<String> progress = new ArrayList<>();
    private int written;

    @BeforeAll
    static void start() {
        assumeThat(Tools.find("redis-benchmark")).as("redis-benchmark").isPresent();
        redis = RedisServer.start();
        loops = EventLoops.of(1);
        sink = RedisSink.at(redis.uri());
        chain = Chain.named("benchmark").to(sink);
        listener = RespListener.on("127.0.0.1:0").eventLoops(loops).serve(chain);
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            listener.close();
            chain.close();
            sink.close();
            loops.close();
            redis.close();
        }
    }

    private Results measure(Peer proxy, int rounds) throws Exception {
        Path program = Tools.redisBenchmark();
        String pid = RespProbe.ask(redis.port(), "INFO", "server").replaceFirst("(?s).*process_id:(\\d+).*", "$1");
        RedisBenchmark benchmark = new RedisBenchmark(
                program, ProcessHandle.of(Long.parseLong(pid)).orElseThrow(), 2);
        return new Measurement(benchmark, List.of(Peer.direct(redis.port()), proxy), 0)
                .measure(CASES, rounds, progress::add, results -> written++);
    }

    @Test
    void everyRoundRunsEveryCaseAgainstEveryPeer() throws Exception {
        Results results = measure(new Peer(Peer.KAWARAU, listener.address().port(), ProcessHandle.current()), 2);
        assertThat(results.failures()).isEmpty();
        for (Case load : CASES) {
            for (String peer : List.of(Peer.DIRECT, Peer.KAWARAU)) {
                assertThat(results.runs(load, peer)).hasSize(2).allSatisfy(run -> {
                    assertThat(run.requestsPerSecond()).isPositive();
                    assertThat(run.p50()).isPositive();
                    assertThat(run.p99()).isGreaterThanOrEqualTo(run.p50());
                });
            }
            assertThat(results.ratio(load, Peer.KAWARAU, Peer.DIRECT, Run::requestsPerSecond))
                    .isPositive();
            assertThat(results.median(load, Peer.KAWARAU, Run::proxyCpu)).isNotNull();
        }
        assertThat(progress).hasSize(3 * CASES.size());
        assertThat(written).isEqualTo(2);
    }

    @Test
    void aPeerThatIsGoneIsAFailureAndTheOthersAreMeasured() throws Exception {
        Process gone = new ProcessBuilder(Tools.java().toString(), "-version").start();
        gone.waitFor();
        Results results = measure(new Peer(Peer.HAPROXY, 1, gone.toHandle()), 1);
        assertThat(results.failures())
                .containsExactly(
                        "HAProxy, GET, 64 B, 1 connection, pipeline of 1: the process is gone",
                        "HAProxy, SET, 4 KiB, 5 connections, pipeline of 16: the process is gone");
        assertThat(results.runs(CASES.get(0), Peer.DIRECT)).hasSize(1);
    }

    @Test
    void aPeerThatRefusesIsAFailureThatQuotesItsError() throws Exception {
        Chain closed =
                Chain.named("closed").then(Returner.failing("closed today")).to(NullSink.create());
        try (Listener refusing =
                RespListener.on("127.0.0.1:0").eventLoops(loops).serve(closed)) {
            Results results = measure(new Peer(Peer.HAPROXY, refusing.address().port(), ProcessHandle.current()), 1);
            assertThat(results.failures()).hasSize(CASES.size()).allMatch(failure -> failure.contains("closed today"));
        }
        closed.close();
    }

    @Test
    void theValueThatIsReadHasTheSizeThatTheCaseSays() throws Exception {
        new RedisBenchmark(Tools.redisBenchmark(), ProcessHandle.current(), 2)
                .prepare(new Case("get", 4096, 500, 64), Peer.direct(redis.port()));
        assertThat(RespProbe.ask(redis.port(), "GET", "key:__rand_int__")).hasSize(4096);
    }
}
