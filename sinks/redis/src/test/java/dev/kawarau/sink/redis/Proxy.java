package dev.kawarau.sink.redis;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A listener with settings of a test's own, and a sink with settings of a test's own. */
record Proxy(Listener listener, RedisSink sink) implements Closeable {

    static Proxy before(String upstream, UnaryOperator<RespListener> settings) {
        return before(RedisSink.to(upstream), settings);
    }

    static Proxy before(RedisSink.Builder sink, UnaryOperator<RespListener> settings) {
        return before("127.0.0.1:0", sink, settings);
    }

    static Proxy before(String address, RedisSink.Builder builder, UnaryOperator<RespListener> settings) {
        RedisSink sink = builder.build();
        return new Proxy(
                settings.apply(RespListener.on(address))
                        .serve(Chain.named("test").to(sink)),
                sink);
    }

    /** As what Lettuce and Jedis connect to. */
    Endpoint endpoint() {
        return new Endpoint("127.0.0.1", listener.port(), this);
    }

    RawClient raw() throws IOException {
        return new RawClient("127.0.0.1", listener.port());
    }

    @Override
    public void close() {
        listener.stop(Duration.ofSeconds(1));
        sink.close();
    }
}
