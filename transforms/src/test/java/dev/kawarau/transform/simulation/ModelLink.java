package dev.kawarau.transform.simulation;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.simulation.World;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The way from one proxy to one server, as a sink is: what it is given arrives after a while, or not, and the answer too.
 */
public final class ModelLink implements Chain {
    private static final long GIVES_UP = TimeUnit.SECONDS.toNanos(10);

    /** What becomes of what is sent. */
    public enum Weather {
        FAIR,
        SLOW,
        /** Whoever sends is told at once. */
        CUT,
        /** Nobody is told. */
        SILENT
    }

    private final World world;
    private final ModelServer server;
    private final SplittableRandom random;
    private final boolean ordered;
    private final Map<Long, Long> lastArrivals = new HashMap<>();
    private Weather weather = Weather.FAIR;

    private ModelLink(World world, ModelServer server, boolean ordered) {
        this.world = world;
        this.server = server;
        this.random = world.newRandom();
        this.ordered = ordered;
    }

    /** On which nothing keeps its order, which is worse than a connection. */
    public static ModelLink unordered(World world, ModelServer server) {
        return new ModelLink(world, server, false);
    }

    /** On which what one session sends arrives in its order. */
    public static ModelLink ordered(World world, ModelServer server) {
        return new ModelLink(world, server, true);
    }

    public void weather(Weather next) {
        weather = next;
    }

    @Override
    public Reply send(Message message) {
        List<byte[]> words = ((RespMessage) message).arguments();
        Promise promise = new Promise();
        world.after(GIVES_UP, () -> fails(promise, Failure.Kind.TIMEOUT, "was silent", true));
        if (weather == Weather.CUT || server.isDown()) {
            world.after(delay(), () -> fails(promise, Failure.Kind.UNAVAILABLE, "is unreachable", false));
            return promise;
        }
        int life = server.life();
        world.at(arrival(message.session().id()), () -> arrive(words, promise, life));
        return promise;
    }

    private long arrival(long session) {
        long time = world.now() + delay();
        return ordered ? lastArrivals.merge(session, time, Math::max) : time;
    }

    private long delay() {
        int usual = 1 + random.nextInt(30);
        int rare = random.nextInt(20) == 0 ? random.nextInt(1_000) : 0;
        return World.GRAIN * (usual + rare) * (weather == Weather.SLOW ? 20 : 1);
    }

    private void arrive(List<byte[]> words, Promise promise, int life) {
        if (weather == Weather.SILENT) {
            return;
        }
        if (weather == Weather.CUT || server.life() != life) {
            fails(promise, Failure.Kind.UNAVAILABLE, "lost the connection", true);
            return;
        }
        server.whenAwake(() -> {
            RespValue answer = server.execute(words);
            world.after(delay(), () -> {
                if (weather == Weather.CUT || server.life() != life) {
                    fails(promise, Failure.Kind.UNAVAILABLE, "lost the connection", true);
                } else if (weather != Weather.SILENT) {
                    promise.complete(RespMessage.of(answer));
                }
            });
        });
    }

    private static void fails(Promise promise, Failure.Kind kind, String why, boolean maybeApplied) {
        promise.fail(new Failure(kind, why, maybeApplied, null));
    }
}
