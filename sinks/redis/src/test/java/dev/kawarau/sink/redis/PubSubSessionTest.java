package dev.kawarau.sink.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.pubsub.api.sync.RedisPubSubCommands;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Channels, patterns and sharded channels, seen by Lettuce in both versions of the protocol. */
class PubSubSessionTest extends EndpointTest {
    private final Map<ProtocolVersion, RedisClient> clients = new EnumMap<>(ProtocolVersion.class);

    @BeforeParameterizedClassInvocation
    void createClients() {
        for (ProtocolVersion version : List.of(ProtocolVersion.RESP2, ProtocolVersion.RESP3)) {
            RedisClient client = RedisClient.create(endpoint.lettuce());
            client.setOptions(ClientOptions.builder().protocolVersion(version).build());
            clients.put(version, client);
        }
    }

    @AfterParameterizedClassInvocation
    void shutDownClients() {
        clients.values().forEach(RedisClient::shutdown);
    }

    private RedisClient client(ProtocolVersion version) {
        return Objects.requireNonNull(clients.get(version));
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void messagesArriveInTheOrderOfTheirPublishing(ProtocolVersion version) throws Exception {
        try (Subscriber subscriber = new Subscriber(version);
                StatefulRedisConnection<String, String> publisher =
                        client(version).connect()) {
            subscriber.redis().subscribe("order:" + version);
            subscriber.expect("subscribed order:" + version + " 1");
            for (int i = 0; i < 1_000; i++) {
                assertThat(publisher.sync().publish("order:" + version, "m" + i))
                        .isEqualTo(1);
            }
            for (int i = 0; i < 1_000; i++) {
                subscriber.expect("message order:" + version + " m" + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void aPatternAndAChannelBothDeliver(ProtocolVersion version) throws Exception {
        try (Subscriber subscriber = new Subscriber(version);
                StatefulRedisConnection<String, String> publisher =
                        client(version).connect()) {
            subscriber.redis().psubscribe("news." + version + ".*");
            subscriber.expect("psubscribed news." + version + ".* 1");
            subscriber.redis().subscribe("news." + version + ".art");
            subscriber.expect("subscribed news." + version + ".art 2");
            assertThat(publisher.sync().publish("news." + version + ".art", "hello"))
                    .isEqualTo(2);
            subscriber.expect("message news." + version + ".art hello");
            subscriber.expect("pmessage news." + version + ".* news." + version + ".art hello");
            assertThat(publisher.sync().publish("news." + version + ".tech", "chips"))
                    .isEqualTo(1);
            subscriber.expect("pmessage news." + version + ".* news." + version + ".tech chips");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void whoUnsubscribesHearsNoMore(ProtocolVersion version) throws Exception {
        try (Subscriber subscriber = new Subscriber(version);
                StatefulRedisConnection<String, String> publisher =
                        client(version).connect()) {
            String gone = "gone:" + version;
            String kept = "kept:" + version;
            subscriber.redis().subscribe(gone, kept);
            subscriber.expect("subscribed " + gone + " 1");
            subscriber.expect("subscribed " + kept + " 2");
            subscriber.redis().unsubscribe(gone);
            subscriber.expect("unsubscribed " + gone + " 1");
            assertThat(publisher.sync().publish(gone, "unheard")).isZero();
            assertThat(publisher.sync().publish(kept, "heard")).isEqualTo(1);
            subscriber.expect("message " + kept + " heard");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void aConnectionIsAnOrdinaryOneAgainAfterItsLastUnsubscribe(ProtocolVersion version) throws Exception {
        try (Subscriber subscriber = new Subscriber(version)) {
            subscriber.redis().subscribe("last:" + version);
            subscriber.expect("subscribed last:" + version + " 1");
            subscriber.redis().unsubscribe("last:" + version);
            subscriber.expect("unsubscribed last:" + version + " 0");
            assertThat(subscriber.redis().set("last:key", "v")).isEqualTo("OK");
            assertThat(subscriber.redis().get("last:key")).isEqualTo("v");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void shardedChannelsDeliverApartFromOrdinaryOnes(ProtocolVersion version) throws Exception {
        try (Subscriber subscriber = new Subscriber(version);
                StatefulRedisConnection<String, String> publisher =
                        client(version).connect()) {
            String channel = "shard:" + version;
            subscriber.redis().ssubscribe(channel);
            subscriber.expect("ssubscribed " + channel + " 1");
            assertThat(publisher.sync().publish(channel, "unheard")).isZero();
            assertThat(publisher.sync().spublish(channel, "heard")).isEqualTo(1);
            subscriber.expect("smessage " + channel + " heard");
            subscriber.redis().sunsubscribe(channel);
            subscriber.expect("sunsubscribed " + channel + " 0");
            assertThat(publisher.sync().spublish(channel, "late")).isZero();
        }
    }

    @Test
    void commandsAndMessagesShareAConnectionInResp3() throws Exception {
        try (Subscriber subscriber = new Subscriber(ProtocolVersion.RESP3)) {
            RedisPubSubCommands<String, String> redis = subscriber.redis();
            redis.subscribe("both");
            subscriber.expect("subscribed both 1");
            for (int i = 0; i < 100; i++) {
                assertThat(redis.set("both:key", "v" + i)).isEqualTo("OK");
                assertThat(redis.publish("both", "m" + i)).isEqualTo(1);
                assertThat(redis.get("both:key")).isEqualTo("v" + i);
                subscriber.expect("message both m" + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESP2", "RESP3"})
    void oneMessageReachesEverySubscriber(ProtocolVersion version) throws Exception {
        String channel = "fan-out:" + version;
        List<Subscriber> subscribers = new ArrayList<>();
        try (StatefulRedisConnection<String, String> publisher = client(version).connect()) {
            for (int i = 0; i < 20; i++) {
                Subscriber subscriber = new Subscriber(version);
                subscribers.add(subscriber);
                subscriber.redis().subscribe(channel);
                subscriber.expect("subscribed " + channel + " 1");
            }
            RedisCommands<String, String> redis = publisher.sync();
            assertThat(redis.pubsubNumsub(channel)).isEqualTo(Map.of(channel, 20L));
            assertThat(redis.publish(channel, "all")).isEqualTo(20);
            for (Subscriber subscriber : subscribers) {
                subscriber.expect("message " + channel + " all");
            }
        } finally {
            subscribers.forEach(Subscriber::close);
        }
    }

    /** Keeps what it hears as lines of text. */
    private final class Subscriber implements AutoCloseable, RedisPubSubListener<String, String> {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StatefulRedisPubSubConnection<String, String> connection;

        Subscriber(ProtocolVersion version) {
            connection = client(version).connectPubSub();
            connection.addListener(this);
        }

        RedisPubSubCommands<String, String> redis() {
            return connection.sync();
        }

        void expect(String line) throws InterruptedException {
            assertThat(heard.poll(Endpoint.PATIENCE.toSeconds(), SECONDS)).isEqualTo(line);
        }

        @Override
        public void message(String channel, String message) {
            heard.add("message " + channel + ' ' + message);
        }

        @Override
        public void message(String pattern, String channel, String message) {
            heard.add("pmessage " + pattern + ' ' + channel + ' ' + message);
        }

        @Override
        public void smessage(String channel, String message) {
            heard.add("smessage " + channel + ' ' + message);
        }

        @Override
        public void subscribed(String channel, long count) {
            heard.add("subscribed " + channel + ' ' + count);
        }

        @Override
        public void psubscribed(String pattern, long count) {
            heard.add("psubscribed " + pattern + ' ' + count);
        }

        @Override
        public void ssubscribed(String channel, long count) {
            heard.add("ssubscribed " + channel + ' ' + count);
        }

        @Override
        public void unsubscribed(String channel, long count) {
            heard.add("unsubscribed " + channel + ' ' + count);
        }

        @Override
        public void punsubscribed(String pattern, long count) {
            heard.add("punsubscribed " + pattern + ' ' + count);
        }

        @Override
        public void sunsubscribed(String channel, long count) {
            heard.add("sunsubscribed " + channel + ' ' + count);
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
