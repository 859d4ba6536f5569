package dev.kawarau.sink.cassandra;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Ready;
import dev.kawarau.Listener;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlFrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client of version 4 that sends what no driver would. */
final class RawClient implements Closeable {
    static final int VERSION = 4;

    private final Socket socket;
    private final DataInputStream in;

    /** One that has not said anything. */
    RawClient(Listener listener) throws IOException {
        InetSocketAddress address = Drivers.address(listener);
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /** One whose handshake is over. */
    static RawClient ready(Listener listener) throws IOException {
        RawClient client = new RawClient(listener);
        if (!(client.ask(new Startup()) instanceof Ready)) {
            throw new IOException("not ready");
        }
        return client;
    }

    RawClient send(Message request) throws IOException {
        return send(ByteBufUtil.getBytes(CqlCodec.encode(VERSION, 1, request)));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends a request and gives its answer. */
    Message ask(Message request) throws IOException {
        return send(request).next();
    }

    /** The next frame that comes. */
    Message next() throws IOException {
        byte[] header = in.readNBytes(CqlFrameHeader.BYTES);
        if (header.length < CqlFrameHeader.BYTES) {
            throw new IOException("the connection was closed");
        }
        byte[] body = in.readNBytes(Unpooled.wrappedBuffer(header).getInt(CqlFrameHeader.BYTES - Integer.BYTES));
        ByteBuf frame = Unpooled.wrappedBuffer(header, body);
        return CqlCodec.decode(frame).message;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
