package dev.kawarau.transform.redis;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.Transform;
import dev.kawarau.TransformContext;
import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespSession;
import dev.kawarau.transform.SharedMeters;
import dev.kawarau.transform.redis.PrefixRule.Answered;
import dev.kawarau.transform.redis.PrefixRule.Asked;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives each tenant of a Redis or Valkey server keys and channels of its own: a prefix goes before every key that a client
 * names, and is missing from what it reads.
 *
 * <pre>{@code
 * RedisKeyPrefix.of("shop:")
 * RedisKeyPrefix.of(session -> RespSession.of(session).userName() + ":")
 * }</pre>
 *
 * <p><b>The promise</b> is that no command of a tenant reads, changes or tells of a key or channel of another, if the server
 * does what it is documented to do. So a command passes only if it is known how. Refused, with NOPERM, are those that reach
 * keys without naming them (FLUSHALL, FLUSHDB, DBSIZE, SWAPDB, MIGRATE), those about the server and its other clients
 * (CONFIG, INFO, ACL, DEBUG, MONITOR, SLOWLOG, CLIENT LIST, PUBSUB NUMPAT ...), scripts and functions, and whatever nobody
 * knows. A request whose keys cannot be told is refused; a reply in which they cannot be told is an error to the client,
 * which says nothing of it. Expiry, eviction and the server's memory and time are shared.
 *
 * <p><b>What gets the prefix:</b> keys; patterns of KEYS, SCAN (MATCH is added where there is none) and SORT (BY and GET),
 * in which the prefix stands for itself; channels and patterns of channels, and channels of keyspace notifications after
 * their database, as {@code __keyspace@0__:shop:a}; from {@code __keyevent@0__:...} a client gets what is about its own
 * keys. (Of patterns that begin with {@code __key}, others than {@code __keyspace@*__:...} and {@code __keyevent@*__:...}
 * are refused.) RANDOMKEY becomes a SCAN, and cannot be queued in a transaction. CLIENT TRACKING works in RESP3, without
 * REDIRECT. Errors that quote a key quote it without the prefix. SCAN goes through the keys of all tenants, and so takes
 * as long.
 *
 * <p><b>Cluster.</b> The prefix is part of what is hashed: clients that compute slots themselves ask wrong nodes first,
 * unless all keys have hash tags. With a prefix in braces, {@code "{shop}:"}, all keys of a tenant have one slot.
 *
 * <p><b>Cost.</b> A request with keys is copied once, with the prefix between; a reply is copied only if it has keys. Of a
 * transaction, what is queued is remembered until EXEC: a few bytes a request, 262,144 requests at most. <b>Failure.</b>
 * Errors of the server pass. <b>Protocols.</b> RESP2 and RESP3; requests of another protocol are refused. Thread-safe; one object is part of one chain.
 *
 * <p>Metrics: {@code kawarau.keyprefix.refused} counts requests, {@code kawarau.keyprefix.withheld} replies and pushes that
 * a client did not get.
 */
public final class RedisKeyPrefix implements Transform {
    private static final RespCommand MULTI = RespCommands.find("MULTI");
    private static final RespCommand EXEC = RespCommands.find("EXEC");
    private static final RespCommand DISCARD = RespCommands.find("DISCARD");
    private static final RespCommand RESET = RespCommands.find("RESET");
    private static final RespCommand CLIENT_REPLY = RespCommands.find("CLIENT|REPLY");

    private final Session.Key<PrefixSession> sessions = Session.Key.named("key prefix");
    private final Function<? super Session, ? extends @Nullable String> prefixes;
    private final PrefixRules rules;
    private final String text;
    private final SharedMeters meters = new SharedMeters();
    private final LongAdder refused =
            meters.counter("kawarau.keyprefix.refused", "requests that could reach other keys");
    private final LongAdder withheld =
            meters.counter("kawarau.keyprefix.withheld", "replies and pushes that a client did not get");
    private volatile boolean built;

    private RedisKeyPrefix(
            Function<? super Session, ? extends @Nullable String> prefixes, PrefixRules rules, String text) {
        this.prefixes = prefixes;
        this.rules = rules;
        this.text = text;
    }

    /**
     * The same prefix for every client of the chain.
     *
     * @param prefix a name and a colon, which is its only one: so no prefix is the beginning of another
     * @throws IllegalArgumentException if it is not that
     */
    public static RedisKeyPrefix of(String prefix) {
        KeyPrefix checked = KeyPrefix.of(Objects.requireNonNull(prefix, "prefix"));
        return new RedisKeyPrefix(
                session -> checked.toString(), PrefixRules.WITHOUT_SCRIPTS, "RedisKeyPrefix.of(\"" + prefix + "\")");
    }

    /**
     * A prefix for each client, by its {@linkplain RespSession#userName() user}, its certificate ({@link Session#tls()}), or
     * where it comes from.
     *
     * @param prefixes tells the prefix, in the form that {@link #of(String)} wants; null for a client that is no tenant,
     *     whose requests are refused unless they name no keys. Asked once for each connection, and again when its user has
     *     changed; on event loops, several at once, so it must not block.
     */
    public static RedisKeyPrefix of(Function<? super Session, ? extends @Nullable String> prefixes) {
        return new RedisKeyPrefix(
                Objects.requireNonNull(prefixes, "prefixes"),
                PrefixRules.WITHOUT_SCRIPTS,
                "RedisKeyPrefix.of(function)");
    }

    /**
     * Lets scripts and functions pass (EVAL, FCALL and their like, SCRIPT LOAD and SCRIPT EXISTS), with the prefix before
     * what is in {@code KEYS}. <b>This takes the promise back:</b> a script can make names of keys, and reach all there are,
     * and returns whatever it likes. It is for tenants that are trusted not to. What is in a script's reply is left as it is.
     */
    public RedisKeyPrefix scripts() {
        return new RedisKeyPrefix(prefixes, PrefixRules.WITH_SCRIPTS, text + ".scripts()");
    }

    @Override
    public void onBuild(TransformContext context) {
        if (built) {
            throw new IllegalStateException("chain \"" + context.chain() + "\": " + this
                    + " is part of a chain already; make a RedisKeyPrefix for each");
        }
        built = true;
        meters.show(context);
    }

    @Override
    public Reply handle(Message message, Chain next) {
        try {
            return passed(message, next);
        } catch (Failure failure) {
            refused.increment();
            return Reply.failed(failure);
        }
    }

    private Reply passed(Message message, Chain next) {
        if (!(message instanceof RespMessage request)) {
            throw new Failure(Failure.Kind.UNSUPPORTED, this + " cannot tell the keys of this protocol");
        }
        PrefixRule rule = rules.of(request.command());
        if (rule == null) {
            throw denied(request.query().operation() + " may reach what is not this tenant's; it cannot be used here");
        }
        PrefixSession session = session(request.session());
        KeyPrefix prefix = session.prefix();
        if (prefix == null) {
            if (rule.asked() != Asked.NOTHING || rule.answered() != Answered.SAME || request.command() == MULTI) {
                throw denied("this client is no tenant, so it has no keys");
            }
            return next.send(request);
        }
        QueuedRequests transaction = transaction(session, request, prefix);
        if (transaction != null && !isEnd(request.command())) {
            queueable(request, rule, transaction, prefix);
        }
        if (rule.asked() == Asked.RANDOM && request.count() == 1) {
            return RandomKey.ask(request, prefix, next);
        }
        RespMessage sent = RequestPrefixing.prefixed(request, rule.asked(), prefix);
        Reply reply = next.send(sent);
        return transaction == null && rule.answered() == Answered.SAME && rule.asked() == Asked.NOTHING
                ? reply
                : reply.map(response -> answer(request, response, rule.answered(), prefix, transaction));
    }

    private static Failure denied(String words) {
        return new Failure(Failure.Kind.DENIED, words);
    }

    private PrefixSession session(Session session) {
        PrefixSession known = session.get(sessions);
        if (known == null) {
            known = new PrefixSession();
            session.set(sessions, known);
        }
        String user = RespSession.of(session).userName();
        if (!known.isOf(user)) {
            String prefix = prefixes.apply(session);
            try {
                known.is(user, prefix == null ? null : KeyPrefix.of(prefix));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalStateException(this + ": " + wrong.getMessage(), wrong);
            }
        }
        return known;
    }

    /** The transaction that a request belongs to, or ends. As requests arrive; what the server makes of them comes later. */
    private static @Nullable QueuedRequests transaction(PrefixSession session, RespMessage request, KeyPrefix prefix) {
        RespCommand command = request.command();
        QueuedRequests current = session.transaction();
        boolean accepted = command.accepts(request.count());
        if (command == MULTI && accepted && current == null) {
            session.transaction(new QueuedRequests(prefix));
            return null;
        }
        if (isEnd(command) && accepted) {
            session.transaction(null);
        }
        return current;
    }

    private static boolean isEnd(RespCommand command) {
        return command == EXEC || command == DISCARD || command == RESET;
    }

    private static void queueable(RespMessage request, PrefixRule rule, QueuedRequests transaction, KeyPrefix prefix) {
        if (!rule.canBeQueued() || request.command() == CLIENT_REPLY) {
            throw denied(request.command() + " cannot be part of a transaction here");
        }
        if (transaction.prefix() != prefix) {
            throw denied("the user changed within a transaction");
        }
        if (!transaction.arrives()) {
            throw new Failure(
                    Failure.Kind.OVERLOADED, "a transaction has " + QueuedRequests.MOST + " requests at most here");
        }
    }

    private Message answer(
            RespMessage request,
            Message message,
            Answered answered,
            KeyPrefix prefix,
            @Nullable QueuedRequests transaction) {
        RespMessage response = (RespMessage) message;
        if (transaction != null && answered != Answered.RESULTS && ReplyStripping.isQueued(response)) {
            transaction.add(answered);
            return response;
        }
        try {
            return ReplyStripping.stripped(request, response, answered, prefix, transaction);
        } catch (Failure failure) {
            withheld.increment();
            throw failure;
        }
    }

    @Override
    public @Nullable Message onPush(Session session, Message push) {
        KeyPrefix prefix = session(session).prefix();
        Message stripped = prefix == null || !(push instanceof RespMessage told)
                ? null
                : ReplyStripping.push(session, told, prefix);
        if (stripped == null) {
            withheld.increment();
        }
        return stripped;
    }

    @Override
    public String toString() {
        return text;
    }
}
