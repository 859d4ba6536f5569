package dev.kawarau.sink.redis.simulation;

import dev.kawarau.testkit.simulation.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client: does one thing after another, comes back when its connection is gone, and stops some time. */
final class Client {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** Longer than anything takes that still comes to an end. */
    private static final long QUIET = TimeUnit.SECONDS.toNanos(40);

    private final Run run;
    private final World world;
    private final String name;
    private final SplittableRandom random;
    private final Script script;
    private @Nullable ClientSession session;
    private int sessions;
    private int stepsLeft;
    private boolean waits;
    private boolean thinks;
    private boolean listens;
    private boolean probing;
    private @Nullable Request probe;
    private boolean done;
    private int refusals;

    Client(Run run, String name) {
        this.run = run;
        this.world = run.world();
        this.name = name;
        this.random = world.newRandom();
        this.script = new Script(run, name, random);
        this.stepsLeft = run.plan().steps();
        world.after(random.nextInt(50) * MILLI, this::connect);
    }

    private void connect() {
        ClientSession fresh = new ClientSession(run, name + "/" + ++sessions);
        run.belongs(fresh, this);
        session = fresh;
        fresh.connect();
    }

    void begin() {
        think();
    }

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
        if (now == null || !now.isOpen() || now.hasEnded() || thinks || listens || done) {
            return;
        }
        if (probing) {
            probed(now);
            return;
        }
        if (now.due() > 30 || (waits && now.due() > 0)) {
            return;
        }
        waits = false;
        if (stepsLeft == 0) {
            if (now.due() == 0) {
                finish(now);
            }
            return;
        }
        stepsLeft--;
        step(now);
        waits = random.nextBoolean();
        think();
    }

    private void step(ClientSession now) {
        int kind = random.nextInt(100);
        if (run.plan().clientsLeave() && kind < 6 && !run.isHealed()) {
            depart(now, kind);
        } else if (kind < 9 && !run.isHealed()) {
            now.readNothingFor(random.nextInt(3_000) * MILLI);
            script.commands(now, 10);
        } else if (kind < 13 && now.due() == 0 && now.wasAnswered() && !now.inTransaction()) {
            goQuiet(now);
        } else {
            script.step(now);
        }
    }

    private void depart(ClientSession now, int kind) {
        script.commands(now, random.nextInt(6));
        if (kind < 3) {
            later(random.nextInt(20) * MILLI, now::leave);
        } else if (kind < 5) {
            now.end();
            later(QUIET, now::leave);
        } else {
            now.send(false, "QUIT");
            later(QUIET, now::leave);
        }
    }

    /** CLIENT REPLY: whether it worked can only be told from silence. */
    private void goQuiet(ClientSession now) {
        boolean off = random.nextBoolean();
        now.send(false, "CLIENT", "REPLY", off ? "OFF" : "SKIP");
        Request first = now.forgetLast();
        listens = true;
        later(QUIET / 2, () -> {
            if (first.outcome == Request.Outcome.PENDING) {
                now.mute();
                script.write(now);
                if (off) {
                    script.write(now);
                }
                now.unmute();
            }
            if (off) {
                now.send(false, "CLIENT", "REPLY", "ON");
            }
            listens = false;
            goOn();
        });
    }

    /** The connection is gone. */
    void disconnected() {
        ClientSession gone = session;
        session = null;
        thinks = false;
        listens = false;
        waits = false;
        probing = false;
        if (gone == null || done) {
            return;
        }
        if (gone.wasRefused() && ++refusals > 20) {
            done = true;
            return;
        }
        if (stepsLeft == 0 && !gone.wasRefused() && gone.expectation().hasQuit()) {
            done = true;
            return;
        }
        world.after((1 + random.nextInt(300)) * MILLI, this::connect);
    }

    // --- the end: whatever happened, the session must be of use again

    private void finish(ClientSession now) {
        if (!run.isHealed()) {
            thinks = true;
            later(100 * MILLI, () -> {
                thinks = false;
                goOn();
            });
            return;
        }
        probing = true;
        // The proxy may pause for some seconds before it tries again.
        later(3_000 * MILLI, () -> {
            if (now.isOpen()) {
                if (now.expectation().inTransaction()) {
                    now.send(false, "DISCARD");
                }
                String token = script.token();
                probe = now.expectation().isSubscribed() && !now.expectation().isResp3()
                        ? now.send(true, "PING", token)
                        : now.send(true, "ECHO", token);
            }
        });
    }

    private void probed(ClientSession now) {
        Request sent = probe;
        if (sent == null || sent.outcome == Request.Outcome.PENDING) {
            return;
        }
        boolean scarce = run.plan().maxOwnConnections() < run.plan().clients();
        if (sent.outcome != Request.Outcome.ANSWERED && !scarce) {
            world.problem(now.name() + " cannot be used although the server is well: " + sent);
        }
        done = true;
        if (run.plan().maxConnections() < 100) {
            now.leave();
        }
    }

    boolean isDone() {
        return done;
    }

    @Nullable
    ClientSession session() {
        return session;
    }

    List<String> state() {
        List<String> state = new ArrayList<>();
        ClientSession now = session;
        state.add(name + (done ? " is done" : " has " + stepsLeft + " steps left"));
        state.add(
                now == null
                        ? "is not connected"
                        : now.name() + (now.isOpen() ? " open, " : " not open, ") + now.due() + " due, first: "
                                + now.next());
        return state;
    }
}
