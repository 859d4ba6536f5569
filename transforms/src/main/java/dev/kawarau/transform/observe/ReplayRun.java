package dev.kawarau.transform.observe;

import dev.kawarau.Chain;
import dev.kawarau.EventLoops;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A replay under way: a thread that reads the files, and the sessions, which go on by themselves as answers come. */
final class ReplayRun implements Runnable {
    private static final AtomicLong numbers = new AtomicLong();
    private static final long LOOK_MILLIS = 20;
    private static final long CONNECT_MILLIS = 5_000;
    private static final long MOST_BYTES = 64L << 20;
    private static final int MOST_SESSIONS = 5_000;

    /** What a replay is told. */
    record Settings(List<Path> files, double speed, long longestPauseNanos, int mostUnderWay, Duration timeout) {}

    private final Settings settings;
    private final Chain chain;
    private final Listener listener;
    private final LocalAddress address;
    private final Ticker ticker;
    private final CompletableFuture<Replay.Report> report = new CompletableFuture<>();
    private final Map<Long, ReplaySession> sessions = new HashMap<>();
    private final ConcurrentMap<SocketAddress, ReplaySession> byAddress = new ConcurrentHashMap<>();
    private boolean cancelled;
    private int underWay;
    private long bytesUnderWay;
    private long sent;
    private long answered;
    private long errors;
    private long failures;
    private long differing;
    private long skipped;
    private long unanswered;
    private long missing;
    private int truncated;
    private boolean begun;
    private long beganNanos;
    private long lastMicros;
    private long dueNanos;

    ReplayRun(Settings settings, BiFunction<String, Chain, Listener> protocol, Chain to) {
        this.settings = settings;
        String name = "replay-" + numbers.incrementAndGet();
        this.address = new LocalAddress(name);
        this.ticker = EventLoops.shared().group().next().ticker();
        this.chain = Chain.named(name)
                .metrics(new CompositeMeterRegistry())
                .then(this::pass)
                .to(to);
        this.listener = protocol.apply("local:" + name, chain);
        Thread thread = new Thread(this, "kawarau-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    CompletableFuture<Replay.Report> report() {
        return report;
    }

    synchronized void cancel() {
        cancelled = true;
        notifyAll();
    }

    // --- event loops

    private Reply pass(Message request, Chain next) {
        ReplaySession session = byAddress.get(request.session().remoteAddress());
        ReplaySession.Sent arrived;
        synchronized (this) {
            arrived = session == null ? null : session.arrived();
        }
        Reply reply = next.send(request);
        if (session == null || arrived == null) {
            return reply;
        }
        return reply.whenDone((response, failure) -> {
            synchronized (this) {
                session.answered(arrived, response != null && response.isError(), response == null);
            }
        });
    }

    synchronized void hungUp(ReplaySession session, @Nullable SocketAddress from) {
        if (from != null) {
            byAddress.remove(from);
        }
        session.lose();
    }

    // --- what sessions tell; they hold the lock

    long deadline() {
        return ticker.nanoTime() + settings.timeout().toNanos();
    }

    void sent() {
        sent++;
    }

    void answered(Captured record, boolean error, boolean failed, boolean differs) {
        answered++;
        errors += error ? 1 : 0;
        failures += failed ? 1 : 0;
        differing += differs ? 1 : 0;
        settled(record);
    }

    void lost(Collection<ReplaySession.Sent> unansweredOnes, Collection<Captured> unsent) {
        unanswered += unansweredOnes.size();
        unansweredOnes.forEach(one -> settled(one.record()));
        skipped += unsent.size();
        unsent.forEach(this::settled);
    }

    private void settled(Captured record) {
        underWay--;
        bytesUnderWay -= size(record);
        notifyAll();
    }

    private static long size(Captured record) {
        byte[] request = record.request();
        return request == null ? 0 : request.length;
    }

    // --- the thread that reads

    @Override
    public void run() {
        Exception failed = null;
        try {
            for (Path file : settings.files()) {
                replay(file);
            }
            finish();
        } catch (IOException | RuntimeException | InterruptedException thrown) {
            failed = thrown;
        } finally {
            end();
        }
        if (failed == null) {
            report.complete(result());
        } else {
            report.completeExceptionally(failed);
        }
    }

    private void replay(Path file) throws IOException, InterruptedException {
        try (CaptureReader reader = CaptureReader.open(file)) {
            Captured record;
            while (!isCancelled() && (record = reader.next()) != null) {
                take(record);
            }
            truncated += reader.isTruncated() ? 1 : 0;
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    private void take(Captured record) throws InterruptedException {
        ReplaySession session = sessions.get(record.session());
        if (record.isEnd()) {
            endSession(record.session(), session);
            return;
        }
        if (record.request() == null || (session != null && session.isLost())) {
            skip(record, session);
            return;
        }
        await(record);
        if (session == null) {
            session = begin(record.session());
        }
        synchronized (this) {
            if (session == null || session.isLost() || cancelled) {
                skip(record, session);
                return;
            }
            missing += session.missingBefore(record);
            underWay++;
            bytesUnderWay += size(record);
            session.add(record);
        }
    }

    private synchronized void endSession(long number, @Nullable ReplaySession session) {
        if (session != null) {
            session.end();
            sessions.remove(number);
        }
    }

    private synchronized void skip(Captured record, @Nullable ReplaySession session) {
        skipped++;
        if (session != null) {
            missing += session.missingBefore(record);
        }
    }

    private @Nullable ReplaySession begin(long number) {
        if (byAddress.size() >= MOST_SESSIONS) {
            return null;
        }
        ReplaySession session = new ReplaySession(this);
        EventLoop loop = EventLoops.shared().group().next();
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channelFactory(() -> EventLoops.newChannel(loop, address))
                .handler(session)
                .connect(address);
        if (!connecting.awaitUninterruptibly(CONNECT_MILLIS) || !connecting.isSuccess()) {
            connecting.channel().close();
            return null;
        }
        Channel channel = connecting.channel();
        SocketAddress from = channel.localAddress();
        if (from == null) {
            return null; // the listener hung up at once
        }
        session.connected(channel);
        byAddress.put(from, session);
        sessions.put(number, session);
        if (!channel.isActive()) {
            hungUp(session, from);
        }
        return session;
    }

    /** Waits for the time of a record, and for room. */
    private synchronized void await(Captured record) throws InterruptedException {
        long due = due(record);
        for (long now = ticker.nanoTime(); !cancelled; now = ticker.nanoTime()) {
            boolean room =
                    underWay == 0 || (underWay < settings.mostUnderWay() && bytesUnderWay + size(record) <= MOST_BYTES);
            if (room && now - due >= 0) {
                return;
            }
            look(now, room ? due - now : Long.MAX_VALUE);
        }
    }

    /** When a record is to be sent; long pauses are cut short. */
    private long due(Captured record) {
        long now = ticker.nanoTime();
        if (!begun) {
            begun = true;
            beganNanos = now;
            lastMicros = record.micros();
            dueNanos = now;
        }
        if (settings.speed() == 0) {
            return now;
        }
        long later = record.micros() - lastMicros;
        if (later > 0) {
            double pause = Math.min((double) settings.longestPauseNanos(), (double) later * 1_000 / settings.speed());
            dueNanos += (long) pause;
            lastMicros = record.micros();
        }
        return dueNanos;
    }

    @SuppressWarnings("WaitNotInLoop") // both callers are loops
    private void look(long now, long nanos) throws InterruptedException {
        List.copyOf(byAddress.values()).forEach(session -> session.expire(now));
        long millis = Math.min(LOOK_MILLIS, nanos / 1_000_000);
        wait(millis, millis == 0 ? (int) Math.max(1, Math.min(nanos, 999_999)) : 0);
    }

    private synchronized void finish() throws InterruptedException {
        while (underWay > 0 && !cancelled) {
            look(ticker.nanoTime(), Long.MAX_VALUE);
        }
    }

    private void end() {
        synchronized (this) {
            byAddress.values().forEach(ReplaySession::lose);
        }
        listener.close();
        chain.close();
    }

    private synchronized Replay.Report result() {
        Duration took = Duration.ofNanos(begun ? ticker.nanoTime() - beganNanos : 0);
        return new Replay.Report(
                sent, answered, errors, failures, differing, unanswered, skipped, missing, truncated, cancelled, took);
    }
}
