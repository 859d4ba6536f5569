package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.Frame;
import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ErrorCode;
import com.datastax.oss.protocol.internal.request.AuthResponse;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Startup;
import com.datastax.oss.protocol.internal.response.AuthSuccess;
import com.datastax.oss.protocol.internal.response.Authenticate;
import com.datastax.oss.protocol.internal.response.Error;
import com.datastax.oss.protocol.internal.response.Ready;
import com.datastax.oss.protocol.internal.response.Supported;
import com.datastax.oss.protocol.internal.response.error.Unprepared;
import com.datastax.oss.protocol.internal.response.event.SchemaChangeEvent;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.Prepared;
import com.datastax.oss.protocol.internal.response.result.SetKeyspace;
import dev.kawarau.cql.CqlCodec;
import dev.kawarau.cql.CqlCompression;
import dev.kawarau.cql.CqlFrameHeader;
import dev.kawarau.sink.cassandra.simulation.Request.Kind;
import dev.kawarau.sink.cassandra.simulation.Request.Outcome;
import dev.kawarau.sink.cassandra.simulation.Request.Statement;
import dev.kawarau.testkit.simulation.Wire;
import dev.kawarau.testkit.simulation.World;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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
    private final int version;
    private final CqlCompression compression;
    private String keyspace = Node.NOWHERE;
    private boolean ready;
    private boolean asksForEvents;
    private boolean registered;
    private boolean misbehaves;

    ClientSession(Run run, Client client, String name) {
        this.run = run;
        this.world = run.world();
        this.client = client;
        this.name = name;
        this.random = world.newRandom();
        this.link = new Link(world, this, true, run.plan().slowestClient());
        this.version = 3 + random.nextInt(3);
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
            send(Kind.OPTIONS, "", null, Options.INSTANCE);
        }
        startUp();
    }

    void startUp() {
        send(
                Kind.STARTUP,
                "",
                null,
                compression == CqlCompression.NONE ? new Startup() : new Startup(compression.option()));
    }

    private void started(Message answer) {
        link.readAs(compression, version >= 5);
        link.writeAs(compression, version >= 5);
        if (answer instanceof Ready) {
            begin();
        } else {
            String token = "\0" + client.name() + "\0secret of " + client.name();
            send(Kind.AUTH, "", null, new AuthResponse(NodeSession.bytes(token)));
        }
    }

    private void begin() {
        ready = true;
        client.begin();
    }

    // --- requests

    Request send(Kind kind, String token, @Nullable Statement statement, Message message) {
        int stream = random.nextInt(STREAMS);
        while (due.containsKey(stream)) {
            stream = (stream + 1) % STREAMS;
        }
        Node node = run.node();
        Request request =
                new Request(kind, token, name, stream, keyspace, node.disturbances(), node.forgets(), statement);
        due.put(stream, request);
        run.sent(request);
        world.trace(name, "sends " + request);
        link.send(CqlCodec.encode(version, stream, message));
        return request;
    }

    /** Bytes that are no frame, after which the proxy must hang up. */
    void misbehave() {
        misbehaves = true;
        world.trace(name, "misbehaves");
        link.sendBytes("GET / HTTP/1.1\r\nHost: somewhere\r\n\r\n");
    }

    void register(Message message) {
        asksForEvents = true;
        send(Kind.REGISTER, "", null, message);
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
        boolean right = switch (request.kind) {
            case OPTIONS -> answer instanceof Supported;
            case STARTUP -> !ready && (answer instanceof Ready || answer instanceof Authenticate);
            case AUTH -> answer instanceof AuthSuccess;
            case REGISTER -> answer instanceof Ready;
            case USE -> answer instanceof SetKeyspace set && set.keyspace.equals(request.token);
            case PREPARE -> answer instanceof Prepared prepared && isRight(request, prepared);
            case QUERY, EXECUTE, BATCH -> answer instanceof DefaultRows rows && isRight(request, rows);
        };
        if (!right) {
            world.problem(request + " was answered with " + Run.text(answer));
            return;
        }
        switch (request.kind) {
            case STARTUP -> started(answer);
            case AUTH -> begin();
            case REGISTER -> registered = true;
            case USE -> keyspace = request.token;
            case PREPARE -> client.learn(statement(request, (Prepared) answer));
            default -> {}
        }
    }

    private static boolean isRight(Request request, Prepared answer) {
        byte[] id = Node.idOf(request.token, request.keyspace);
        return Arrays.equals(answer.preparedQueryId, id);
    }

    private static Statement statement(Request request, Prepared answer) {
        byte[] resultId = answer.resultMetadataId == null ? null : answer.resultMetadataId.clone();
        return new Statement(request.token, request.keyspace, answer.preparedQueryId.clone(), resultId);
    }

    private boolean isRight(Request request, DefaultRows rows) {
        String where = request.kind == Kind.EXECUTE && request.statement != null
                ? request.statement.keyspace()
                : request.keyspace;
        String who = switch (run.plan().users()) {
            case ANYBODY -> "";
            case SINK -> "proxy";
            case CLIENTS -> client.name();
        };
        String said = NodeSession.text(rows.getData().element().get(0));
        String wanted = request.token + "|" + where + "|" + who;
        if (!said.equals(wanted)) {
            world.problem(request + " was carried out as " + said + ", and not as " + wanted);
        }
        return true;
    }

    // --- errors

    private void failed(Request request, Error error) {
        String words = error.message;
        if (error instanceof Unprepared) {
            request.outcome = Outcome.REFUSED;
            unprepared(request);
        } else if (words.equals("node: " + request.token) || words.endsWith("does not exist")) {
            request.outcome = Outcome.REFUSED;
        } else if (request.kind == Kind.STARTUP && ready && error.code == ErrorCode.PROTOCOL_ERROR) {
            request.outcome = Outcome.REFUSED;
        } else if (words.endsWith("the request was not sent")) {
            request.outcome = Outcome.NOT_SENT;
        } else if (words.endsWith("may have been applied")) {
            request.outcome = Outcome.MAYBE;
        } else if (!misbehaves) {
            world.problem(request + " was answered with " + error.code + ": " + words);
        }
        if (!ready) {
            leave();
        }
    }

    /**
     * The sink prepares anew what was forgotten, unless the connection that it was to be done on was in trouble, or the node
     * forgets it again and again.
     */
    private void unprepared(Request request) {
        Statement statement = request.statement;
        boolean elsewhere =
                statement != null && version < 5 && !statement.keyspace().equals(request.keyspace);
        boolean again = run.node().forgets() - request.forgets > 2;
        if (!elsewhere && !again && request.disturbances == run.node().disturbances()) {
            world.problem(request + " was told that it is not prepared");
        }
        if (statement != null) {
            client.forget(statement);
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
        if (!mayBe) {
            world.problem(name + " was disconnected for no reason");
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

    String keyspace() {
        return keyspace;
    }

    boolean misbehaves() {
        return misbehaves;
    }

    @Override
    public String toString() {
        return name + (ready ? "" : " (not ready)") + ", due: " + due.values();
    }
}
