package dev.kawarau.transform.redis;

import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import dev.kawarau.transform.redis.PrefixRule.Answered;
import dev.kawarau.transform.redis.PrefixRule.Asked;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which commands a tenant may send, and how the prefix gets into them and out of their replies. What is not listed is
 * refused: commands that reach keys without naming them, that tell of the server or change it, and those that nobody
 * knows.
 */
final class PrefixRules {
    /** The name of a rule is what is asked and what is answered. */
    private static final String LISTED = """
            KEYS SAME
              APPEND DECR DECRBY DELEX DELIFEQ DIGEST GET GETDEL GETEX GETRANGE GETSET INCR INCRBY INCRBYFLOAT LCS MGET
              MSET MSETEX MSETNX PSETEX SET SETEX SETNX SETRANGE STRLEN SUBSTR
              BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS GETBIT SETBIT
              HDEL HEXISTS HEXPIRE HEXPIREAT HEXPIRETIME HGET HGETALL HGETDEL HGETEX HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET
              HMSET HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HRANDFIELD HSCAN HSET HSETEX HSETNX HSTRLEN HTTL HVALS
              BLMOVE BRPOPLPUSH LINDEX LINSERT LLEN LMOVE LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM RPOP RPOPLPUSH
              RPUSH RPUSHX
              SADD SCARD SDIFF SDIFFSTORE SINTER SINTERCARD SINTERSTORE SISMEMBER SMEMBERS SMISMEMBER SMOVE SPOP
              SRANDMEMBER SREM SSCAN SUNION SUNIONSTORE
              ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMSCORE ZPOPMAX ZPOPMIN
              ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK
              ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION ZUNIONSTORE
              GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEORADIUS_RO GEOSEARCH
              GEOSEARCHSTORE
              PFADD PFCOUNT PFMERGE
              XACK XACKDEL XADD XAUTOCLAIM XCLAIM XDEL XDELEX XGROUP|CREATE XGROUP|CREATECONSUMER XGROUP|DELCONSUMER
              XGROUP|DESTROY XGROUP|SETID XINFO|CONSUMERS XINFO|GROUPS XINFO|STREAM XLEN XPENDING XRANGE XREVRANGE XSETID
              XTRIM
              COPY DEL DUMP EXISTS EXPIRE EXPIREAT EXPIRETIME MEMORY|USAGE MOVE OBJECT|ENCODING OBJECT|FREQ
              OBJECT|IDLETIME OBJECT|REFCOUNT PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PTTL RENAME RENAMENX RESTORE TOUCH
              TTL TYPE UNLINK WATCH
              VADD VCARD VDIM VEMB VGETATTR VINFO VISMEMBER VLINKS VRANDMEMBER VRANGE VREM VSETATTR VSIM
            KEYS FIRST
              BLMPOP BLPOP BRPOP BZMPOP BZPOPMAX BZPOPMIN LMPOP ZMPOP
            KEYS STREAMS
              XREAD XREADGROUP
            SORT SAME
              SORT SORT_RO
            PATTERN ALL
              KEYS
            SCAN SCAN
              SCAN
            RANDOM SAME
              RANDOMKEY
            SECOND SAME
              CLUSTER|KEYSLOT
            CHANNELS CONFIRMATIONS
              SUBSCRIBE UNSUBSCRIBE
            PLAIN_CHANNELS CONFIRMATIONS
              SSUBSCRIBE SUNSUBSCRIBE
            CHANNEL_PATTERNS CONFIRMATIONS
              PSUBSCRIBE PUNSUBSCRIBE
            PUBLISHED SAME
              PUBLISH
            PLAIN_CHANNELS SAME
              SPUBLISH
            PLAIN_CHANNELS EVERY_SECOND
              PUBSUB|NUMSUB PUBSUB|SHARDNUMSUB
            OPTIONAL_PATTERN ALL
              PUBSUB|CHANNELS PUBSUB|SHARDCHANNELS
            TRACKING SAME
              CLIENT|TRACKING
            NOTHING TRACKING_INFO
              CLIENT|TRACKINGINFO
            NOTHING RESULTS
              EXEC
            NOTHING SAME
              ASKING AUTH CLIENT|CACHING CLIENT|GETNAME CLIENT|GETREDIR CLIENT|HELP CLIENT|ID CLIENT|INFO CLIENT|NO-TOUCH
              CLIENT|REPLY CLIENT|SETINFO CLIENT|SETNAME CLUSTER|HELP CLUSTER|INFO CLUSTER|MYID CLUSTER|MYSHARDID
              CLUSTER|NODES CLUSTER|REPLICAS CLUSTER|SHARDS CLUSTER|SLAVES CLUSTER|SLOTS COMMAND COMMAND|COUNT
              COMMAND|DOCS COMMAND|GETKEYS COMMAND|GETKEYSANDFLAGS COMMAND|HELP COMMAND|INFO COMMAND|LIST DISCARD ECHO
              HELLO LOLWUT MEMORY|HELP MULTI OBJECT|HELP PING PUBSUB|HELP QUIT READONLY READWRITE RESET SELECT TIME
              UNWATCH WAIT WAITAOF XGROUP|HELP XINFO|HELP
            """;

    private static final String PROGRAMS = """
            KEYS SAME
              EVAL EVALSHA EVALSHA_RO EVAL_RO FCALL FCALL_RO
            NOTHING SAME
              SCRIPT|EXISTS SCRIPT|HELP SCRIPT|LOAD
            """;

    static final PrefixRules WITHOUT_SCRIPTS = new PrefixRules(LISTED);
    static final PrefixRules WITH_SCRIPTS = new PrefixRules(LISTED + PROGRAMS);

    private final Map<RespCommand, PrefixRule> rules = new HashMap<>();

    private PrefixRules(String listed) {
        PrefixRule rule = null;
        for (String line : listed.lines().toList()) {
            String[] words = line.strip().split(" ", -1);
            if (rule == null || !line.startsWith(" ")) {
                rule = new PrefixRule(Asked.valueOf(words[0]), Answered.valueOf(words[1]));
                continue;
            }
            for (String name : words) {
                RespCommand command = RespCommands.find(name);
                if (!command.isKnown() || rules.put(command, rule) != null) {
                    throw new IllegalStateException(name + " is no command, or is listed twice");
                }
            }
        }
    }

    /** The rule for a command; null if it is refused. */
    @Nullable
    PrefixRule of(RespCommand command) {
        return rules.get(command);
    }
}
