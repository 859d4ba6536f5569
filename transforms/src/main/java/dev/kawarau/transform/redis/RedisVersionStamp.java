package dev.kawarau.transform.redis;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.transform.consistency.Plan;
import dev.kawarau.transform.consistency.Stamp;
import dev.kawarau.transform.consistency.Versioning;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Keeps versions of whole values on Redis or Valkey servers that know nothing of each other, for {@code
 * TunableConsistency}.
 *
 * <p><b>What it stores:</b> values are as they would be without it. Beside each is its stamp: that of {@code order:1} under
 * <code>{order:1}~stamp</code>, that of <code>{user}:1</code> under <code>{user}:1::~stamp</code>, which a cluster keeps at the
 * same place (of keys with a brace that closes nothing, only a single server does). A script changes both at once, if its
 * stamp is the higher one; it goes by its hash, and as a whole to a server that does not know it. A stamp is 39 digits,
 * behind which stands when the value expires: an absolute time, settled by the proxy, so that all servers agree.
 *
 * <p>A stamp outlives a value that expired or was deleted by the {@linkplain Builder#grace grace}. A server that was away for
 * longer, or whose clock is off by more, may bring back what was deleted. Around the moment at which a value expires, reads
 * differ by what the servers' clocks do. Nothing may evict keys ({@code maxmemory-policy noeviction}). Values that were there
 * before count as older than all others, and must be the same on all servers. KEYS, SCAN and DBSIZE at a server show
 * stamps too; clients may not use such keys.
 *
 * <p><b>What it covers:</b> GET, MGET, STRLEN, GETRANGE, SUBSTR, EXISTS, TYPE, TTL, PTTL, EXPIRETIME, PEXPIRETIME, SET (with EX,
 * PX, EXAT, PXAT), SETEX, PSETEX, MSET, DEL and UNLINK. Those that look at a part fetch the whole value. DEL counts what it
 * found when it began, so of two at once both may count a key. Commands about the connection (HELLO, SELECT, MULTI, CLIENT
 * SETNAME, GETNAME, SETINFO, ID) are answered here, PING, ECHO, TIME, INFO, ROLE, CONFIG GET and COMMAND by whichever server
 * is first. All else is refused ({@link Failure.Kind#UNSUPPORTED}): INCR, APPEND, SET NX, EXPIRE and the like write what they
 * read, and would need the servers to agree before; lists, hashes and so on have no single value. In MULTI everything is
 * refused, so that nothing of a transaction is carried out. Clients do not authenticate with the servers: that is for
 * the sinks' credentials and for {@code RespListener.users}.
 *
 * <p><b>What it costs:</b> a stamp takes 139 bytes of a server's memory beside a key of 13 bytes (measured with Redis 7.0.15),
 * and 16 more and an entry among those that expire if the value expires. The proxy copies each value that it reads or writes.
 * Servers need Redis 6.2 or later, and the right to run EVALSHA, EVAL, MGET, GET, SET and UNLINK, and SELECT if clients do.
 *
 * <p>Thread-safe.
 */
public final class RedisVersionStamp implements Versioning {
    private final Session.Key<StampedSession> sessions = Session.Key.named("session of version stamps");
    private final StampedCommands commands;
    private final Duration grace;
    private final int databases;

    private RedisVersionStamp(Builder builder) {
        this.grace = builder.grace;
        this.databases = builder.databases;
        this.commands = new StampedCommands(builder.suffix.getBytes(StandardCharsets.UTF_8), builder.grace.toMillis());
    }

    /** With the defaults. */
    public static RedisVersionStamp create() {
        return builder().build();
    }

    /** Begins one whose settings differ from the defaults. All proxies of the same servers must have the same. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String protocol() {
        return RespListener.PROTOCOL;
    }

    @Override
    public Plan plan(Message message, long millis) {
        RespMessage request = (RespMessage) message;
        StampedSession session = session(request.session());
        Plan answer = session.answer(request);
        return answer != null
                ? answer
                : commands.plan(new StampedCommands.Call(
                        request, request.arguments(), session.database(), session.version(), millis));
    }

    private StampedSession session(Session session) {
        StampedSession known = session.get(sessions);
        if (known == null) {
            known = new StampedSession(session, databases);
            session.set(sessions, known);
        }
        return known;
    }

    @Override
    public Stamp stored(Message answer) {
        return StampedPart.stored(answer);
    }

    @Override
    public Reply send(Chain replica, Message request) {
        return StampScript.send(replica, (RespMessage) request);
    }

    @Override
    public Duration memory() {
        return grace;
    }

    @Override
    public boolean leave(Session session) {
        StampedSession known = session.get(sessions);
        if (known != null && !known.isPlain()) {
            return false;
        }
        session.set(sessions, null);
        return true;
    }

    @Override
    public String toString() {
        return "RedisVersionStamp";
    }

    /** Settings. Not thread-safe. */
    public static final class Builder {
        private Duration grace = Duration.ofDays(1);
        private String suffix = "~stamp";
        private int databases = 16;

        private Builder() {}

        /**
         * How long a stamp outlives its value: no server may be away for longer, and no clock be off by more. A day if not
         * set.
         */
        public Builder grace(Duration time) {
            if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(Duration.ofDays(36_500)) > 0) {
                throw new IllegalArgumentException(
                        "RedisVersionStamp: grace must be a second at least and a hundred years at most, not " + time);
            }
            this.grace = time;
            return this;
        }

        /** What the keys of stamps end with; {@code ~stamp} if not set. */
        public Builder suffix(String end) {
            if (end.isEmpty()) {
                throw new IllegalArgumentException("RedisVersionStamp: the suffix must not be empty");
            }
            this.suffix = end;
            return this;
        }

        /** How many databases the servers have, for SELECT; 16 if not set. */
        public Builder databases(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("RedisVersionStamp: databases must be at least 1, not " + count);
            }
            this.databases = count;
            return this;
        }

        /** The versioning, for {@code TunableConsistency.versions}. */
        public RedisVersionStamp build() {
            return new RedisVersionStamp(this);
        }
    }
}
