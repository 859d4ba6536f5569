package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.resp.KeyPositions;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.transform.redis.PrefixRule.Asked;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Puts a prefix into requests. Throws a {@link Failure} for what cannot be told to be the tenant's alone. */
final class RequestPrefixing {
    private static final byte[] MATCH = {'M', 'A', 'T', 'C', 'H'};
    private static final byte[] PREFIX = {'P', 'R', 'E', 'F', 'I', 'X'};

    private RequestPrefixing() {}

    static RespMessage prefixed(RespMessage request, Asked asked, KeyPrefix prefix) {
        if (asked == Asked.NOTHING) {
            return request;
        }
        RespCommand command = request.command();
        if (!command.accepts(request.count())) {
            // Another version may take what this table does not. Alone, the name is an error in the server's own words.
            return named(request);
        }
        return switch (asked) {
            case KEYS -> keys(request, command, prefix);
            case CHANNELS, PUBLISHED, PLAIN_CHANNELS, CHANNEL_PATTERNS -> channels(request, command, asked, prefix);
            case PATTERN -> one(request, 1, prefix.glob());
            case OPTIONAL_PATTERN ->
                request.count() > 2
                        ? one(request, 2, prefix.glob())
                        : new PrefixedRequest(request, 1, 0).end(all(prefix));
            case SCAN -> scan(request, prefix);
            case SORT -> sort(request, prefix);
            case TRACKING -> tracking(request, prefix);
            case SECOND -> one(request, 2, prefix.plain());
            case NOTHING, RANDOM -> request;
        };
    }

    private static RespMessage named(RespMessage request) {
        String name = request.command().name();
        int bar = name.indexOf('|');
        return bar < 0
                ? RespMessage.command(request, name)
                : RespMessage.command(request, name.substring(0, bar), name.substring(bar + 1));
    }

    private static RespMessage keys(RespMessage request, RespCommand command, KeyPrefix prefix) {
        if (command.keysUnknown(request)) {
            throw new Failure(
                    Failure.Kind.INVALID, "the number of keys of " + command + " is not a number of its arguments");
        }
        KeyPositions keys = command.keys(request);
        return keys.count() == 0 ? request : inserted(request, keys, prefix.plain());
    }

    private static RespMessage inserted(RespMessage request, KeyPositions positions, byte[] bytes) {
        PrefixedRequest changed = new PrefixedRequest(request, 0, positions.count() * (bytes.length + 2));
        for (int i = 0; i < positions.count(); i++) {
            changed.insert(positions.get(i), 0, bytes);
        }
        return changed.end();
    }

    private static RespMessage one(RespMessage request, int argument, byte[] bytes) {
        PrefixedRequest changed = new PrefixedRequest(request, 0, bytes.length);
        changed.insert(argument, 0, bytes);
        return changed.end();
    }

    private static byte[] all(KeyPrefix prefix) {
        byte[] glob = prefix.glob();
        byte[] all = Arrays.copyOf(glob, glob.length + 1);
        all[glob.length] = '*';
        return all;
    }

    private static RespMessage channels(RespMessage request, RespCommand command, Asked asked, KeyPrefix prefix) {
        KeyPositions channels = command.channels(request);
        if (asked == Asked.PLAIN_CHANNELS) {
            return channels.count() == 0 ? request : inserted(request, channels, prefix.plain());
        }
        boolean patterns = asked == Asked.CHANNEL_PATTERNS;
        int[] places = new int[channels.count()];
        for (int i = 0; i < places.length; i++) {
            int argument = channels.get(i);
            places[i] = place(request, argument, patterns);
            if (places[i] == Channels.REFUSED || (places[i] == Channels.NOWHERE && asked == Asked.PUBLISHED)) {
                throw new Failure(
                        Failure.Kind.DENIED,
                        places[i] == Channels.REFUSED
                                ? "a pattern for notifications begins with __keyspace@, a database or *, and __: here, or the same"
                                        + " with __keyevent@"
                                : "what happens to keys is for the server to publish");
            }
        }
        byte[] bytes = patterns ? prefix.glob() : prefix.plain();
        PrefixedRequest changed = new PrefixedRequest(request, 0, places.length * (bytes.length + 2));
        for (int i = 0; i < places.length; i++) {
            if (places[i] >= 0) {
                changed.insert(channels.get(i), places[i], bytes);
            }
        }
        return changed.end();
    }

    private static int place(RespMessage request, int argument, boolean pattern) {
        ByteBuf buffer = request.buffer();
        int start = request.start(argument);
        int length = request.length(argument);
        return pattern
                ? Channels.placeInPattern(buffer, start, length)
                : Channels.placeInChannel(buffer, start, length);
    }

    private static RespMessage scan(RespMessage request, KeyPrefix prefix) {
        int last = request.count() - 1;
        boolean matches = false;
        int at = 2;
        while (at < last && isScanOption(request, at)) {
            matches |= request.argumentIs(at, "MATCH");
            at += 2;
        }
        if (at == last && isScanOption(request, at)) {
            return request; // without its value, a syntax error to the server
        }
        PrefixedRequest changed = new PrefixedRequest(request, matches ? 0 : 2, 2 * prefix.glob().length);
        for (int i = 2; i < at; i += 2) {
            if (request.argumentIs(i, "MATCH")) {
                changed.insert(i + 1, 0, prefix.glob());
            }
        }
        return matches ? changed.end() : changed.end(MATCH, all(prefix));
    }

    private static boolean isScanOption(RespMessage request, int argument) {
        return request.argumentIs(argument, "MATCH")
                || request.argumentIs(argument, "COUNT")
                || request.argumentIs(argument, "TYPE");
    }

    /** A pattern without a star names no keys: a constant, or # for the element itself. */
    private static RespMessage sort(RespMessage request, KeyPrefix prefix) {
        PrefixedRequest changed = new PrefixedRequest(request, 0, 4 * prefix.plain().length);
        changed.insert(1, 0, prefix.plain());
        int last = request.count() - 1;
        for (int i = 2; i < last; i++) {
            if (request.argumentIs(i, "LIMIT")) {
                i += 2;
            } else if (request.argumentIs(i, "STORE")) {
                changed.insert(++i, 0, prefix.plain());
            } else if (request.argumentIs(i, "BY") || request.argumentIs(i, "GET")) {
                if (hasStar(request, ++i)) {
                    changed.insert(i, 0, prefix.plain());
                }
            }
        }
        return changed.end();
    }

    private static boolean hasStar(RespMessage request, int argument) {
        int start = request.start(argument);
        return request.buffer().indexOf(start, start + request.length(argument), (byte) '*') >= 0;
    }

    private static RespMessage tracking(RespMessage request, KeyPrefix prefix) {
        boolean broadcast = false;
        boolean named = false;
        int last = request.count() - 1;
        for (int i = 3; i <= last; i++) {
            if (request.argumentIs(i, "REDIRECT")) {
                throw new Failure(Failure.Kind.DENIED, "invalidations go to no other client here; use RESP3");
            }
            broadcast |= request.argumentIs(i, "BCAST");
            if (i < last && request.argumentIs(i, "PREFIX")) {
                named = true;
                i++;
            }
        }
        boolean add = broadcast && !named;
        PrefixedRequest changed = new PrefixedRequest(request, add ? 2 : 0, 2 * prefix.plain().length);
        for (int i = 3; i < last; i++) {
            if (request.argumentIs(i, "PREFIX")) {
                changed.insert(++i, 0, prefix.plain());
            }
        }
        return add ? changed.end(PREFIX, prefix.plain()) : changed.end();
    }
}
