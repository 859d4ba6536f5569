package dev.kawarau.transform.redis;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A script that servers know by its hash, and are sent as a whole when they do not. Immutable. */
final class StampScript {
    /**
     * Stores a value and its stamp unless a higher stamp is there; answers the digits of the stamp that is there then. The
     * same stamp is stored again, since it is the same value, and perhaps the server has lost that.
     *
     * <p>Keys: the value's, the stamp's. Arguments: the stamp's digits, what follows them, when the server forgets the stamp
     * or nothing, {@code D} to delete, or when the value expires or nothing, the value, the database or nothing.
     */
    static final StampScript STORE = new StampScript("""
            if ARGV[6] ~= '' then redis.call('SELECT', ARGV[6]) end
            local held = redis.call('GET', KEYS[2])
            if held then
              held = string.sub(held, 1, 39)
              if held > ARGV[1] then return held end
            end
            if ARGV[4] == 'D' then redis.call('UNLINK', KEYS[1])
            elseif ARGV[4] == '' then redis.call('SET', KEYS[1], ARGV[5])
            else redis.call('SET', KEYS[1], ARGV[5], 'PXAT', ARGV[4]) end
            if ARGV[3] == '' then redis.call('SET', KEYS[2], ARGV[1] .. ARGV[2])
            else redis.call('SET', KEYS[2], ARGV[1] .. ARGV[2], 'PXAT', ARGV[3]) end
            return ARGV[1]
            """);

    /** MGET of some keys of another database than that of the connection, which stays where it is. */
    static final StampScript READ = new StampScript("""
            redis.call('SELECT', ARGV[1])
            return redis.call('MGET', unpack(KEYS))
            """);

    private static final byte[] EVAL = "EVAL".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVALSHA = "EVALSHA".getBytes(StandardCharsets.US_ASCII);
    private static final String NOSCRIPT = "-NOSCRIPT";

    private final byte[] text;
    private final byte[] hash;

    private StampScript(String text) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
        this.hash = sha1(this.text);
    }

    private static byte[] sha1(byte[] text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
            return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-1", impossible);
        }
    }

    /** The request that runs it. */
    RespMessage call(RespMessage origin, List<byte[]> keys, List<byte[]> arguments) {
        List<byte[]> words = new ArrayList<>(3 + keys.size() + arguments.size());
        words.add(EVALSHA);
        words.add(hash);
        words.add(Integer.toString(keys.size()).getBytes(StandardCharsets.US_ASCII));
        words.addAll(keys);
        words.addAll(arguments);
        return RespMessage.command(origin, words);
    }

    /** Sends a request, and if it calls a script that the server does not know, once more with the script. */
    static Reply send(Chain replica, RespMessage request) {
        Reply reply = replica.send(request);
        return isCall(request)
                ? reply.flatMap(answer -> isUnknown(answer) ? replica.send(whole(request)) : Reply.of(answer))
                : reply;
    }

    private static boolean isCall(RespMessage request) {
        return request.argumentIs(0, "EVALSHA") && request.length(0) == EVALSHA.length;
    }

    private static boolean isUnknown(Message answer) {
        return answer.size() > NOSCRIPT.length()
                && answer.bytes()
                        .toString(answer.bytes().readerIndex(), NOSCRIPT.length(), StandardCharsets.US_ASCII)
                        .equals(NOSCRIPT);
    }

    private static RespMessage whole(RespMessage call) {
        List<byte[]> words = new ArrayList<>(call.arguments());
        words.set(0, EVAL);
        byte[] hash = words.get(1);
        words.set(1, MessageDigest.isEqual(hash, STORE.hash) ? STORE.text : READ.text);
        return RespMessage.command(call, words);
    }
}
