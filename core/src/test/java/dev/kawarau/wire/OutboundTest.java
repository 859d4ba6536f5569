package dev.kawarau.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundTest {
    private final EventLoops loops = EventLoops.of(EventLoops.Transport.NIO, 1);
    private final BlockingQueue<ByteBuf> pieces = new LinkedBlockingQueue<>();
    private final AtomicInteger flushes = new AtomicInteger();
    private Channel server;
    private Channel channel;
    private Outbound outbound;

    @BeforeEach
    void connect() throws Exception {
        LocalAddress address = new LocalAddress("outbound");
        server = new ServerBootstrap()
                .group(loops.group())
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ((ByteBuf) message).release();
                    }
                })
                .bind(address)
                .sync()
                .channel();
        channel = new Bootstrap()
                .group(loops.group())
                .channel(LocalChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connection.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
                            @Override
                            public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
                                pieces.add(((ByteBuf) message).retain());
                                ctx.write(message, promise);
                            }

                            @Override
                            public void flush(ChannelHandlerContext ctx) {
                                flushes.incrementAndGet();
                                ctx.flush();
                            }
                        });
                    }
                })
                .connect(address)
                .sync()
                .channel();
        onLoop(() -> outbound = new Outbound(channel));
    }

    @AfterEach
    void disconnect() throws Exception {
        onLoop(() -> outbound.close());
        channel.close().sync();
        server.close().sync();
        loops.close();
        pieces.forEach(ByteBuf::release);
    }

    @Test
    void neighboursInOneBufferLeaveAsOnePieceWithoutACopy() throws Exception {
        ByteBuf buffer = bytes(9_000);
        onLoop(() -> {
            outbound.add(buffer, 0, 3_000);
            outbound.add(buffer, 3_000, 3_000);
            outbound.add(buffer, 6_000, 3_000);
            buffer.release();
        });

        ByteBuf piece = next();
        assertThat(piece.readableBytes()).isEqualTo(9_000);
        assertThat(piece.array()).isSameAs(buffer.array());
        piece.release();
    }

    @Test
    void rangesOfOneBufferThatAreNoNeighboursKeepTheirOrder() throws Exception {
        ByteBuf buffer = Unpooled.copiedBuffer("abcdef", ISO_8859_1);
        onLoop(() -> {
            outbound.add(buffer, 3, 3);
            outbound.add(buffer, 0, 3);
            buffer.release();
        });

        assertThat(text(next())).isEqualTo("defabc");
    }

    @Test
    void smallPiecesOfDifferentBuffersAreCopiedTogether() throws Exception {
        List<ByteBuf> buffers = new ArrayList<>();
        onLoop(() -> {
            for (int i = 0; i < 10; i++) {
                ByteBuf buffer = Unpooled.copiedBuffer("reply" + i + ";", ISO_8859_1);
                buffers.add(buffer);
                outbound.add(buffer, 0, buffer.readableBytes());
                buffer.release();
            }
        });

        assertThat(text(next())).isEqualTo("reply0;reply1;reply2;reply3;reply4;reply5;reply6;reply7;reply8;reply9;");
        assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void oneSmallPieceAloneIsNotCopied() throws Exception {
        ByteBuf buffer = Unpooled.copiedBuffer("alone", ISO_8859_1);
        onLoop(() -> {
            outbound.add(buffer, 0, 5);
            buffer.release();
        });

        ByteBuf piece = next();
        assertThat(piece.array()).isSameAs(buffer.array());
        piece.release();
    }

    @Test
    void aConnectionThatTakesNoMorePinsNoReadBuffer() throws Exception {
        ByteBuf buffer = Unpooled.copiedBuffer("a few bytes of a large read buffer", ISO_8859_1);
        onLoop(() -> {
            channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
            outbound.add(buffer, 2, 9);
            buffer.release();
        });

        assertThat(text(next())).isEqualTo("few bytes");
        assertThat(buffer.refCnt()).isZero();
    }

    @Test
    void oneTurnOfTheLoopFlushesOnce() throws Exception {
        int before = flushes.get();
        onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                ByteBuf buffer = bytes(3_000);
                outbound.add(buffer, 0, 3_000);
                buffer.release();
            }
        });
        for (int i = 0; i < 100; i++) {
            next().release();
        }
        onLoop(() -> {});

        assertThat(flushes.get() - before).isEqualTo(1);
    }

    @Test
    void whatIsQueuedWhenItClosesIsReleased() throws Exception {
        ByteBuf small = bytes(10);
        ByteBuf large = bytes(10_000);
        onLoop(() -> {
            outbound.add(small, 0, 10);
            outbound.add(large, 0, 10_000);
            outbound.close();
            outbound.add(large, 0, 10_000);
        });

        assertThat(small.refCnt()).isEqualTo(1);
        assertThat(large.refCnt()).isEqualTo(1);
        assertThat(pieces).isEmpty();
        small.release();
        large.release();
    }

    @Test
    void whatIsAddedRightBeforeTheFlushLeavesWithIt() throws Exception {
        int before = flushes.get();
        ByteBuf buffer = Unpooled.copiedBuffer("first last", ISO_8859_1);
        onLoop(() -> {
            assertThat(outbound.beforeFlush(() -> outbound.add(buffer, 6, 4))).isTrue();
            outbound.add(buffer, 0, 6);
        });

        assertThat(text(next())).isEqualTo("first last");
        onLoop(() -> {});
        assertThat(flushes.get() - before).isEqualTo(1);
        buffer.release();
    }

    @Test
    void whatRunsBeforeAFlushRunsOnceAndInOrder() throws Exception {
        List<String> ran = new ArrayList<>();
        onLoop(() -> {
            outbound.beforeFlush(() -> ran.add("first"));
            outbound.beforeFlush(() -> ran.add("second"));
            outbound.flush();
            outbound.flush();
            outbound.beforeFlush(() -> ran.add("third"));
        });
        onLoop(() -> {});

        assertThat(ran).containsExactly("first", "second", "third");
    }

    @Test
    void whatWaitsForAFlushRunsWhenTheConnectionClosesAndAddsNothing() throws Exception {
        ByteBuf held = bytes(10_000);
        onLoop(() -> {
            outbound.beforeFlush(() -> {
                outbound.add(held, 0, 10_000);
                held.release();
            });
            outbound.close();
        });

        assertThat(held.refCnt()).isZero();
        assertThat(pieces).isEmpty();
    }

    @Test
    void nothingRunsForAConnectionThatIsClosed() throws Exception {
        List<String> ran = new ArrayList<>();
        onLoop(() -> {
            outbound.close();
            assertThat(outbound.beforeFlush(() -> ran.add("late"))).isFalse();
            outbound.flush();
        });
        onLoop(() -> {});

        assertThat(ran).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whateverIsWrittenArrivesInOrder(long seed) throws Exception {
        Random random = new Random(seed);
        StringBuilder expected = new StringBuilder();
        for (int turn = 0; turn < 50; turn++) {
            onLoop(() -> {
                for (int i = random.nextInt(20); i >= 0; i--) {
                    ByteBuf buffer = random(random, random.nextBoolean() ? 50 : 5_000);
                    int at = 0;
                    while (at < buffer.writerIndex()) {
                        int length = 1 + random.nextInt(buffer.writerIndex() - at);
                        if (random.nextInt(4) > 0) {
                            outbound.add(buffer, at, length);
                            expected.append(buffer.toString(at, length, ISO_8859_1));
                        }
                        at += length;
                    }
                    buffer.release();
                    if (random.nextInt(10) == 0) {
                        outbound.flush();
                    }
                }
            });
        }
        StringBuilder found = new StringBuilder();
        while (found.length() < expected.length()) {
            found.append(text(next()));
        }

        assertThat(found.toString()).as("seed %d", seed).isEqualTo(expected.toString());
    }

    private static ByteBuf random(Random random, int most) {
        byte[] bytes = new byte[1 + random.nextInt(most)];
        random.nextBytes(bytes);
        return Unpooled.buffer(bytes.length).writeBytes(bytes);
    }

    private static ByteBuf bytes(int length) {
        return Unpooled.buffer(length).writeZero(length);
    }

    private void onLoop(Runnable action) throws Exception {
        channel.eventLoop().submit(action).sync();
    }

    private ByteBuf next() throws InterruptedException {
        ByteBuf piece = pieces.poll(20, TimeUnit.SECONDS);
        assertThat(piece).as("what was written").isNotNull();
        return piece;
    }

    private static String text(ByteBuf piece) {
        String text = piece.toString(ISO_8859_1);
        piece.release();
        return text;
    }
}
