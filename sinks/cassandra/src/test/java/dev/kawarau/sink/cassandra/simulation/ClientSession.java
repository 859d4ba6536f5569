package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.cql.CqlOpcode;
import dev.kawarau.sink.cassandra.simulation.Request.Kind;
import dev.kawarau.sink.cassandra.simulation.Request.Outcome;
import dev.kawarau.sink.cassandra.simulation.Request.Statement;
import dev.kawarau.testkit.simulation.Wire;
import dev.kawarau.testkit.simulation.World;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One connection of a client to the proxy: what was asked, what is still to be answered, and how it ends. */
final class ClientSession implements Link.Owner {
    private static final int STREAMS = 1_000;

    private final Run run;
    private final World world;
    private final Client client;
    private final String name;
    private final SplittableRandom random;
    private final Link link;
    private final Map<Integer, Request> due = new HashMap<>();
    private final Set<String> events = new HashSet<>();
    private final Verdict verdict;
    private final int version;
    private final CqlCompression compression;
    private final Whereabouts whereabouts = new Whereabouts();
    private boolean ready;
    private boolean asksForEvents;
    private boolean registered;
    private boolean misbehaves;
    private boolean hasHungUp;

    ClientSession(Run run, Client client, String name) {
        this.run = run;
        this.world = run.world();
        this.client = client;
        this.name = name;
        this.random = world.newRandom();
        this.link = new Link(world, this, true, run.plan().slowestClient());
        this.version = 3 + random.nextInt(3);
        this.verdict = new Verdict(run, client.name(), version, whereabouts);
        this.compression = switch (random.nextInt(4)) {
            case 0 -> CqlCompression.LZ4;
            case 1 -> version < 5 ? CqlCompression.SNAPPY : CqlCompression.NONE;
            default -> CqlCompression.NONE;
        };
    }

    private static final class ClientSide extends LocalChannel implements World.Outside {}

    void connect() {
        new Bootstrap()
                .group(world.loop())
                .channelFactory(ClientSide::new)
                .option(ChannelOption.ALLOCATOR, world.memory())
                .handler(link)
                .connect(new LocalAddress(run.proxyName()));
    }

    // --- the handshake

    @Override
    public void connected() {
        world.trace(name, "connected, v" + version + ", " + compression);
        if (random.nextInt(3) == 0) {
            send(Kind.OPTIONS, "", null, null, Options.INSTANCE);
        }
        startUp();
        // In version 5 the frames that follow look different if STARTUP has been answered meanwhile.
        if (version < 5 && random.nextInt(8) == 0) {
            client.script().query(this).early = true;
        }
    }

    void startUp() {
        send(
                Kind.STARTUP,
                "",
                null,
                null,
                compression == CqlCompression.NONE ? new Startup() : new Startup(compression.option()));
    }

    private void started(Message answer) {
        if (ready) {
            world.problem(name + " was let in twice");
        }
        link.readAs(compression, version >= 5);
        link.writeAs(compression, version >= 5);
        if (answer instanceof Ready) {
            begin();
        } else {
            String token = "\0" + client.name() + "\0secret of " + client.name();
            send(Kind.AUTH, "", null, null, new AuthResponse(NodeSession.bytes(token)));
        }
    }

    private void begin() {
        ready = true;
        client.begin();
    }

    // --- requests

    /** @param named the keyspace that the request itself names; null if it is to be that of the session */
    Request send(Kind kind, String token, @Nullable String named, @Nullable Statement statement, Message message) {
        Request request = ask(kind, token, named, statement);
        link.send(CqlCodec.encode(version, request.stream, message));
        return request;
    }

    private Request ask(Kind kind, String token, @Nullable String named, @Nullable Statement statement) {
        int stream = random.nextInt(STREAMS);
        while (due.containsKey(stream)) {
            stream = (stream + 1) % STREAMS;
        }
        Node node = run.node();
        Set<String> where = whereabouts.now();
        Request request = new Request(
                kind,
                token,
                name,
                stream,
                named == null ? where : Set.of(named),
                where,
                world.now(),
                node.disturbances(),
                node.forgets(),
                statement);
        request.usesBefore = whereabouts.uses();
        if (kind == Kind.USE) {
            whereabouts.asked(request);
        }
        due.put(stream, request);
        run.sent(request);
        world.trace(name, "sends " + request);
        return request;
    }

    /** A whole frame whose body ends too early. */
    void garble() {
        CqlOpcode[] opcodes = {CqlOpcode.QUERY, CqlOpcode.EXECUTE, CqlOpcode.BATCH, CqlOpcode.PREPARE};
        CqlOpcode opcode = opcodes[random.nextInt(opcodes.length)];
        Request request = ask(Kind.GARBLED, "", null, null);
        byte[] body = new byte[random.nextInt(6)];
        Arrays.fill(body, (byte) 0x7f);
        ByteBuf frame = Unpooled.buffer();
        new CqlFrameHeader(version, 0, request.stream, opcode, body.length).writeTo(frame);
        link.send(frame.writeBytes(body));
    }

    /** The client will send nothing more, and waits for what is due. */
    void hangUp() {
        hasHungUp = true;
        world.trace(name, "hangs up");
        link.end(random.nextBoolean());
    }

    /** Bytes that are no frame, after which the proxy must hang up. */
    void misbehave() {
        misbehaves = true;
        world.trace(name, "misbehaves");
        link.sendBytes("GET / HTTP/1.1\r\nHost: somewhere\r\n\r\n");
    }

    void register(Message message) {
        asksForEvents = true;
        send(Kind.REGISTER, "", null, null, message);
    }

    /** Takes no bytes for a while. */
    void readNothingFor(long nanos) {
        Wire wire = link.wire();
        if (wire != null) {
            wire.fill();
            world.after(nanos, wire::drain);
        }
    }

    // --- answers

    @Override
    public void frame(CqlFrameHeader header, ByteBuf buffer, int offset) {
        Frame frame = CqlCodec.decode(buffer.slice(offset, header.frameBytes()));
        world.trace(name, "reads " + Run.text(frame.message) + " on " + frame.streamId);
        if (frame.message instanceof SchemaChangeEvent event) {
            event(event.keyspace);
            return;
        }
        Request request = due.remove(frame.streamId);
        if (request == null) {
            if (!misbehaves) {
                world.problem(name + " got " + Run.text(frame.message) + " on stream " + frame.streamId
                        + ", which it did not use");
            }
            return;
        }
        if (frame.protocolVersion != version) {
            world.problem(request + " was answered in version " + frame.protocolVersion);
        }
        if (frame.message instanceof Error error) {
            failed(request, error);
        } else {
            request.outcome = Outcome.ANSWERED;
            answered(request, frame.message);
        }
        client.goOn();
    }

    private void event(String event) {
        if (!asksForEvents) {
            world.problem(name + " was told of " + event + ", and did not ask to be");
        }
        if (!events.add(event)) {
            world.problem(name + " was told of " + event + " twice");
        }
    }

    private void answered(Request request, Message answer) {
        if (!verdict.isRight(request, answer)) {
            return;
        }
        switch (request.kind) {
            case STARTUP -> started(answer);
            case AUTH -> begin();
            case REGISTER -> registered = true;
            case USE -> whereabouts.moved(request);
            case PREPARE ->
                client.script().learn(Objects.requireNonNull(Verdict.statement(request, (Prepared) answer)));
            default -> {}
        }
    }

    private void failed(Request request, Error error) {
        if (misbehaves && error.code == ErrorCode.PROTOCOL_ERROR) {
            // It may be about what is no frame, and on a stream that somebody happens to have.
            return;
        }
        request.outcome = verdict.of(request, error, ready);
        if (error instanceof Unprepared && request.statement != null) {
            client.script().forget(request.statement);
        }
        if (request.kind == Kind.USE) {
            boolean maybe = request.outcome == Outcome.MAYBE && run.plan().users() == Plan.Users.CLIENTS;
            whereabouts.failed(request, maybe);
        }
        if (!ready && !request.early) {
            leave();
        }
    }

    // --- the end

    @Override
    public void ended() {
        world.trace(name, "was disconnected");
        boolean mayBe = misbehaves
                || asksForEvents
                || run.plan().users() == Plan.Users.CLIENTS
                || run.plan().budgetBytes() < 1 << 30;
        if (!mayBe && (!hasHungUp || !due.isEmpty())) {
            world.problem(name + " was disconnected for no reason, due: " + due.values());
        }
        over();
    }

    void leave() {
        if (!link.isOver()) {
            world.trace(name, "leaves");
            link.cut();
            over();
        }
    }

    private void over() {
        client.disconnected(this);
    }

    void checkEvent(String last) {
        if (registered && !link.isOver() && !events.contains(last)) {
            world.problem(name + " asked for events, and was not told of " + last);
        }
    }

    boolean isReady() {
        return ready && !link.isOver();
    }

    boolean isOver() {
        return link.isOver();
    }

    int due() {
        return due.size();
    }

    int version() {
        return version;
    }

    boolean asksForEvents() {
        return asksForEvents;
    }

    /** Of how many keyspaces it may use connections. */
    int mostLanes() {
        return run.plan().users() == Plan.Users.CLIENTS ? 0 : whereabouts.now().size();
    }

    boolean isRegistered() {
        return registered;
    }

    /** Whether it will be disconnected. */
    boolean isOnItsWayOut() {
        return misbehaves || hasHungUp;
    }

    @Override
    public String toString() {
        return name + (ready ? "" : " (not ready)") + ", due: " + due.values();
    }
}
