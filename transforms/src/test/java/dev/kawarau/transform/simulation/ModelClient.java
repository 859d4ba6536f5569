package dev.kawarau.transform.simulation;

import dev.kawarau.testkit.history.RegisterHistory.Access;
import dev.kawarau.testkit.simulation.World;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client of one proxy: reads, writes and deletes some keys that all share, and one that it has for itself, often several
 * at once down its connection, and records what it was told. Now and then it hangs up and comes back.
 */
public final class ModelClient {
    private final ModelRun run;
    private final World world;
    private final String name;
    private final String proxy;
    private final SplittableRandom random;
    private final ArrayDeque<Consumer<Answer>> due = new ArrayDeque<>();
    private final StringBuilder in = new StringBuilder();
    private @Nullable Channel channel;
    private int left;
    private int written;
    private int ownKey;
    private @Nullable String own;
    private boolean leaves;
    private boolean finished;
    private boolean gone;

    /** What a client was told: an error, or a value that may be nothing. */
    private record Answer(@Nullable String error, @Nullable String value) {}

    private static final class ClientSide extends LocalChannel implements World.Outside {}

    public ModelClient(ModelRun run, String name, String proxy, int steps) {
        this.run = run;
        this.world = run.world();
        this.name = name;
        this.proxy = proxy;
        this.random = world.newRandom();
        this.left = steps;
        world.after(World.GRAIN * random.nextInt(1_000), this::connect);
    }

    private void connect() {
        in.setLength(0);
        due.clear();
        new Bootstrap()
                .group(world.loop())
                .channelFactory(ClientSide::new)
                .option(ChannelOption.ALLOCATOR, world.memory())
                .handler(new Connection())
                .connect(new LocalAddress(proxy));
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            channel = ctx.channel();
            next();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            in.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
            answers();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            channel = null;
            if (!leaves) {
                world.problem(name + " was hung up on");
            }
            leaves = false;
            // Nobody knows what became of what it asked; a key of its own would not be its own any more.
            due.clear();
            ownKey++;
            own = null;
            if (!gone) {
                world.after(run.thinks(), ModelClient.this::connect);
            }
        }
    }

    public boolean isFinished() {
        return finished;
    }

    /** Reads a key at the end of the run, when all is well. */
    public void look(String key) {
        read(key);
    }

    /** For good. */
    public void leave() {
        finished = true;
        leaves = true;
        gone = true;
        if (channel != null) {
            channel.close();
        }
    }

    public boolean isIdle() {
        return due.isEmpty();
    }

    private void next() {
        if (channel == null) {
            return;
        }
        if (left-- <= 0) {
            finished = true;
            return;
        }
        for (int i = 1 + random.nextInt(random.nextInt(3) == 0 ? 6 : 1); i > 0; i--) {
            step();
        }
        if (random.nextInt(60) == 0) {
            leaves = true;
            Channel leaving = channel;
            world.after(World.GRAIN * random.nextInt(100), leaving::close);
        }
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> read(run.sharedKey(random));
            case 4, 5, 6 -> write(run.sharedKey(random), name + "-" + ++written);
            case 7 -> write(run.sharedKey(random), null);
            case 8 -> writeOwn();
            default -> readOwn();
        }
    }

    private void read(String key) {
        Access access = run.history().read(key, name);
        ask("GET " + key, answer -> {
            if (answer.error == null) {
                access.found(answer.value);
            } else {
                run.failed(answer.error);
            }
        });
    }

    private void write(String key, @Nullable String value) {
        Access access = run.history().write(key, name, value);
        ask(value == null ? "DEL " + key : "SET " + key + " " + value, answer -> {
            if (answer.error == null) {
                access.done();
            } else if (run.failed(answer.error)) {
                access.hadNoEffect();
            }
        });
    }

    /** Nobody else writes it, so what was sent last is what must be read, however many are under way. */
    private void writeOwn() {
        String key = ownKey();
        String value = name + "-own-" + ++written;
        own = value;
        ask("SET " + key + " " + value, answer -> {
            if (answer.error != null) {
                run.failed(answer.error);
                ownKey++;
                own = null;
            }
        });
    }

    private void readOwn() {
        String key = ownKey();
        String expected = own;
        ask("GET " + key, answer -> {
            boolean isStillOwn = key.equals(ownKey());
            if (answer.error == null && isStillOwn && !java.util.Objects.equals(answer.value, expected)) {
                world.problem(name + " read " + answer.value + " of its own " + key + ", and not " + expected);
            }
        });
    }

    private String ownKey() {
        return "own-" + name + "-" + ownKey;
    }

    private void ask(String line, Consumer<Answer> then) {
        world.trace(name, line);
        due.add(then);
        if (channel != null) {
            channel.writeAndFlush(
                    channel.alloc().buffer().writeBytes((line + "\r\n").getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private void answers() {
        int end;
        while ((end = in.indexOf("\r\n")) >= 0) {
            String line = in.substring(1, end);
            int taken = end + 2;
            Answer answer;
            switch (in.charAt(0)) {
                case '-' -> answer = new Answer(line, null);
                case '$' -> {
                    int length = Integer.parseInt(line);
                    if (length >= 0 && in.length() < taken + length + 2) {
                        return;
                    }
                    answer = new Answer(null, length < 0 ? null : in.substring(taken, taken + length));
                    taken += length < 0 ? 0 : length + 2;
                }
                default -> answer = new Answer(null, line);
            }
            in.delete(0, taken);
            world.trace(name, "hears " + answer);
            due.remove().accept(answer);
        }
        if (due.isEmpty() && !finished) {
            world.after(random.nextLong(run.thinks()), this::next);
        }
    }
}
