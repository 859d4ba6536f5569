package dev.kawarau.benchmark.chaos;

import dev.kawarau.testkit.RedisServer;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Does to the server what happens to servers, each time that another share of the commands has succeeded. */
final class Faults implements Runnable {
    private static final int MOST_FLOODING = 32;
    private static final int FAULTS_FOR_A_FLOOD = 8;

    private final RedisServer server;
    private final ChaosOptions options;
    private final Shared shared;
    private final SplittableRandom random;

    Faults(RedisServer server, ChaosOptions options, Shared shared) {
        this.server = server;
        this.options = options;
        this.shared = shared;
        this.random = new SplittableRandom(options.seed() ^ 0x5DEECE66DL);
    }

    @Override
    public void run() {
        try {
            for (int fault = 1; fault <= options.faults(); fault++) {
                long due = options.commands() / (options.faults() + 1) * fault;
                while (shared.tally().succeeded.sum() < due) {
                    if (shared.isOver()) {
                        return;
                    }
                    sleep(5);
                }
                if (fault % FAULTS_FOR_A_FLOOD == 1) {
                    shared.allowFloods(Math.min(MOST_FLOODING, 4 + options.clients() / 60));
                }
                next();
            }
        } catch (RuntimeException failed) {
            shared.tally().violation("the faults could not go on: " + failed);
            shared.end();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            shared.faultsAreDone();
        }
    }

    private void next() throws InterruptedException {
        long timeout = Proxy.REQUEST_TIMEOUT.toMillis();
        int choice = random.nextInt(100);
        if (choice < 30) {
            shared.tally().fault("killed");
            killAndRestart(random.nextInt(600));
        } else if (choice < 38) {
            shared.tally().fault("killed while stopped");
            server.pause();
            sleep(random.nextLong(2 * timeout));
            killAndRestart(random.nextInt(300));
        } else if (choice < 60) {
            shared.tally().fault("stopped for less than the timeout");
            pause(random.nextLong(timeout * 7 / 10));
        } else if (choice < 75) {
            shared.tally().fault("stopped for longer than the timeout");
            pause(timeout * 13 / 10 + random.nextLong(timeout * 2));
        } else if (choice < 88) {
            shared.tally().fault("every connection cut");
            cut(Resp.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"));
        } else {
            shared.tally().fault("one connection cut");
            cutOne();
        }
    }

    private void killAndRestart(int downFor) throws InterruptedException {
        server.kill();
        shared.nextLife();
        sleep(downFor);
        server.restart();
    }

    private void pause(long milliseconds) throws InterruptedException {
        server.pause();
        try {
            sleep(milliseconds);
        } finally {
            server.resume();
        }
    }

    private void cutOne() {
        List<String> ids = new ArrayList<>();
        ask(Resp.command("CLIENT", "LIST", "TYPE", "normal"), (reply, in) -> {
            for (String line : reply.wholeText(in, 0).lines().toList()) {
                if (line.startsWith("id=") && !line.contains("cmd=client")) {
                    ids.add(line.substring(3, line.indexOf(' ')));
                }
            }
        });
        if (!ids.isEmpty()) {
            cut(Resp.command("CLIENT", "KILL", "ID", ids.get(random.nextInt(ids.size()))));
        }
    }

    private void cut(byte[] command) {
        ask(command, (reply, in) -> {});
    }

    private void ask(byte[] command, BiConsumer<ReplyParser, ByteBuf> each) {
        try (DirectConnection direct = new DirectConnection(server.port())) {
            direct.ask(command, 1, each);
        } catch (IOException failed) {
            shared.tally().violation("the server does not answer its owner: " + failed);
        }
    }

    private static void sleep(long milliseconds) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(milliseconds);
    }
}
