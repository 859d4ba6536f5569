package dev.kawarau.benchmark.chaos;

import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does to one server after the other what happens to servers, and to two at once now and then. */
final class QuorumFaults implements Runnable {
    private final List<RedisServer> servers;
    private final SplittableRandom random;
    private final Map<String, Integer> made = new TreeMap<>();
    private volatile boolean over;
    private volatile @Nullable String problem;

    QuorumFaults(List<RedisServer> servers, SplittableRandom random) {
        this.servers = servers;
        this.random = random;
    }

    void end() {
        over = true;
    }

    /** Why there are no more faults; null if there are. */
    @Nullable
    String problem() {
        return problem;
    }

    synchronized Map<String, Integer> made() {
        return new TreeMap<>(made);
    }

    private synchronized void count(String what) {
        made.merge(what, 1, Integer::sum);
    }

    @Override
    public void run() {
        try {
            while (!over) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(800));
                int one = random.nextInt(servers.size());
                boolean two = random.nextInt(5) == 0;
                int other = (one + 1 + random.nextInt(servers.size() - 1)) % servers.size();
                fault(servers.get(one), two ? servers.get(other) : null);
            }
        } catch (IOException | RuntimeException failed) {
            problem = "the faults could not go on: " + failed;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void fault(RedisServer server, @Nullable RedisServer other) throws InterruptedException, IOException {
        int choice = random.nextInt(10);
        if (choice < 4) {
            count(other == null ? "killed" : "killed, and another stopped");
            pause(other);
            server.kill();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
            server.restart();
            resume(other);
        } else if (choice < 8) {
            count(other == null ? "stopped" : "two stopped");
            pause(other);
            server.pause();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(random.nextInt(4) == 0 ? 5_000 : 500));
            server.resume();
            resume(other);
        } else {
            count("every connection cut");
            try (DirectConnection direct = new DirectConnection(server.port())) {
                direct.ask(Resp.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"), 1, (reply, in) -> {});
            }
        }
    }

    private static void pause(@Nullable RedisServer server) {
        if (server != null) {
            server.pause();
        }
    }

    private static void resume(@Nullable RedisServer server) {
        if (server != null) {
            server.resume();
        }
    }
}
