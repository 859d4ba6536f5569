package dev.kawarau.cql;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Event;
import com.datastax.oss.protocol.internal.response.Result;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import dev.kawarau.leakcheck.Arrival;
import dev.kawarau.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What went between a driver and a server, taken apart and put together again. */
final class RecordedTraffic {
    private static final int LIMIT = 64 << 20;

    // Without leak detection, which notes a stack trace per access: Snappy makes one for every byte.
    private static final ByteBufAllocator BUFFERS = new UnpooledByteBufAllocator(true, true);

    /** What was seen, to know what was not. */
    final Set<CqlOpcode> opcodes = new TreeSet<>(Comparator.comparing(CqlOpcode::code));

    final Set<Integer> resultKinds = new TreeSet<>();
    final Set<Integer> errorCodes = new TreeSet<>();
    final Set<String> events = new TreeSet<>();
    final Set<Integer> flags = new TreeSet<>();
    int frames;
    long plainBytes;
    long wireBytes;

    private final Random random = new Random(20261120);

    void check(RecordingRelay.Recording recording) {
        wireBytes += recording.requests().length + recording.responses().length;
        List<ByteBuf> requests = new ArrayList<>();
        CqlFrameReader reader = CqlFrameReader.ofRequests(BUFFERS, LIMIT);
        CqlCompression compression = CqlCompression.NONE;
        boolean five = false;
        ByteBuf in = Unpooled.wrappedBuffer(recording.requests());
        while (in.isReadable() && reader.read(in)) {
            ByteBuf frame = taken(reader);
            requests.add(frame);
            if (reader.header().opcode() == CqlOpcode.STARTUP) {
                String option = ((Startup) CqlCodec.decode(frame).message).options.get("COMPRESSION");
                CqlCompression named = option == null ? null : CqlCompression.of(option);
                compression = named == null ? CqlCompression.NONE : named;
                five = reader.header().version() == 5;
                reader.begin(compression, five);
            }
        }
        assertThat(in.isReadable()).as("a part of a frame").isFalse();
        List<ByteBuf> responses = responses(recording.responses(), compression, five);
        requests.forEach(this::checkFrame);
        responses.forEach(this::checkFrame);
        writtenAndReadAgain(requests, compression, five, false);
        writtenAndReadAgain(responses, compression, five, true);
    }

    private List<ByteBuf> responses(byte[] bytes, CqlCompression compression, boolean five) {
        List<ByteBuf> responses = new ArrayList<>();
        CqlFrameReader reader = CqlFrameReader.ofResponses(BUFFERS, LIMIT);
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        if (!five) {
            reader.begin(compression, false);
        }
        while (in.isReadable() && reader.read(in)) {
            responses.add(taken(reader));
            CqlOpcode opcode = reader.header().opcode();
            if (five && (opcode == CqlOpcode.READY || opcode == CqlOpcode.AUTHENTICATE)) {
                reader.begin(compression, true);
            }
        }
        // The connection may have been cut anywhere.
        reader.close();
        return responses;
    }

    /** A copy of the plain frame. */
    private static ByteBuf taken(CqlFrameReader reader) {
        assertThat(reader.unsupported()).isNull();
        ByteBuf buffer = reader.buffer();
        ByteBuf copy = Unpooled.copiedBuffer(
                buffer.slice(reader.offset(), reader.header().frameBytes()));
        buffer.release();
        return copy;
    }

    private void checkFrame(ByteBuf wire) {
        frames++;
        plainBytes += wire.readableBytes();
        Frame frame = CqlCodec.decode(wire);
        CqlFrameHeader header = CqlFrameHeader.read(wire, 0, LIMIT);
        opcodes.add(header.opcode());
        flags.add(header.flags());
        if (frame.message instanceof Result result) {
            resultKinds.add(result.kind);
        } else if (frame.message instanceof Error error) {
            errorCodes.add(error.code);
        } else if (frame.message instanceof Event event) {
            events.add(event.type + target(event));
        }
        String expected = ByteBufUtil.hexDump(wire);
        String found = ByteBufUtil.hexDump(CqlCodec.encode(frame));
        if (!found.equals(expected)) {
            throw new AssertionError(frame.message + " in version " + header.version() + "\nis      "
                    + shortened(expected) + "\nbecomes " + shortened(found));
        }
    }

    private static String target(Event event) {
        return event instanceof SchemaChangeEvent change ? " " + change.changeType + " " + change.target : "";
    }

    private static String shortened(String hex) {
        return hex.length() > 4000 ? hex.substring(0, 4000) + "..." : hex;
    }

    private void writtenAndReadAgain(List<ByteBuf> frames, CqlCompression compression, boolean five, boolean response) {
        List<ByteBuf> turn = new ArrayList<>();
        CqlFrameWriter writer = new CqlFrameWriter(BUFFERS);
        writer.begin(compression, five);
        EmbeddedChannel channel = new EmbeddedChannel();
        Outbound out = new Outbound(channel);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                for (ByteBuf frame : turn) {
                    writer.write(frame, frame.readerIndex(), frame.readableBytes(), out);
                }
            }
        });
        ByteBuf wire = Unpooled.buffer();
        for (int at = 0; at < frames.size(); ) {
            int end = Math.min(frames.size(), at + 1 + random.nextInt(20));
            turn.clear();
            turn.addAll(frames.subList(at, end));
            at = end;
            channel.writeInbound("turn");
            for (ByteBuf piece = channel.readOutbound(); piece != null; piece = channel.readOutbound()) {
                wire.writeBytes(piece);
                piece.release();
            }
        }
        channel.finishAndReleaseAll();
        Received received = Received.of(
                memory -> {
                    CqlFrameReader reader = response
                            ? CqlFrameReader.ofResponses(memory, LIMIT)
                            : CqlFrameReader.ofRequests(memory, LIMIT);
                    reader.begin(compression, five);
                    return reader;
                },
                ByteBufUtil.getBytes(wire),
                Arrival.HEAP,
                at -> 1 + random.nextInt(50_000));
        assertThat(received.refusal()).isNull();
        assertThat(received.frames()).hasSameSizeAs(frames);
        String expected = ByteBufUtil.hexDump(Unpooled.wrappedBuffer(frames.toArray(ByteBuf[]::new)));
        assertThat(received.bytes().equals(expected))
                .as("frames that were written and read")
                .isTrue();
    }
}
