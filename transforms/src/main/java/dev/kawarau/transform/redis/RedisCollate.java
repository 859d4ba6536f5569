package dev.kawarau.transform.redis;

import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.resp.RespValue;
import dev.kawarau.transform.route.Collate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes one answer of those of Redis servers that hold different keys, for a {@link dev.kawarau.transform.route.Scatter} in
 * front of them, as proxies for sharded servers do.
 *
 * <pre>{@code
 * Scatter.toAll().to("a", a).to("b", b).collate(RedisCollate.create()).build()
 * }</pre>
 *
 * <ul>
 *   <li>{@code DEL}, {@code UNLINK}, {@code EXISTS}, {@code TOUCH}, {@code DBSIZE}: the sum;
 *   <li>{@code KEYS}, {@code SMEMBERS}, {@code SUNION}: all elements, each once, in the order in which they are found;
 *   <li>{@code GET}, {@code HGET}, {@code RANDOMKEY}: the first that is not nil;
 *   <li>{@code MGET}, {@code HMGET}: the same for each element;
 *   <li>{@code SCAN}, whose cursor is of one server, and all other reads of keys: refused, since what one server says of a key
 *       that another has would pass for the truth; let the function name one chain for them;
 *   <li>all others, such as {@code FLUSHALL} and {@code SCRIPT LOAD}: as {@link Collate#all()}, the first answer in order.
 * </ul>
 *
 * <p><b>Failure.</b> If one server failed, the answer is its error: a part would pass for the whole. <b>Cost.</b> The answers are
 * decoded, and the one that is made of them is on the heap until it is written. <b>Protocols.</b> RESP2 and RESP3: the answer
 * has the type that the first server's has. Thread-safe.
 */
public final class RedisCollate implements Collate {
    private static final RedisCollate INSTANCE = new RedisCollate();

    private RedisCollate() {}

    /** The one that there is. */
    public static RedisCollate create() {
        return INSTANCE;
    }

    @Override
    public Message collate(Message request, List<Answer> answers) {
        Message first = Collate.all().collate(request, answers);
        if (first.isError() || !(request instanceof RespMessage asked)) {
            return first;
        }
        return switch (asked.command().name()) {
            case "DEL", "UNLINK", "EXISTS", "TOUCH", "DBSIZE" -> made(asked, sum(values(answers)));
            case "KEYS", "SMEMBERS", "SUNION" -> made(asked, union(values(answers)));
            case "GET", "HGET", "RANDOMKEY" -> firstKnown(answers, first);
            case "MGET", "HMGET" -> made(asked, firstKnownOfEach(values(answers)));
            default -> {
                if (isOfOneServer(asked)) {
                    throw new Failure(
                            Failure.Kind.UNSUPPORTED,
                            asked.query().operation()
                                    + " has no answer that is made of those of several servers; send it to one");
                }
                yield first;
            }
        };
    }

    private static boolean isOfOneServer(RespMessage request) {
        Query query = request.query();
        return query.kind() == Query.Kind.READ
                && (query.operation().equals("SCAN") || !query.keys().isEmpty());
    }

    private static Message made(RespMessage request, RespValue value) {
        return RespMessage.of(value, RespSession.of(request.session()).version());
    }

    private static List<RespValue> values(List<Answer> answers) {
        List<RespValue> values = new ArrayList<>(answers.size());
        for (Answer answer : answers) {
            if (answer.response() instanceof RespMessage response) {
                RespValue value = response.value();
                values.add(value instanceof RespValue.Attributed attributed ? attributed.value() : value);
            }
        }
        return values;
    }

    private static RespValue sum(List<RespValue> values) {
        long sum = 0;
        for (RespValue value : values) {
            if (!(value instanceof RespValue.Int64 number)) {
                throw unexpected(value);
            }
            sum += number.value();
        }
        return RespValue.integer(sum);
    }

    private static RespValue union(List<RespValue> values) {
        Set<RespValue> all = new LinkedHashSet<>();
        values.forEach(value -> all.addAll(elements(value)));
        List<RespValue> elements = List.copyOf(all);
        return values.get(0) instanceof RespValue.Set ? new RespValue.Set(elements) : RespValue.array(elements);
    }

    private static List<RespValue> elements(RespValue value) {
        if (value instanceof RespValue.Set set) {
            return set.elements();
        }
        if (!(value instanceof RespValue.Array array)) {
            throw unexpected(value);
        }
        return array.elements();
    }

    private static Message firstKnown(List<Answer> answers, Message none) {
        for (Answer answer : answers) {
            if (answer.response() instanceof RespMessage response && !(response.value() instanceof RespValue.Null)) {
                return response;
            }
        }
        return none;
    }

    private static RespValue firstKnownOfEach(List<RespValue> values) {
        List<RespValue> found = new ArrayList<>(elements(values.get(0)));
        for (RespValue value : values) {
            List<RespValue> elements = elements(value);
            for (int i = 0; i < found.size(); i++) {
                if (found.get(i) instanceof RespValue.Null) {
                    found.set(i, elements.get(i));
                }
            }
        }
        return RespValue.array(found);
    }

    private static IllegalStateException unexpected(RespValue value) {
        return new IllegalStateException("a server answered " + value);
    }
}
