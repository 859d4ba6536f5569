package dev.kawarau.transform.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.resp.RespCommand;
import dev.kawarau.resp.RespCommands;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.Arrival;
import dev.kawarau.testkit.ChainTester;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every command of the table is prefixed, passed or refused, and nothing that names a key goes out without the prefix. */
class RedisKeyPrefixCommandsTest {
    private static final String REFUSED = """
            ACL ACL|CAT ACL|DELUSER ACL|DRYRUN ACL|GENPASS ACL|GETUSER ACL|HELP ACL|LIST ACL|LOAD ACL|LOG ACL|SAVE
            ACL|SETUSER ACL|USERS ACL|WHOAMI BGREWRITEAOF BGSAVE CLIENT CLIENT|CAPA CLIENT|IMPORT-SOURCE CLIENT|KILL
            CLIENT|LIST CLIENT|NO-EVICT CLIENT|PAUSE CLIENT|UNBLOCK CLIENT|UNPAUSE CLUSTER CLUSTERSCAN CLUSTER|ADDSLOTS
            CLUSTER|ADDSLOTSRANGE CLUSTER|BUMPEPOCH CLUSTER|CANCELSLOTMIGRATIONS CLUSTER|COUNT-FAILURE-REPORTS
            CLUSTER|COUNTKEYSINSLOT CLUSTER|DELSLOTS CLUSTER|DELSLOTSRANGE CLUSTER|FAILOVER CLUSTER|FLUSHSLOT
            CLUSTER|FLUSHSLOTS CLUSTER|FORGET CLUSTER|GETKEYSINSLOT CLUSTER|GETSLOTMIGRATIONS CLUSTER|LINKS CLUSTER|MEET
            CLUSTER|MIGRATESLOTS CLUSTER|MIGRATION CLUSTER|REPLICATE CLUSTER|RESET CLUSTER|SAVECONFIG
            CLUSTER|SET-CONFIG-EPOCH CLUSTER|SETSLOT CLUSTER|SLOT-STATS CLUSTER|SYNCSLOTS COMMANDLOG COMMANDLOG|GET
            COMMANDLOG|HELP COMMANDLOG|LEN COMMANDLOG|RESET CONFIG CONFIG|GET CONFIG|HELP CONFIG|RESETSTAT CONFIG|REWRITE
            CONFIG|SET DBSIZE DEBUG EVAL EVALSHA EVALSHA_RO EVAL_RO FAILOVER FCALL FCALL_RO FLUSHALL FLUSHDB FUNCTION
            FUNCTION|DELETE FUNCTION|DUMP FUNCTION|FLUSH FUNCTION|HELP FUNCTION|KILL FUNCTION|LIST FUNCTION|LOAD
            FUNCTION|RESTORE FUNCTION|STATS INFO LASTSAVE LATENCY LATENCY|DOCTOR LATENCY|GRAPH LATENCY|HELP
            LATENCY|HISTOGRAM LATENCY|HISTORY LATENCY|LATEST LATENCY|RESET MEMORY MEMORY|DOCTOR MEMORY|MALLOC-STATS
            MEMORY|PURGE MEMORY|STATS MIGRATE MODULE MODULE|HELP MODULE|LIST MODULE|LOAD MODULE|LOADEX MODULE|UNLOAD
            MONITOR OBJECT PFDEBUG PFSELFTEST PSYNC PUBSUB PUBSUB|NUMPAT REPLCONF REPLICAOF RESTORE-ASKING ROLE SAVE
            SCRIPT SCRIPT|DEBUG SCRIPT|EXISTS SCRIPT|FLUSH SCRIPT|HELP SCRIPT|KILL SCRIPT|LOAD SCRIPT|SHOW SHUTDOWN
            SLAVEOF SLOWLOG SLOWLOG|GET SLOWLOG|HELP SLOWLOG|LEN SLOWLOG|RESET SWAPDB SYNC XGROUP XINFO
            """;

    private static final String PASSED = """
            ASKING AUTH CLIENT|CACHING CLIENT|GETNAME CLIENT|GETREDIR CLIENT|HELP CLIENT|ID CLIENT|INFO CLIENT|NO-TOUCH
            CLIENT|REPLY CLIENT|SETINFO CLIENT|SETNAME CLIENT|TRACKINGINFO CLUSTER|HELP CLUSTER|INFO CLUSTER|MYID
            CLUSTER|MYSHARDID CLUSTER|NODES CLUSTER|REPLICAS CLUSTER|SHARDS CLUSTER|SLAVES CLUSTER|SLOTS COMMAND
            COMMAND|COUNT COMMAND|DOCS COMMAND|GETKEYS COMMAND|GETKEYSANDFLAGS COMMAND|HELP COMMAND|INFO COMMAND|LIST
            DISCARD ECHO EXEC HELLO LOLWUT MEMORY|HELP MULTI OBJECT|HELP PING PUBSUB|HELP QUIT READONLY READWRITE RESET
            SELECT TIME UNWATCH WAIT WAITAOF XGROUP|HELP XINFO|HELP
            """;

    /** Where the least number of words, each a key, would say nothing. */
    private static final Map<String, String> SAMPLES = Map.ofEntries(
            Map.entry("BLMPOP", "0 2 k1 k2 LEFT"),
            Map.entry("BZMPOP", "0 2 k1 k2 MIN"),
            Map.entry("LMPOP", "2 k1 k2 LEFT"),
            Map.entry("ZMPOP", "2 k1 k2 MIN"),
            Map.entry("SINTERCARD", "2 k1 k2"),
            Map.entry("ZDIFF", "2 k1 k2"),
            Map.entry("ZINTER", "2 k1 k2"),
            Map.entry("ZINTERCARD", "2 k1 k2"),
            Map.entry("ZUNION", "2 k1 k2"),
            Map.entry("ZDIFFSTORE", "d 2 k1 k2"),
            Map.entry("ZINTERSTORE", "d 2 k1 k2"),
            Map.entry("ZUNIONSTORE", "d 2 k1 k2"),
            Map.entry("MSETEX", "2 k1 v k2 v EX 5"),
            Map.entry("XREAD", "COUNT 1 STREAMS k1 k2 0 0"),
            Map.entry("XREADGROUP", "GROUP g c STREAMS k1 k2 > >"),
            Map.entry("SORT", "k1 GET # STORE d"),
            Map.entry("GEORADIUS", "k1 1 1 1 m STORE d"),
            Map.entry("GEORADIUSBYMEMBER", "k1 m 1 m STOREDIST d"),
            Map.entry("SCAN", "0"),
            Map.entry("CLIENT|TRACKING", "ON BCAST PREFIX k1"),
            Map.entry("PUBSUB|CHANNELS", "k1"),
            Map.entry("PUBSUB|SHARDCHANNELS", "k1"),
            Map.entry("PUBSUB|NUMSUB", "k1"),
            Map.entry("PUBSUB|SHARDNUMSUB", "k1"),
            Map.entry("UNSUBSCRIBE", "k1"),
            Map.entry("PUNSUBSCRIBE", "k1"),
            Map.entry("SUNSUBSCRIBE", "k1"));

    @Test
    void everyCommandIsPrefixedPassedOrRefusedAndNoneIsForgotten() {
        PrefixRules rules = PrefixRules.WITHOUT_SCRIPTS;
        assertThat(commands(command -> rules.of(command) == null)).isEqualTo(names(REFUSED));
        assertThat(commands(command -> {
                    PrefixRule rule = rules.of(command);
                    return rule != null && rule.asked() == PrefixRule.Asked.NOTHING;
                }))
                .isEqualTo(names(PASSED));
    }

    private static Set<String> commands(Predicate<RespCommand> which) {
        return RespCommands.all().stream()
                .filter(which)
                .map(RespCommand::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(String text) {
        return new TreeSet<>(List.of(text.strip().split("\\s+", -1)));
    }

    @Test
    void everyKeyThatARequestNamesGoesOutWithThePrefixAndNothingElseChanges() {
        for (RespCommand command : RespCommands.all()) {
            List<String> asked = sample(command);
            for (List<String> sent : sent(command, asked)) {
                List<String> expected = new ArrayList<>(asked);
                expected.replaceAll(word -> word.matches("k\\d+|d") ? "t:" + word : word);
                if (command.name().equals("SCAN")) {
                    expected.addAll(List.of("MATCH", "t:*"));
                }
                assertThat(sent).isEqualTo(expected);
            }
        }
    }

    /** The server's own word on which arguments are keys. */
    @Test
    void whatARealServerTakesForKeysHasThePrefixAndWhatPassesHasNone() throws Exception {
        int asked = 0;
        try (Redis redis = new Redis();
                Wire server = redis.client(redis.server().port())) {
            for (RespCommand command : RespCommands.all()) {
                for (List<String> sent : sent(command, sample(command))) {
                    Wire.Frame keys = server.call(Stream.concat(Stream.of("COMMAND", "GETKEYS"), sent.stream())
                            .toArray(String[]::new));
                    assertThat(keys.parts())
                            .as("keys of " + sent)
                            .allSatisfy(key -> assertThat(key.text()).startsWith("t:"));
                    asked += keys.parts().size();
                }
            }
        }
        assertThat(asked).isGreaterThan(200);
    }

    /** What reaches the server; nothing if it is refused. */
    private static List<List<String>> sent(RespCommand command, List<String> asked) {
        // These end the connection, or have the listener's own answer.
        if (Set.of("QUIT", "RANDOMKEY").contains(command.name())) {
            return List.of();
        }
        boolean refused = PrefixRules.WITHOUT_SCRIPTS.of(command) == null;
        try (ChainTester chain = RespChain.of(RedisKeyPrefix.of("t:"))) {
            chain.sink().answers(RespMessage.of(RespValue.error("ERR no")));
            chain.client().send(Wire.request(asked.toArray(String[]::new))).expect(refused ? "-NOPERM" : "-ERR no\r\n");
            List<Arrival> arrivals = chain.sink().arrivals();
            assertThat(arrivals).as(asked.toString()).hasSize(refused ? 0 : 1);
            return arrivals.stream().map(arrival -> Wire.words(arrival.text())).toList();
        }
    }

    /** A request that is whole, whose keys are called k and a number, or d. */
    private static List<String> sample(RespCommand command) {
        List<String> words = new ArrayList<>(List.of(command.name().split("\\|", -1)));
        int names = words.size();
        String known = SAMPLES.get(command.name());
        if (known != null) {
            words.addAll(List.of(known.split(" ", -1)));
            return words;
        }
        while (words.size() < Math.abs(command.arity())) {
            words.add("w" + words.size());
        }
        WordArguments arguments = new WordArguments(words);
        for (int i = 0; i < command.keys(arguments).count(); i++) {
            words.set(command.keys(arguments).get(i), "k" + i);
        }
        for (int i = 0; i < command.channels(arguments).count(); i++) {
            words.set(command.channels(arguments).get(i), "k" + i);
        }
        if (Set.of("KEYS", "CLUSTER|KEYSLOT").contains(command.name())) {
            words.set(names, "k1");
        }
        return words;
    }
}
