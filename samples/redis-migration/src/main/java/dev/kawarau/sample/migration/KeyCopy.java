package dev.kawarau.sample.migration;

import dev.kawarau.transform.route.Tee;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Copies what the old server has to the new one, part by part, each while the {@link Gate} is closed. */
final class KeyCopy {
    private static final long PER_SCAN = 1_000;
    private final RedisCommands<String, String> old;
    private final RedisCommands<String, String> fresh;
    private final Gate gate;
    private long longestPauseNanos;

    KeyCopy(RedisCommands<String, String> old, RedisCommands<String, String> fresh, Gate gate) {
        this.old = old;
        this.fresh = fresh;
        this.gate = gate;
    }

    /**
     * Copies all keys. The gate must have all clients behind it already: what they wrote before is found by SCAN, and what
     * they write later the gate knows of.
     *
     * @return how many
     */
    int copyAll() {
        List<Set<String>> parts = new ArrayList<>();
        for (int i = 0; i < Gate.PARTS; i++) {
            parts.add(new TreeSet<>());
        }
        scan(old).forEach(key -> parts.get(part(key)).add(key));
        int copies = 0;
        for (int part = 0; part < Gate.PARTS; part++) {
            long begin = System.nanoTime();
            gate.close().join();
            try {
                int here = part;
                gate.written().stream()
                        .filter(key -> part(key) == here)
                        .forEach(key -> parts.get(here).add(key));
                for (String key : parts.get(part)) {
                    copies += copy(key) ? 1 : 0;
                }
                gate.copied(part);
            } finally {
                gate.open();
                longestPauseNanos = Math.max(longestPauseNanos, System.nanoTime() - begin);
            }
        }
        return copies;
    }

    /** How long clients had to wait at most, in milliseconds. */
    long longestPauseMillis() {
        return longestPauseNanos / 1_000_000;
    }

    private boolean copy(String key) {
        byte[] value = old.dump(key);
        if (value == null) {
            // Deleted or expired since it was seen.
            return false;
        }
        long life = old.pttl(key);
        fresh.restore(key, value, RestoreArgs.Builder.ttl(Math.max(0, life)));
        return true;
    }

    /** Compares the two servers while nobody writes. What DUMP gives has an order where sets and hashes have none. */
    int differences(Tee tee) throws InterruptedException {
        gate.close().join();
        try {
            while (tee.report().underWay() > 0) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            Set<String> keys = scan(old);
            keys.addAll(scan(fresh));
            int differences = 0;
            for (String key : keys) {
                differences += value(old, key).equals(value(fresh, key)) ? 0 : 1;
            }
            return differences;
        } finally {
            gate.open();
        }
    }

    private static Object value(RedisCommands<String, String> redis, String key) {
        String type = redis.type(key);
        return switch (type) {
            case "string" -> redis.get(key);
            case "hash" -> redis.hgetall(key);
            case "set" -> redis.smembers(key);
            case "none" -> type;
            default -> throw new IllegalStateException(key + " is of type " + type + ", which is not compared here");
        };
    }

    private static int part(String key) {
        return Gate.part(key.getBytes(StandardCharsets.UTF_8));
    }

    private static Set<String> scan(RedisCommands<String, String> redis) {
        Set<String> keys = new TreeSet<>();
        ScanCursor cursor = ScanCursor.INITIAL;
        while (!cursor.isFinished()) {
            KeyScanCursor<String> page = redis.scan(cursor, ScanArgs.Builder.limit(PER_SCAN));
            keys.addAll(page.getKeys());
            cursor = page;
        }
        return keys;
    }
}
