package dev.kawarau.benchmark.chaos;

import dev.kawarau.testkit.history.RegisterHistory;
import dev.kawarau.testkit.history.RegisterHistory.Access;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A client that reads, writes and deletes keys, up to six at once, and records what it was told. A thread of its own. */
final class RegisterClient implements Runnable {
    private static final int PATIENCE = 30_000;

    private final String name;
    private final int port;
    private final RegisterHistory history;
    private final IntFunction<String> keys;
    private final SplittableRandom random;
    private final LongAdder answered;
    private final LongAdder failed;
    private int written;
    private volatile boolean over;
    private volatile @Nullable String problem;

    RegisterClient(
            String name,
            int port,
            RegisterHistory history,
            IntFunction<String> keys,
            SplittableRandom random,
            LongAdder answered,
            LongAdder failed) {
        this.name = name;
        this.port = port;
        this.history = history;
        this.keys = keys;
        this.random = random;
        this.answered = answered;
        this.failed = failed;
    }

    void end() {
        over = true;
    }

    /** What should not have happened to it; null if nothing. */
    @Nullable
    String problem() {
        return problem;
    }

    @Override
    public void run() {
        try (Socket socket = new Socket()) {
            socket.connect(DirectConnection.here(port));
            socket.setSoTimeout(PATIENCE);
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (!over) {
                List<Access> accesses = new ArrayList<>();
                StringBuilder commands = new StringBuilder();
                for (int i = random.nextInt(4) == 0 ? 1 + random.nextInt(6) : 1; i > 0; i--) {
                    accesses.add(begin(commands));
                }
                socket.getOutputStream().write(commands.toString().getBytes(StandardCharsets.US_ASCII));
                for (Access access : accesses) {
                    end(access, in);
                }
            }
        } catch (IOException lost) {
            problem = name + " lost its connection to the proxy, or was not answered for " + PATIENCE + " ms: " + lost;
        }
    }

    private Access begin(StringBuilder commands) {
        String key = keys.apply(random.nextInt(Integer.MAX_VALUE));
        int choice = random.nextInt(10);
        if (choice < 5) {
            commands.append("GET ").append(key).append("\r\n");
            return history.read(key, name);
        } else if (choice < 9) {
            String value = name + "-" + ++written;
            commands.append("SET ").append(key).append(' ').append(value).append("\r\n");
            return history.write(key, name, value);
        }
        commands.append("DEL ").append(key).append("\r\n");
        return history.write(key, name, null);
    }

    private void end(Access access, InputStream in) throws IOException {
        String line = line(in);
        switch (line.charAt(0)) {
            case '-' -> {
                failed.increment();
                if (!line.contains("may have been applied")) {
                    access.hadNoEffect();
                }
            }
            case '$' -> {
                answered.increment();
                access.found(line.equals("$-1") ? null : line(in));
            }
            default -> {
                answered.increment();
                access.done();
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next;
        while ((next = in.read()) != '\r') {
            if (next < 0) {
                throw new EOFException("the proxy hung up");
            }
            line.append((char) next);
        }
        in.read();
        return line.toString();
    }
}
