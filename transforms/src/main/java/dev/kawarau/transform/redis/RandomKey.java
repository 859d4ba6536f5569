package dev.kawarau.transform.redis;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** RANDOMKEY of a tenant: scans from a random place until there is a key of the tenant's, and at most once around. */
final class RandomKey {
    private static final byte[] SCAN = ascii("SCAN");
    private static final byte[] MATCH = ascii("MATCH");
    private static final byte[] COUNT = ascii("COUNT");
    private static final byte[] AT_ONCE = ascii("10000");
    /** Each step is memory until the client has its answer; this is about 20 million keys of others. */
    private static final int MOST_STEPS = 2_000;

    private final RespMessage request;
    private final KeyPrefix prefix;
    private final Chain next;
    private int steps;
    private boolean around;

    private RandomKey(RespMessage request, KeyPrefix prefix, Chain next) {
        this.request = request;
        this.prefix = prefix;
        this.next = next;
    }

    static Reply ask(RespMessage request, KeyPrefix prefix, Chain next) {
        String start = Long.toUnsignedString(ThreadLocalRandom.current().nextLong());
        return new RandomKey(request, prefix, next).scan(ascii(start));
    }

    private Reply scan(byte[] cursor) {
        if (++steps > MOST_STEPS) {
            throw new Failure(
                    Failure.Kind.TIMEOUT, "RANDOMKEY found no key of the tenant's in " + MOST_STEPS + " steps");
        }
        byte[] pattern = Arrays.copyOf(prefix.glob(), prefix.glob().length + 1);
        pattern[pattern.length - 1] = '*';
        RespMessage scan = RespMessage.command(request, List.of(SCAN, cursor, MATCH, pattern, COUNT, AT_ONCE));
        return next.send(scan).flatMap(response -> answered((RespMessage) response));
    }

    private Reply answered(RespMessage response) {
        if (response.size() == 0 || response.isError()) {
            return Reply.of(response);
        }
        if (!(response.value() instanceof RespValue.Array page)
                || page.elements().size() != 2
                || !(page.elements().get(0) instanceof RespValue.Bulk cursor)
                || !(page.elements().get(1) instanceof RespValue.Array keys)) {
            throw new Failure(Failure.Kind.UNSUPPORTED, "the server's answer to SCAN is none");
        }
        if (!keys.elements().isEmpty()) {
            return Reply.of(answer(keys.elements()));
        }
        if (!cursor.text().equals("0")) {
            return scan(cursor.bytes().toArray());
        }
        if (!around) {
            around = true;
            return scan(ascii("0"));
        }
        return Reply.of(RespMessage.of(
                RespValue.nil(), RespSession.of(request.session()).version()));
    }

    private RespMessage answer(List<RespValue> keys) {
        RespValue any = keys.get(ThreadLocalRandom.current().nextInt(keys.size()));
        byte[] key = any instanceof RespValue.Bulk bulk ? bulk.bytes().toArray() : new byte[0];
        int length = prefix.plain().length;
        if (key.length < length || !Arrays.equals(key, 0, length, prefix.plain(), 0, length)) {
            throw new Failure(Failure.Kind.UNSUPPORTED, "the server's answer to SCAN has keys that were not asked for");
        }
        return RespMessage.of(RespValue.bulk(Arrays.copyOfRange(key, length, key.length)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
