package dev.kawarau.transform.redis;

import dev.kawarau.Message;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.transform.route.Comparison;
import dev.kawarau.transform.route.ResponseComparator;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether two Redis or Valkey servers answered the same, as an application would see it:
 *
 * <ul>
 *   <li>sets and maps have no order ({@code SMEMBERS}, {@code KEYS}, {@code HGETALL}, a {@code SCAN} that came to its end at
 *       once), nor do the answers within an {@code EXEC};
 *   <li>what is left of a key's life may differ by a second ({@link #ttlTolerance});
 *   <li>errors are the same if their codes are, such as {@code WRONGTYPE};
 *   <li>RESP2 and RESP3 may say the same: a null is a null, and a map is a list of keys and values;
 *   <li>what differs by nature is not compared: {@code INFO}, {@code TIME}, {@code RANDOMKEY}, {@code CLIENT ID},
 *       {@code SPOP}, the cursor of a longer {@code SCAN} and the like, and others by {@link #skipping}.
 * </ul>
 *
 * <p>Answers of the same bytes are not decoded. Immutable, thread-safe.
 */
public final class RedisComparator implements ResponseComparator {
    private static final Set<String> BAGS =
            Set.of("SMEMBERS", "SINTER", "SUNION", "SDIFF", "KEYS", "HKEYS", "HVALS", "EXEC");
    private static final Set<String> MAPS = Set.of("HGETALL");
    private static final Set<String> SCANS = Set.of("SCAN", "SSCAN", "HSCAN", "ZSCAN");
    private static final Set<String> SECONDS = Set.of("TTL", "EXPIRETIME", "HTTL", "HEXPIRETIME");
    private static final Set<String> MILLISECONDS = Set.of("PTTL", "PEXPIRETIME", "HPTTL", "HPEXPIRETIME");

    /** Of a container, all that it has. */
    private static final Set<String> SKIPPED = Set.of(
            "ACL",
            "BGREWRITEAOF",
            "BGSAVE",
            "CLIENT",
            "CLUSTER",
            "COMMAND",
            "CONFIG",
            "DEBUG",
            "DUMP",
            "HELLO",
            "HRANDFIELD",
            "INFO",
            "LASTSAVE",
            "LATENCY",
            "LOLWUT",
            "MEMORY",
            "MODULE",
            "OBJECT",
            "PING",
            "PUBLISH",
            "PUBSUB",
            "RANDOMKEY",
            "ROLE",
            "SLOWLOG",
            "SPOP",
            "SPUBLISH",
            "SRANDMEMBER",
            "TIME",
            "WAIT",
            "WAITAOF",
            "XADD",
            "XINFO",
            "ZRANDMEMBER");

    private final long toleranceMillis;
    private final Set<String> skipped;

    private RedisComparator(long toleranceMillis, Set<String> skipped) {
        this.toleranceMillis = toleranceMillis;
        this.skipped = skipped;
    }

    /** A comparator with a tolerance of a second. */
    public static RedisComparator create() {
        return new RedisComparator(1_000, SKIPPED);
    }

    /** One like this, for which what is left of keys' lives may differ by so much; of whole seconds always by one. */
    public RedisComparator ttlTolerance(Duration most) {
        if (most.isNegative()) {
            throw new IllegalArgumentException("RedisComparator: ttlTolerance must not be negative, not " + most);
        }
        return new RedisComparator(most.toMillis(), skipped);
    }

    /** One like this that does not compare the answers to these either, such as {@code SCARD} or {@code OBJECT|FREQ}. */
    public RedisComparator skipping(String... operations) {
        Set<String> more = new HashSet<>(skipped);
        for (String operation : operations) {
            more.add(operation.toUpperCase(Locale.ROOT));
        }
        return new RedisComparator(toleranceMillis, Set.copyOf(more));
    }

    @Override
    public Comparison compare(Message request, Message original, Message copy) {
        String operation = request.query().operation();
        int container = operation.indexOf('|');
        if (skipped.contains(operation)
                || (container > 0 && skipped.contains(operation.substring(0, container)))
                || original.size() == 0) {
            return Comparison.SKIPPED;
        }
        if (ByteBufUtil.equals(original.bytes(), copy.bytes())) {
            return Comparison.EQUAL;
        }
        if (copy.size() == 0) {
            return Comparison.different("the copy has no answer");
        }
        return compare(operation, ((RespMessage) original).value(), ((RespMessage) copy).value());
    }

    private Comparison compare(String operation, RespValue original, RespValue copy) {
        String error = errorCode(original);
        String copyError = errorCode(copy);
        if (error != null || copyError != null) {
            return Objects.equals(error, copyError)
                    ? Comparison.EQUAL
                    : Comparison.different((error == null ? "no error" : error) + ", the copy has "
                            + (copyError == null ? "no error" : copyError));
        }
        if (SECONDS.contains(operation)) {
            return times(original, copy, Math.max(1, toleranceMillis / 1_000));
        }
        if (MILLISECONDS.contains(operation)) {
            return times(original, copy, toleranceMillis);
        }
        if (SCANS.contains(operation)) {
            return scans(operation, original, copy);
        }
        if (MAPS.contains(operation)) {
            return equal(Shape.bagOfPairs(original), Shape.bagOfPairs(copy), original, copy);
        }
        return BAGS.contains(operation)
                ? equal(Shape.bag(original), Shape.bag(copy), original, copy)
                : equal(Shape.of(original), Shape.of(copy), original, copy);
    }

    private static Comparison equal(Object original, Object copy, RespValue shown, RespValue shownCopy) {
        return original.equals(copy)
                ? Comparison.EQUAL
                : Comparison.different(Shape.words(shown) + ", the copy has " + Shape.words(shownCopy));
    }

    /** Ages of keys, one or a list of them; what is negative stands for none. */
    private static Comparison times(RespValue original, RespValue copy, long tolerance) {
        List<Object> ours = Shape.leaves(original);
        List<Object> theirs = Shape.leaves(copy);
        boolean near = ours.size() == theirs.size();
        for (int i = 0; near && i < ours.size(); i++) {
            near = ours.get(i).equals(theirs.get(i))
                    || (number(ours.get(i)) >= 0
                            && number(theirs.get(i)) >= 0
                            && Math.abs(number(ours.get(i)) - number(theirs.get(i))) <= tolerance);
        }
        return near ? Comparison.EQUAL : Comparison.different("lives that are too far from each other");
    }

    private static long number(Object leaf) {
        String text = leaf.toString();
        return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }

    /** Servers give keys in parts of their own, so only what came whole can be compared. */
    private static Comparison scans(String operation, RespValue original, RespValue copy) {
        if (!(original instanceof RespValue.Array ours)
                || !(copy instanceof RespValue.Array theirs)
                || ours.elements().size() != 2
                || theirs.elements().size() != 2
                || number(Shape.of(ours.elements().get(0))) != 0
                || number(Shape.of(theirs.elements().get(0))) != 0) {
            return Comparison.SKIPPED;
        }
        RespValue found = ours.elements().get(1);
        RespValue copied = theirs.elements().get(1);
        return operation.equals("HSCAN") || operation.equals("ZSCAN")
                ? equal(Shape.bagOfPairs(found), Shape.bagOfPairs(copied), found, copied)
                : equal(Shape.bag(found), Shape.bag(copied), found, copied);
    }

    private static @Nullable String errorCode(RespValue value) {
        if (value instanceof RespValue.SimpleError error) {
            return error.code();
        }
        return value instanceof RespValue.BulkError error ? error.code() : null;
    }

    @Override
    public String toString() {
        return "RedisComparator(lives within " + toleranceMillis + " ms)";
    }
}
