package dev.kawarau.benchmark.chaos;

import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import dev.kawarau.benchmark.cql.CqlConnection;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlOpcode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client: on each of its streams it writes a row that nobody else writes, or reads one that was acknowledged. Confined
 * to its event loop, but for {@link #begin} and {@link #end}.
 */
final class CqlChaosClient implements CqlConnection.Owner {
    private static final List<String> STATEMENTS =
            List.of("INSERT INTO chaos.t (k, v) VALUES (?, ?)", "SELECT v FROM chaos.t WHERE k = ?");

    /** What a driver may try again, or tell the application as a timeout. */
    private static final Set<Integer> ALLOWED = Set.of(
            ErrorCode.UNAVAILABLE,
            ErrorCode.READ_TIMEOUT,
            ErrorCode.WRITE_TIMEOUT,
            ErrorCode.OVERLOADED,
            ErrorCode.IS_BOOTSTRAPPING);

    private static final int CLIENT_SHIFT = 40;
    private static final long PAUSE_MILLIS = 20;
    private static final int PAYLOAD = 128;

    private final long firstKey;
    private final int streams;
    private final EventLoop loop;
    private final InetSocketAddress proxy;
    private final CqlTally tally;
    private final SplittableRandom random;
    private final long[] asked;
    private final boolean[] writes;
    private final boolean[] mustBeThere;
    private final CountDownLatch ended = new CountDownLatch(1);
    private List<Prepared> prepared = List.of();
    private long written;
    private int underWay;
    private boolean ending;

    CqlChaosClient(int number, int streams, EventLoop loop, InetSocketAddress proxy, CqlTally tally) {
        this.firstKey = (long) number << CLIENT_SHIFT;
        this.streams = streams;
        this.loop = loop;
        this.proxy = proxy;
        this.tally = tally;
        this.random = new SplittableRandom(number);
        this.asked = new long[streams];
        this.writes = new boolean[streams];
        this.mustBeThere = new boolean[streams];
    }

    void begin() {
        CqlConnection.connect(loop, proxy, STATEMENTS, this);
    }

    @Override
    public void ready(CqlConnection connection, List<Prepared> made) {
        prepared = made;
        for (int stream = 0; stream < streams; stream++) {
            ask(connection, stream);
        }
    }

    private void ask(CqlConnection connection, int stream) {
        if (ending) {
            if (underWay == 0) {
                connection.close();
                ended.countDown();
            }
            return;
        }
        boolean write = written < 100 || random.nextInt(4) == 0;
        long key = write ? firstKey + written++ : firstKey + random.nextLong(written);
        asked[stream] = key;
        writes[stream] = write;
        // A write that is acknowledged later may have come later, too.
        mustBeThere[stream] = !write && tally.isWritten(key);
        underWay++;
        connection.send(stream, request(write, key));
    }

    private ByteBuf request(boolean write, long key) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).putLong(0, key);
        return write
                ? CqlConnection.execute(prepared.get(0), List.of(bytes, payload(key)))
                : CqlConnection.execute(prepared.get(1), List.of(bytes));
    }

    /** Ends with the key, so that a row tells whose it is. */
    private static ByteBuffer payload(long key) {
        return ByteBuffer.allocate(PAYLOAD).putLong(PAYLOAD - Long.BYTES, key);
    }

    @Override
    public void answered(CqlConnection connection, CqlFrameHeader header, ByteBuf frame, int offset) {
        int stream = header.stream();
        underWay--;
        if (header.opcode() == CqlOpcode.ERROR) {
            int code = frame.getInt(offset + CqlFrameHeader.BYTES);
            if (!ALLOWED.contains(code)) {
                tally.violation("error " + Integer.toHexString(code) + " in an answer");
            }
            tally.failed(code);
            // Who tries again at once only makes it worse.
            loop.schedule(() -> ask(connection, stream), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        if (writes[stream]) {
            tally.wrote(asked[stream]);
        } else {
            check(stream, header, frame, offset);
        }
        ask(connection, stream);
    }

    private void check(int stream, CqlFrameHeader header, ByteBuf frame, int offset) {
        long key = asked[stream];
        long found = frame.getLong(offset + header.frameBytes() - Long.BYTES);
        boolean isRow = header.frameBytes() > PAYLOAD;
        if (isRow && found != key) {
            tally.violation("asked for key " + key + " and got the row of " + found);
        } else if (!isRow && mustBeThere[stream]) {
            tally.violation("key " + key + " was acknowledged and is not there");
        } else {
            tally.read();
        }
    }

    @Override
    public void ended(CqlConnection connection, @Nullable Throwable why) {
        tally.violation("the proxy hung up on a client: " + why);
        ended.countDown();
    }

    /** Sends nothing more, and waits for the answers that are due. */
    void end() throws InterruptedException {
        loop.execute(() -> ending = true);
        if (!ended.await(30, TimeUnit.SECONDS)) {
            tally.violation(underWay + " requests of a client were never answered");
        }
    }
}
