package dev.kawarau.benchmark.chaos;

import dev.kawarau.benchmark.chaos.Pending.Kind;
import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;

/** Writes one client's random commands, and tells its checker what to expect. Confined to the client's loop. */
final class Workload {
    private static final byte[] SET = prefix(3, "SET");
    private static final byte[] SET_GET = prefix(4, "SET");
    private static final byte[] GET_WORD = Resp.bulk("GET");
    private static final byte[] GET = prefix(2, "GET");
    private static final byte[] MGET = prefix(1 + Keyspace.SLOTS, "MGET");
    private static final byte[] INCR = prefix(2, "INCR");
    private static final byte[] ECHO = prefix(2, "ECHO");
    private static final byte[] MULTI = Resp.command("MULTI");
    private static final byte[] EXEC = Resp.command("EXEC");
    private static final byte[] HELLO = Resp.command("HELLO", "3");

    private final int client;
    private final Shared shared;
    private final Checker checker;
    private final SplittableRandom random;
    private final byte[][] keys = new byte[Keyspace.SLOTS][];
    private byte[] counter = {};
    private int sequence;

    Workload(int client, Shared shared, Checker checker, SplittableRandom random) {
        this.client = client;
        this.shared = shared;
        this.checker = checker;
        this.random = random;
        keysChanged();
    }

    private static byte[] prefix(int words, String name) {
        return Resp.ascii("*" + words + "\r\n$" + name.length() + "\r\n" + name + "\r\n");
    }

    void keysChanged() {
        for (int slot = 0; slot < Keyspace.SLOTS; slot++) {
            keys[slot] = Resp.bulk(checker.keys().key(slot));
        }
        counter = Resp.bulk(checker.keys().counter());
    }

    /** RESP3 from here on. */
    void hello(ByteBuf out) {
        out.writeBytes(HELLO);
        expect(Kind.HELLO, 0, Payload.NIL);
    }

    /** One command, or the four of a transaction. */
    void next(ByteBuf out) {
        int slot = random.nextInt(Keyspace.SLOTS);
        int choice = random.nextInt(100);
        if (choice < 40) {
            out.writeBytes(GET).writeBytes(keys[slot]);
            expect(Kind.GET, slot, Payload.NIL);
        } else if (choice < 65) {
            set(out, Kind.SET, slot, freshId());
        } else if (choice < 71) {
            set(out, Kind.SET_GET, slot, freshId());
        } else if (choice < 85) {
            out.writeBytes(INCR).writeBytes(counter);
            expect(Kind.INCR, 0, Payload.NIL);
        } else if (choice < 92) {
            echo(out, length());
        } else if (choice < 97) {
            out.writeBytes(MGET);
            for (byte[] key : keys) {
                out.writeBytes(key);
            }
            expect(Kind.MGET, 0, Payload.NIL);
        } else if (choice < 98) {
            once(out, slot);
        } else {
            transaction(out, slot);
        }
    }

    void echo(ByteBuf out, int length) {
        long id = freshId(length);
        out.writeBytes(ECHO);
        Payload.write(out, id);
        expect(Kind.ECHO, 0, id);
    }

    /** The beginning of a SET whose end never comes; its value is none that the key may have. */
    void half(ByteBuf out) {
        int begin = out.writerIndex();
        out.writeBytes(SET).writeBytes(keys[random.nextInt(Keyspace.SLOTS)]);
        Payload.write(out, freshId(length()));
        out.writerIndex(begin + 1 + random.nextInt(out.writerIndex() - begin - 1));
    }

    private void set(ByteBuf out, Kind kind, int slot, long id) {
        out.writeBytes(kind == Kind.SET_GET ? SET_GET : SET).writeBytes(keys[slot]);
        Payload.write(out, id);
        if (kind == Kind.SET_GET) {
            out.writeBytes(GET_WORD);
        }
        expect(kind, slot, id);
    }

    private void once(ByteBuf out, int slot) {
        long id = freshId();
        int number = shared.writeOnce().draw(id);
        if (number < 0) {
            set(out, Kind.SET, slot, id);
            return;
        }
        out.writeBytes(SET).writeBytes(Resp.bulk(WriteOnce.key(number)));
        Payload.write(out, id);
        expect(Kind.ONCE, number, id);
    }

    private void transaction(ByteBuf out, int slot) {
        long id = freshId();
        out.writeBytes(MULTI);
        expect(Kind.MULTI, 0, Payload.NIL);
        set(out, Kind.QUEUED_SET, slot, id);
        out.writeBytes(INCR).writeBytes(counter);
        expect(Kind.QUEUED_INCR, 0, Payload.NIL);
        out.writeBytes(EXEC);
        expect(Kind.EXEC, slot, id);
    }

    private void expect(Kind kind, int place, long id) {
        checker.expect(kind, place, id);
        shared.tally().sent.increment();
    }

    private long freshId() {
        return freshId(length());
    }

    private long freshId(int length) {
        return Payload.id(client, length, ++sequence);
    }

    private int length() {
        int choice = random.nextInt(1000);
        int longest = choice < 850 ? 200 : choice < 995 ? 1_000 : 16_000;
        return Payload.HEADER + random.nextInt(longest);
    }
}
