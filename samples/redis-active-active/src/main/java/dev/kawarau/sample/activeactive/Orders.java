package dev.kawarau.sample.activeactive;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.LinkedHashMap;
import java.util.Map;

/** A client that puts in orders, one after the other, and keeps a book of those that were acknowledged. */
final class Orders implements AutoCloseable {
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final Map<String, String> acknowledged = new LinkedHashMap<>();
    private int number;
    private int failed;

    Orders(String uri) {
        client = RedisClient.create(uri);
        connection = client.connect();
    }

    /** Puts in some. */
    void putIn(int count) {
        for (int i = 0; i < count; i++) {
            String key = "order:" + ++number;
            String value = "tea for " + number;
            try {
                connection.sync().set(key, value);
                acknowledged.put(key, value);
            } catch (RedisException refused) {
                failed++;
            }
        }
    }

    /** How many of those that were acknowledged are not there as they were put in. */
    int lost() {
        int lost = 0;
        for (Map.Entry<String, String> order : acknowledged.entrySet()) {
            lost += order.getValue().equals(connection.sync().get(order.getKey())) ? 0 : 1;
        }
        return lost;
    }

    /** How many of those that were acknowledged a server has, of which this is the address. */
    int heldBy(String uri) {
        RedisClient direct = RedisClient.create(uri);
        try (StatefulRedisConnection<String, String> server = direct.connect()) {
            int held = 0;
            for (Map.Entry<String, String> order : acknowledged.entrySet()) {
                held += order.getValue().equals(server.sync().get(order.getKey())) ? 1 : 0;
            }
            return held;
        } finally {
            direct.shutdown();
        }
    }

    int acknowledged() {
        return acknowledged.size();
    }

    int failed() {
        return failed;
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
