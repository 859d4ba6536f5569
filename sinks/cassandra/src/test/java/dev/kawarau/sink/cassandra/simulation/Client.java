package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.request.Options;
import com.datastax.oss.protocol.internal.request.Register;
import dev.kawarau.sink.cassandra.simulation.Request.Kind;
import dev.kawarau.sink.cassandra.simulation.Request.Outcome;
import dev.kawarau.testkit.simulation.World;
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
    private final Script script;
    private @Nullable ClientSession session;
    private @Nullable Request probe;
    private int sessions;
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
        this.script = new Script(name, random);
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

    Script script() {
        return script;
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
        if (now == null || !now.isReady() || now.isOnItsWayOut() || thinks || done) {
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
            script.burst(now);
            later(random.nextInt(20) * MILLI, now::leave);
        } else if (faulty && kind < 8) {
            now.readNothingFor(random.nextInt(3_000) * MILLI);
            script.burst(now);
        } else if (faulty && kind < 9) {
            script.burst(now);
            now.misbehave();
        } else if (faulty && kind < 11) {
            script.burst(now);
            now.hangUp();
        } else if (kind < 13) {
            now.register(new Register(List.of("SCHEMA_CHANGE")));
        } else if (kind < 15) {
            now.startUp();
        } else if (kind < 17) {
            now.send(Kind.OPTIONS, "", null, null, Options.INSTANCE);
        } else if (kind < 19) {
            now.garble();
        } else if (kind < 32) {
            script.use(now);
            // As drivers do, or not: then nobody knows where what follows will be carried out.
            waits = random.nextInt(4) > 0;
        } else {
            script.burst(now);
            waits = random.nextBoolean();
        }
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
                probe = script.query(now);
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
