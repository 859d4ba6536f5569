package dev.kawarau.sink.redis;

import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.resp.RespListener;
import dev.kawarau.testkit.RedisServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

/** A listener and a chain without transforms in front of a server. */
record ProxyFront(RedisSink sink, Listener listener) implements Front {

    static Front before(RedisServer server, Mode mode) {
        RedisSink.Builder builder = RedisSink.to(server.uri());
        RedisSink sink = (mode == Mode.TRANSPARENT ? builder.transparent() : builder).build();
        return new ProxyFront(
                sink, RespListener.on("127.0.0.1:0").serve(Chain.named("test").to(sink)));
    }

    @Override
    public SocketAddress address() {
        return new InetSocketAddress("127.0.0.1", listener.port());
    }

    @Override
    public void close() {
        listener.stop(Duration.ofSeconds(1));
        sink.close();
    }
}
