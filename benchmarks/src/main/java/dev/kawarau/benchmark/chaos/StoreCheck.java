package dev.kawarau.benchmark.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.function.BiConsumer;

/** Reads everything that the clients wrote, from the server itself, and compares it with what must be there. */
final class StoreCheck {
    private static final int AT_ONCE = 500;

    private final DirectConnection direct;
    private final Shared shared;
    private final ByteBuf batch = Unpooled.buffer(64 << 10);
    private final ArrayDeque<BiConsumer<ReplyParser, ByteBuf>> checks = new ArrayDeque<>(AT_ONCE);
    private long checked;
    private long found;

    private StoreCheck(DirectConnection direct, Shared shared) {
        this.direct = direct;
        this.shared = shared;
    }

    /** Compares all keys; gives how many were looked up. */
    static long run(int port, Shared shared) throws IOException {
        try (DirectConnection direct = new DirectConnection(port)) {
            return new StoreCheck(direct, shared).run();
        }
    }

    private long run() throws IOException {
        for (Keyspace keys : shared.keyspaces()) {
            for (int slot = 0; slot < Keyspace.SLOTS; slot++) {
                int which = slot;
                get(keys.key(slot), (reply, in) -> checkValue(keys, which, reply.payload(in, 0)));
            }
            get(keys.counter(), (reply, in) -> checkCount(keys, reply, in));
        }
        WriteOnce once = shared.writeOnce();
        for (int number = 0; number < once.count(); number++) {
            int which = number;
            get(WriteOnce.key(number), (reply, in) -> checkOnce(which, reply.payload(in, 0)));
        }
        ask();
        direct.ask(Resp.command("DBSIZE"), 1, (reply, in) -> {
            if (reply.number(0) != found) {
                shared.tally().violation("the store has " + reply.number(0) + " keys, but clients wrote " + found);
            }
        });
        return checked;
    }

    private void get(String key, BiConsumer<ReplyParser, ByteBuf> check) throws IOException {
        batch.writeBytes(Resp.command("GET", key));
        checks.add(check);
        if (checks.size() == AT_ONCE) {
            ask();
        }
    }

    private void ask() throws IOException {
        direct.ask(ByteBufUtil.getBytes(batch), checks.size(), (reply, in) -> {
            checked++;
            found += reply.isNil(0) ? 0 : 1;
            checks.remove().accept(reply, in);
        });
        batch.clear();
    }

    private void checkValue(Keyspace keys, int slot, long value) {
        if (!keys.allows(slot, value)) {
            shared.tally()
                    .violation("in the store, " + keys.key(slot) + " must hold " + keys.allowed(slot) + ", but is "
                            + Payload.describe(value));
        }
    }

    private void checkCount(Keyspace keys, ReplyParser reply, ByteBuf in) {
        long count = reply.isNil(0) ? 0 : Long.parseLong(reply.text(in, 0));
        if (!keys.allowsCount(count)) {
            shared.tally()
                    .violation("in the store, " + keys.counter() + " must be " + keys.allowedCount() + ", but is "
                            + count);
        }
    }

    private void checkOnce(int number, long value) {
        byte fate = shared.writeOnce().fate(number);
        boolean there = value == shared.writeOnce().id(number);
        boolean right = switch (fate) {
            case WriteOnce.ACKNOWLEDGED -> there;
            case WriteOnce.MAYBE -> there || value == Payload.NIL;
            default -> value == Payload.NIL;
        };
        if (!right) {
            shared.tally()
                    .violation("in the store, " + WriteOnce.key(number) + ", which was "
                            + switch (fate) {
                                case WriteOnce.ACKNOWLEDGED -> "acknowledged";
                                case WriteOnce.MAYBE -> "perhaps written";
                                case WriteOnce.NOT_SENT -> "said not to be written";
                                default -> "never answered";
                            }
                            + ", is " + Payload.describe(value));
        }
    }
}
