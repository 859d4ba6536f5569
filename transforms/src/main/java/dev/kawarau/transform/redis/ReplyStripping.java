package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Session;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.transform.redis.PrefixRule.Answered;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Takes a prefix out of what a server says. */
final class ReplyStripping {
    private static final String QUEUED = "+QUEUED\r\n";

    private ReplyStripping() {}

    /**
     * A response without the prefix.
     *
     * @param transaction what EXEC carried out; null for any other request
     * @throws Failure if it is none that the prefix can be told in
     */
    static RespMessage stripped(
            RespMessage request,
            RespMessage response,
            Answered answered,
            KeyPrefix prefix,
            @Nullable QueuedRequests transaction) {
        if (response.size() == 0 || (answered == Answered.SAME && response.firstByte() != '-')) {
            return response;
        }
        try (ReplyEdit edit = new ReplyEdit(request.session(), response)) {
            if (answered == Answered.RESULTS) {
                results(edit, prefix, transaction);
            } else {
                strip(edit, answered, prefix);
            }
            return edit.result(request);
        }
    }

    static boolean isQueued(RespMessage response) {
        return response.firstByte() == '+'
                && response.size() == QUEUED.length()
                && response.bytes().toString(StandardCharsets.US_ASCII).equals(QUEUED);
    }

    private static void strip(ReplyEdit edit, Answered answered, KeyPrefix prefix) {
        if (edit.nextType() == '-') {
            edit.cutQuoted(prefix.plain());
            return;
        }
        byte[] plain = prefix.plain();
        switch (answered) {
            case FIRST -> {
                int count = edit.enter();
                if (count > 0) {
                    edit.cut(plain, 0);
                    edit.skip(count - 1);
                }
            }
            case ALL -> edit.cutAll(plain, edit.enter());
            case SCAN -> {
                if (edit.enter(2) == 2) {
                    edit.skip(1);
                    edit.cutAll(plain, edit.enter());
                }
            }
            case STREAMS -> streams(edit, plain);
            case EVERY_SECOND -> {
                int count = edit.enter();
                for (int i = 0; i + 1 < count; i += 2) {
                    edit.cut(plain, 0);
                    edit.skip(1);
                }
            }
            case TRACKING_INFO -> trackingInfo(edit, plain);
            case CONFIRMATIONS -> {
                while (!edit.atEnd()) {
                    pubSub(edit, prefix);
                }
            }
            case SAME, RESULTS -> edit.skip(1);
        }
    }

    /** In RESP2 pairs in an array, in RESP3 a map. */
    private static void streams(ReplyEdit edit, byte[] plain) {
        boolean map = edit.nextType() == '%';
        int count = edit.enter();
        for (int i = 0; i < count; i += map ? 2 : 1) {
            if (!map) {
                edit.enter(2);
            }
            edit.cut(plain, 0);
            edit.skip(1);
        }
    }

    private static void trackingInfo(ReplyEdit edit, byte[] plain) {
        int count = edit.enter();
        for (int i = 0; i + 1 < count; i += 2) {
            boolean prefixes = edit.nextIs("prefixes");
            edit.skip(1);
            if (prefixes) {
                edit.cutAll(plain, edit.enter());
            } else {
                edit.skip(1);
            }
        }
    }

    private static void results(ReplyEdit edit, KeyPrefix prefix, @Nullable QueuedRequests transaction) {
        if (edit.nextType() == '-') {
            edit.cutQuoted(prefix.plain());
            return;
        }
        int count = edit.enter();
        if (count >= 0 && (transaction == null || transaction.size() != count || transaction.prefix() != prefix)) {
            throw edit.odd();
        }
        for (int i = 0; i < count && transaction != null; i++) {
            strip(edit, transaction.answered(i), prefix);
        }
    }

    /** A push without the prefix; null if it is about what is not the tenant's. */
    static @Nullable Message push(Session session, RespMessage push, KeyPrefix prefix) {
        try (ReplyEdit edit = new ReplyEdit(session, push)) {
            return pubSub(edit, prefix) && edit.atEnd() ? edit.result(push) : null;
        } catch (Failure notTheirs) {
            return null;
        }
    }

    /** Whether it is known to be for the tenant. */
    private static boolean pubSub(ReplyEdit edit, KeyPrefix prefix) {
        if (edit.nextType() == '-') {
            edit.cutQuoted(prefix.plain());
            return true;
        }
        int count = edit.enter(2);
        if (count < 2) {
            throw edit.odd();
        }
        ByteBuf word = edit.string();
        switch (word.toString(StandardCharsets.US_ASCII)) {
            case "message", "smessage" -> message(edit, prefix);
            case "pmessage" -> {
                name(edit, prefix, true);
                message(edit, prefix);
            }
            case "subscribe", "unsubscribe", "ssubscribe", "sunsubscribe" -> {
                name(edit, prefix, false);
                edit.skip(count - 2);
            }
            case "psubscribe", "punsubscribe" -> {
                name(edit, prefix, true);
                edit.skip(count - 2);
            }
            case "invalidate" -> edit.cutAll(prefix.plain(), edit.enter());
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void message(ReplyEdit edit, KeyPrefix prefix) {
        if (name(edit, prefix, false)) {
            edit.cut(prefix.plain(), 0); // the key that something happened to
        } else {
            edit.skip(1);
        }
    }

    /** Cuts the prefix out of the name of a channel or a pattern. Returns whether it is one that has keys in messages. */
    private static boolean name(ReplyEdit edit, KeyPrefix prefix, boolean pattern) {
        if (edit.nextIsNull()) {
            edit.skip(1);
            return false;
        }
        ByteBuf name = edit.peekString();
        int place = pattern
                ? Channels.placeInPattern(name, name.readerIndex(), name.readableBytes())
                : Channels.placeInChannel(name, name.readerIndex(), name.readableBytes());
        if (place == Channels.NOWHERE) {
            edit.skip(1);
            return true;
        }
        edit.cut(pattern ? prefix.glob() : prefix.plain(), Math.max(0, place));
        return false;
    }
}
