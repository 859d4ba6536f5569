package dev.kawarau.sample.migration;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An application that reads and writes all the time, and knows what every answer must be. Each of its connections has keys of
 * its own, and sends its commands in pipelines.
 */
final class Application implements AutoCloseable {
    private static final int PIPELINE = 16;
    private static final int KEYS = 200;

    private final RedisClient client;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    private volatile boolean ended;

    /** Begins at once. */
    Application(String uri, int connections, long seed) {
        client = RedisClient.create(uri);
        for (int i = 0; i < connections; i++) {
            StatefulRedisConnection<String, String> connection = client.connect();
            Worker worker = new Worker("worker:" + i, connection, new Random(seed + i));
            Thread thread = new Thread(worker, "worker-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Answers so far, all of them as they had to be. */
    long answers() {
        return answers.get();
    }

    /** The first answer that was not as it had to be; null if all were. */
    @Nullable
    String wrong() {
        return wrong.get();
    }

    /** Lets it have so many more answers. */
    void run(long more) throws InterruptedException {
        long enough = answers.get() + more;
        long latest = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (answers.get() < enough && wrong.get() == null) {
            if (System.nanoTime() > latest) {
                throw new IllegalStateException("the application gets no answers any more");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        client.shutdown();
    }

    /** What a command was answered, and what it had to be. */
    private record Expected(
            String command, RedisFuture<?> answer, @Nullable Object must) {}

    /** One connection, and what its keys hold. */
    private final class Worker implements Runnable {
        private final String name;
        private final RedisAsyncCommands<String, String> redis;
        private final Random random;
        private final Map<String, String> texts = new HashMap<>();
        private final Map<String, Long> counters = new HashMap<>();
        private final Map<String, Map<String, String>> hashes = new HashMap<>();
        private final Map<String, Set<String>> sets = new HashMap<>();
        private long number;

        private Worker(String name, StatefulRedisConnection<String, String> connection, Random random) {
            this.name = name;
            this.redis = connection.async();
            this.random = random;
        }

        @Override
        public void run() {
            try {
                while (!ended && wrong.get() == null) {
                    List<Expected> pipeline = new ArrayList<>(PIPELINE);
                    for (int i = 0; i < PIPELINE; i++) {
                        pipeline.add(command());
                    }
                    for (Expected expected : pipeline) {
                        check(expected);
                    }
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void check(Expected expected) throws InterruptedException {
            try {
                Object answer = expected.answer.get(30, TimeUnit.SECONDS);
                if (!Objects.equals(answer, expected.must)) {
                    wrong.compareAndSet(null, expected.command + " was answered " + answer + ", not " + expected.must);
                }
                answers.incrementAndGet();
            } catch (ExecutionException | TimeoutException failed) {
                wrong.compareAndSet(null, expected.command + " failed: " + failed);
            }
        }

        private Expected command() {
            String key = name + ':' + random.nextInt(KEYS);
            return switch (random.nextInt(8)) {
                case 0 -> set("text:" + key);
                case 1 -> new Expected("GET " + key, redis.get("text:" + key), texts.get("text:" + key));
                case 2 -> delete("text:" + key);
                case 3 -> count("counter:" + key);
                case 4 -> hset("hash:" + key);
                case 5 ->
                    new Expected(
                            "HGETALL " + key,
                            redis.hgetall("hash:" + key),
                            Map.copyOf(hashes.getOrDefault("hash:" + key, Map.of())));
                case 6 -> add("set:" + key);
                default ->
                    new Expected(
                            "SMEMBERS " + key,
                            redis.smembers("set:" + key),
                            Set.copyOf(sets.getOrDefault("set:" + key, Set.of())));
            };
        }

        private Expected set(String key) {
            String value = "value " + number++;
            texts.put(key, value);
            return new Expected("SET " + key, redis.set(key, value), "OK");
        }

        private Expected delete(String key) {
            return new Expected("DEL " + key, redis.del(key), texts.remove(key) == null ? 0L : 1L);
        }

        private Expected count(String key) {
            return new Expected("INCR " + key, redis.incr(key), counters.merge(key, 1L, Long::sum));
        }

        private Expected hset(String key) {
            String field = "field " + random.nextInt(5);
            String value = "value " + number++;
            boolean added = hashes.computeIfAbsent(key, k -> new HashMap<>()).put(field, value) == null;
            return new Expected("HSET " + key, redis.hset(key, field, value), added);
        }

        private Expected add(String key) {
            String member = "member " + random.nextInt(20);
            boolean added = sets.computeIfAbsent(key, k -> new HashSet<>()).add(member);
            return new Expected("SADD " + key, redis.sadd(key, member), added ? 1L : 0L);
        }
    }
}
