package dev.kawarau.cql;

import dev.kawarau.EventLoops;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Sink;
import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.Outbound;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * The end of a chain that leads to a real Cassandra: each session has a connection of its own there, on which it uses the
 * streams that its client chose. Uncompressed, whatever the client asked the listener for.
 */
final class CassandraRelay implements Sink {
    private static final Session.Key<Upstream> UPSTREAM = Session.Key.named("relay");

    private final InetSocketAddress server;

    CassandraRelay(InetSocketAddress server) {
        this.server = server;
    }

    @Override
    public Reply send(Message request) {
        Session session = request.session();
        Upstream upstream = session.get(UPSTREAM);
        if (upstream == null) {
            upstream = new Upstream(session);
            session.set(UPSTREAM, upstream);
        }
        return upstream.send((CqlMessage) request);
    }

    @Override
    public String protocol() {
        return CqlListener.PROTOCOL;
    }

    @Override
    public void close() {}

    private record Sent(CqlMessage request, Promise reply) {}

    private final class Upstream extends ChannelInboundHandlerAdapter {
        private final Session session;
        private final Channel channel;
        private final Cumulation cumulation;
        private final CqlFrameReader reader;
        private final CqlFrameWriter writer;
        private final Map<Integer, Sent> sent = new HashMap<>();
        private final ArrayDeque<Sent> early = new ArrayDeque<>();
        private Outbound out;

        Upstream(Session session) {
            this.session = session;
            ChannelFuture connecting = new Bootstrap()
                    .group(session.loop())
                    .channelFactory(() -> EventLoops.newChannel(session.loop(), server))
                    .handler(this)
                    .connect(server);
            this.channel = connecting.channel();
            this.cumulation = new Cumulation(session.alloc());
            this.reader = CqlFrameReader.ofResponses(session.alloc(), CqlFrameHeader.MAX_BODY_BYTES);
            this.writer = new CqlFrameWriter(session.alloc());
            session.onClose(channel::close);
            connecting.addListener(done -> {
                if (!done.isSuccess()) {
                    early.forEach(waiting -> fail(waiting, done.cause()));
                }
            });
        }

        Reply send(CqlMessage request) {
            Sent waiting = new Sent(request, new Promise());
            if (out == null) {
                early.add(waiting);
            } else {
                write(waiting);
            }
            return waiting.reply();
        }

        private void write(Sent waiting) {
            sent.put(waiting.request().stream(), waiting);
            waiting.request().writeTo(writer, waiting.request().stream(), out);
        }

        private void fail(Sent waiting, Throwable cause) {
            waiting.reply().fail(new Failure(Failure.Kind.UNAVAILABLE, "no Cassandra: " + cause, true, cause));
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            out = new Outbound(channel);
            early.forEach(this::write);
            early.clear();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object in) {
            cumulation.add((ByteBuf) in);
            ByteBuf bytes = cumulation.buffer();
            while (bytes.isReadable() && reader.read(bytes)) {
                ByteBuf buffer = reader.buffer();
                took(reader.header(), buffer, reader.offset());
                buffer.release();
            }
            cumulation.trim();
        }

        private void took(CqlFrameHeader header, ByteBuf buffer, int offset) {
            if (header.stream() < 0) {
                session.push(CqlMessage.event(session, buffer, offset, header), null);
                return;
            }
            Sent answered = sent.remove(header.stream());
            CqlMessage request = answered.request();
            if (request.opcode() == CqlOpcode.STARTUP && header.opcode() != CqlOpcode.ERROR) {
                reader.begin(CqlCompression.NONE, header.version() >= 5);
                writer.begin(CqlCompression.NONE, header.version() >= 5);
            }
            answered.reply().complete(CqlMessage.response(request, buffer, offset, header));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            cumulation.close();
            reader.close();
            if (out != null) {
                out.close();
            }
            sent.values().forEach(waiting -> fail(waiting, new IllegalStateException("the connection is gone")));
            sent.clear();
            session.close();
        }
    }
}
