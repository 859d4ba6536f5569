package dev.kawarau.benchmark.cql;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ConsistencyLevel;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import dev.kawarau.EventLoops;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlFrameReader;
import dev.kawarau.cql.CqlFrameWriter;
import dev.kawarau.wire.Cumulation;
import dev.kawarau.wire.Outbound;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection in protocol version 5, which shakes hands, prepares statements, and then does as it is told. */
public final class CqlConnection extends ChannelInboundHandlerAdapter {
    private static final int VERSION = 5;

    /** Who tells it, on its event loop. */
    public interface Owner {
        /** All statements are prepared. */
        void ready(CqlConnection connection, List<Prepared> prepared);

        /**
         * An answer has come.
         *
         * @param frame holds the whole frame from {@code offset} on; borrowed
         */
        void answered(CqlConnection connection, CqlFrameHeader header, ByteBuf frame, int offset);

        /** The connection is gone; null if the other side hung up. Not called after {@link #close}. */
        void ended(CqlConnection connection, @Nullable Throwable why);
    }

    private final List<String> statements;
    private final Owner owner;
    private final List<Prepared> prepared = new ArrayList<>();
    private @Nullable Channel channel;
    private @Nullable Cumulation cumulation;
    private @Nullable CqlFrameReader reader;
    private @Nullable CqlFrameWriter writer;
    private @Nullable Outbound out;
    private @Nullable Throwable failure;
    private boolean ready;
    private boolean closing;

    private CqlConnection(List<String> statements, Owner owner) {
        this.statements = statements;
        this.owner = owner;
    }

    /** Connects, and begins. */
    public static void connect(EventLoop loop, InetSocketAddress server, List<String> statements, Owner owner) {
        CqlConnection connection = new CqlConnection(List.copyOf(statements), owner);
        new Bootstrap()
                .group(loop)
                .channelFactory(() -> EventLoops.newChannel(loop, server))
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(connection)
                .connect(server)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        owner.ended(connection, done.cause());
                    }
                });
    }

    /** A request that carries out what was prepared. */
    public static ByteBuf execute(Prepared what, List<ByteBuffer> values) {
        QueryOptions options = new QueryOptions(
                ConsistencyLevel.ONE,
                values,
                Collections.emptyMap(),
                true,
                -1,
                null,
                ConsistencyLevel.SERIAL,
                Long.MIN_VALUE,
                null,
                Integer.MIN_VALUE);
        return CqlCodec.encode(VERSION, 0, new Execute(what.preparedQueryId, what.resultMetadataId, options));
    }

    /** Sends a frame on a stream. */
    public void send(int stream, ByteBuf frame) {
        Objects.requireNonNull(writer)
                .write(frame, frame.readerIndex(), frame.readableBytes(), stream, Objects.requireNonNull(out));
    }

    /** Hangs up. */
    public void close() {
        closing = true;
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        cumulation = new Cumulation(ctx.alloc());
        reader = CqlFrameReader.ofResponses(ctx.alloc(), CqlFrameHeader.MAX_BODY_BYTES);
        writer = new CqlFrameWriter(ctx.alloc());
        out = new Outbound(ctx.channel());
        send(0, CqlCodec.encode(VERSION, 0, new Startup()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object in) {
        Cumulation bytes = Objects.requireNonNull(cumulation);
        bytes.add((ByteBuf) in);
        ByteBuf buffer = bytes.buffer();
        CqlFrameReader frames = Objects.requireNonNull(reader);
        while (!closing && buffer != null && buffer.isReadable() && frames.read(buffer)) {
            ByteBuf frame = frames.buffer();
            try {
                took(frames.header(), frame, frames.offset());
            } finally {
                frame.release();
            }
        }
        bytes.trim();
    }

    private void took(CqlFrameHeader header, ByteBuf frame, int offset) {
        if (ready) {
            owner.answered(this, header, frame, offset);
            return;
        }
        Message answer = CqlCodec.decode(frame.slice(offset, header.frameBytes())).message;
        if (answer instanceof Ready) {
            Objects.requireNonNull(reader).begin(CqlCompression.NONE, true);
            Objects.requireNonNull(writer).begin(CqlCompression.NONE, true);
        } else if (answer instanceof Prepared done) {
            prepared.add(done);
        } else {
            throw new IllegalStateException("the server answered " + answer);
        }
        if (prepared.size() == statements.size()) {
            ready = true;
            owner.ready(this, prepared);
        } else {
            send(0, CqlCodec.encode(VERSION, 0, new Prepare(statements.get(prepared.size()))));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failure = cause;
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Objects.requireNonNull(cumulation).close();
        Objects.requireNonNull(reader).close();
        Objects.requireNonNull(out).close();
        if (!closing) {
            owner.ended(this, failure);
        }
    }
}
