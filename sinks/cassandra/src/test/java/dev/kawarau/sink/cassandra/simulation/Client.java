package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.Message;
import com.datastax.oss.protocol.internal.ProtocolConstants.ConsistencyLevel;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.Register;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import dev.kawarau.sink.cassandra.simulation.Request.Kind;
import dev.kawarau.sink.cassandra.simulation.Request.Outcome;
import dev.kawarau.sink.cassandra.simulation.Request.Statement;
import dev.kawarau.testkit.simulation.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client: does one thing after another as drivers do, comes back when its connection is gone, and stops some time. */
final class Client {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int MOST_DUE = 60;

    /** Others are at it too, and the proxy has little time and few streams in some runs. */
    private static final int MOST_PROBES = 5;

    private final Run run;
    private final World world;
    private final String name;
    private final SplittableRandom random;
    private final List<Statement> statements = new ArrayList<>();
    private @Nullable ClientSession session;
    private @Nullable Request probe;
    private int sessions;
    private int tokens;
    private int probes;
    private int stepsLeft;
    private boolean waits;
    private boolean thinks;
    private boolean done;

    Client(Run run, String name) {
        this.run = run;
        this.world = run.world();
        this.name = name;
        this.random = world.newRandom();
        this.stepsLeft = run.plan().steps();
        world.after(random.nextInt(50) * MILLI, this::connect);
    }

    String name() {
        return name;
    }

    private void connect() {
        ClientSession fresh = new ClientSession(run, this, name + "/" + ++sessions);
        session = fresh;
        fresh.connect();
    }

    void begin() {
        think();
    }

    void learn(Statement statement) {
        forget(statement);
        statements.add(statement);
    }

    void forget(Statement statement) {
        statements.removeIf(known ->
                known.text().equals(statement.text()) && known.keyspace().equals(statement.keyspace()));
    }

    // --- one thing after another

    private void think() {
        thinks = true;
        long time = random.nextInt(4) == 0 ? random.nextInt(500) * MILLI : random.nextInt(5) * MILLI;
        later(time, () -> {
            thinks = false;
            goOn();
        });
    }

    /** Does something after a while, unless the session is another one by then. */
    private void later(long nanos, Runnable action) {
        ClientSession mine = session;
        world.after(nanos, () -> {
            if (session == mine) {
                action.run();
            }
        });
    }

    /** Takes the next step if nothing stands against it. */
    void goOn() {
        ClientSession now = session;
        if (now == null || !now.isReady() || now.misbehaves() || thinks || done) {
            return;
        }
        if (probe != null) {
            probed(probe);
        }
        if (done || probe != null) {
            return;
        }
        if (now.due() == 0 || (!waits && now.due() < MOST_DUE)) {
            waits = false;
            if (stepsLeft > 0) {
                stepsLeft--;
                step(now);
                think();
            } else if (now.due() == 0) {
                finish(now);
            }
        }
    }

    private void step(ClientSession now) {
        int kind = random.nextInt(100);
        boolean faulty = !run.isHealed();
        if (faulty && run.plan().clientsLeave() && kind < 5) {
            burst(now);
            later(random.nextInt(20) * MILLI, now::leave);
        } else if (faulty && kind < 8) {
            now.readNothingFor(random.nextInt(3_000) * MILLI);
            burst(now);
        } else if (faulty && kind < 9) {
            burst(now);
            now.misbehave();
        } else if (kind < 12) {
            now.register(new Register(List.of("SCHEMA_CHANGE")));
        } else if (kind < 14) {
            now.startUp();
        } else if (kind < 16) {
            now.send(Kind.OPTIONS, "", null, Options.INSTANCE);
        } else if (kind < 26) {
            if (now.due() == 0) {
                use(now);
            }
            // As drivers do: nobody knows where what follows would be carried out.
            waits = true;
        } else {
            burst(now);
            waits = random.nextBoolean();
        }
    }

    private void use(ClientSession now) {
        String wanted = random.nextInt(8) == 0 ? "gone" : Node.KEYSPACES.get(random.nextInt(Node.KEYSPACES.size()));
        now.send(Kind.USE, wanted, null, new Query("USE " + wanted));
    }

    private void burst(ClientSession now) {
        for (int i = random.nextInt(8); i >= 0; i--) {
            request(now);
        }
    }

    private void request(ClientSession now) {
        int kind = random.nextInt(10);
        String token = token();
        if (kind < 4) {
            now.send(Kind.QUERY, token, null, new Query(text("'" + token + "'")));
        } else if (kind < 5 || statements.isEmpty()) {
            String text = text("?");
            now.send(Kind.PREPARE, text, null, new Prepare(text));
        } else {
            Statement statement = statements.get(random.nextInt(statements.size()));
            if (kind < 9) {
                now.send(Kind.EXECUTE, token, statement, execute(now, statement, token));
            } else {
                now.send(Kind.BATCH, token, statement, batch(statement, token));
            }
        }
    }

    private String text(String key) {
        return "SELECT v FROM t" + random.nextInt(4) + " WHERE k = " + key;
    }

    private String token() {
        return name + "x" + ++tokens;
    }

    private static Execute execute(ClientSession now, Statement statement, String token) {
        byte[] resultId = statement.resultMetadataId() == null ? statement.id() : statement.resultMetadataId();
        return new Execute(
                statement.id(), now.version() >= 5 ? resultId : null, options(List.of(NodeSession.bytes(token))));
    }

    private static QueryOptions options(List<ByteBuffer> values) {
        return new QueryOptions(
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
    }

    private static Message batch(Statement statement, String token) {
        return new Batch(
                (byte) 0,
                List.of(statement.id(), "UPDATE t SET v = '" + token + "' WHERE k = 0"),
                List.of(List.of(NodeSession.bytes(token)), List.of()),
                ConsistencyLevel.ONE,
                ConsistencyLevel.SERIAL,
                Long.MIN_VALUE,
                null,
                Integer.MIN_VALUE);
    }

    /** The connection is gone. */
    void disconnected(ClientSession gone) {
        if (session != gone) {
            return;
        }
        session = null;
        thinks = false;
        waits = false;
        probe = null;
        if (!done) {
            world.after((1 + random.nextInt(300)) * MILLI, this::connect);
        }
    }

    // --- the end: whatever happened, the session must be of use again

    private void finish(ClientSession now) {
        thinks = true;
        boolean well = run.isHealed();
        // The proxy may pause for some seconds before it tries again.
        later(well ? 3_000 * MILLI : 100 * MILLI, () -> {
            thinks = false;
            if (!well) {
                goOn();
            } else if (now.isReady()) {
                String token = token();
                probe = now.send(Kind.QUERY, token, null, new Query(text("'" + token + "'")));
            }
        });
    }

    private void probed(Request sent) {
        if (sent.outcome == Outcome.PENDING) {
            return;
        }
        boolean works = sent.outcome == Outcome.ANSWERED || sent.outcome == Outcome.REFUSED;
        if (!works && ++probes < MOST_PROBES) {
            probe = null;
            return;
        }
        if (!works) {
            world.problem(name + " cannot go on although the node is well: " + sent);
        }
        done = true;
        if (run.plan().isScarce() && session != null) {
            session.leave();
        }
    }

    boolean isDone() {
        return done;
    }

    @Nullable
    ClientSession session() {
        return session;
    }

    @Override
    public String toString() {
        return name
                + (done ? " is done" : " has " + stepsLeft + " steps left, ")
                + (session == null ? "not connected" : session);
    }
}
