package dev.kawarau.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kawarau.Query.Kind;
import dev.kawarau.resp.RespCommand.Routing;
import dev.kawarau.testkit.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table against what a real server says of its commands. */
class RespCommandServerTest {

    /** Scripts may write, and the server gives them neither flag. */
    private static final Set<String> SCRIPTS = Set.of("EVAL", "EVALSHA", "FCALL");

    private static RedisServer server;
    private static PlainConnection connection;
    /** What COMMAND answers, by name, subcommands included. */
    private static Map<String, Described> described;

    private record Described(long arity, Set<String> flags, int first, int last, int step, boolean container) {}

    @BeforeAll
    static void askTheServer() throws IOException {
        server = RedisServer.start();
        connection = new PlainConnection(server.port());
        described = new LinkedHashMap<>();
        describe((List<?>) connection.call("COMMAND"));
    }

    @AfterAll
    static void stopTheServer() throws IOException {
        connection.close();
        server.close();
    }

    @Test
    void theTableHasEveryCommandOfTheServer() {
        assertThat(described).hasSizeGreaterThan(300);
        assertThat(described.keySet())
                .allMatch(name -> RespCommands.find(name).name().equals(name));
    }

    @Test
    void theServerHasEveryCommandThatTheTableSaysItHas() throws IOException {
        String info = (String) connection.call("INFO", "server");
        int version = version(info.replaceAll("(?s).*redis_version:(\\d+\\.\\d+).*", "$1"));

        assertThat(inTable(command -> command.since().startsWith("redis-")
                        && version(command.since().substring("redis-".length())) <= version))
                .isEqualTo(onServer(command -> true));
    }

    @Test
    void aritiesAreThoseOfTheServer() {
        described.forEach((name, command) ->
                assertThat(RespCommands.find(name).arity()).as(name).isEqualTo((int) command.arity));
    }

    @Test
    void commandsWithSubcommandsAreThoseOfTheServer() {
        assertThat(inTable(command -> command.isContainer() && described.containsKey(command.name())))
                .isEqualTo(onServer(Described::container));
    }

    @Test
    void versionsAreThoseOfTheServer() throws IOException {
        Map<String, String> since = new LinkedHashMap<>();
        readSince((List<?>) connection.call("COMMAND", "DOCS"), since);

        assertThat(since).hasSizeGreaterThan(300);
        since.forEach((name, version) -> assertThat(RespCommands.find(name).since())
                .as(name)
                .isEqualTo("redis-" + version.substring(0, version.lastIndexOf('.'))));
    }

    @Test
    void readsAreWhatTheServerCallsReadOnly() {
        assertThat(inTable(command -> command.kind() == Kind.READ && described.containsKey(command.name())))
                .isEqualTo(onServer(command -> command.flags.contains("readonly")));
    }

    @Test
    void writesAreWhatTheServerCallsWriteAndScripts() {
        Set<String> expected = onServer(command -> command.flags.contains("write"));
        expected.removeAll(inTable(command -> command.kind() == Kind.SCHEMA));
        expected.addAll(SCRIPTS);

        assertThat(inTable(command -> (command.kind() == Kind.WRITE || command.kind() == Kind.READ_WRITE)
                        && described.containsKey(command.name())))
                .isEqualTo(expected);
    }

    @Test
    void whatTheServerCallsPubsubIsPubsub() {
        Set<String> expected = onServer(command -> command.flags.contains("pubsub"));
        expected.add("PUBSUB|HELP");

        assertThat(inTable(command -> command.kind() == Kind.PUBSUB)).isEqualTo(expected);
    }

    @Test
    void whatTheServerCallsBlockingIsReserved() {
        Set<String> expected = onServer(command -> command.flags.contains("blocking"));
        // They wait too: for replicas, and for replicas to catch up.
        expected.addAll(Set.of("WAIT", "SHUTDOWN"));
        // They set free what keeps other connections waiting, perhaps the very one that is shared.
        expected.addAll(Set.of("SCRIPT|KILL", "FUNCTION|KILL", "CLIENT|UNPAUSE"));

        assertThat(inTable(command -> command.routing() == Routing.RESERVED && described.containsKey(command.name())))
                .isEqualTo(expected);
    }

    @Test
    void positionsOfKeysThatTheServerGivesAreTheSame() {
        int compared = 0;
        for (Map.Entry<String, Described> entry : described.entrySet()) {
            Described command = entry.getValue();
            if (command.first == 0 || command.flags.contains("movablekeys")) {
                continue;
            }
            CommandLine line = plain(entry.getKey(), command);
            List<String> expected = new ArrayList<>();
            int last = command.last < 0 ? line.count() + command.last : command.last;
            for (int i = command.first; i <= last; i += command.step) {
                expected.add(line.words().get(i));
            }
            // The server calls channels of shards keys here, and only here.
            List<String> found = line.channels().isEmpty() ? line.keys() : line.channels();
            assertThat(found).as(line.toString()).isEqualTo(expected);
            compared++;
        }
        assertThat(compared).isGreaterThan(160);
    }

    @Test
    void keysOfPlainArgumentsAreTheServers() throws IOException {
        for (Map.Entry<String, Described> entry : described.entrySet()) {
            if (!entry.getValue().container && !entry.getValue().flags.contains("movablekeys")) {
                CommandLine line = plain(entry.getKey(), entry.getValue());
                assertThat(line.keys()).as(line.toString()).isEqualTo(keysOnServer(line));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EVAL script 2 a b c",
                "EVALSHA sha 1 a",
                "EVAL_RO script 3 a b c d",
                "EVALSHA_RO sha 1 a b",
                "FCALL function 2 a b c",
                "FCALL_RO function 1 a",
                "LMPOP 2 a b LEFT COUNT 3",
                "BLMPOP 0 2 a b RIGHT",
                "ZMPOP 1 a MIN",
                "BZMPOP 0 2 a b MAX",
                "SINTERCARD 2 a b LIMIT 1",
                "ZINTERCARD 2 a b LIMIT 1",
                "ZDIFF 2 a b WITHSCORES",
                "ZINTER 2 a b WEIGHTS 1 2",
                "ZUNION 1 a",
                "ZDIFFSTORE destination 2 a b",
                "ZINTERSTORE destination 1 a WEIGHTS 2",
                "ZUNIONSTORE destination 2 a b AGGREGATE MAX",
                "SORT a",
                "SORT a ALPHA DESC LIMIT 0 10 STORE b",
                "SORT a BY STORE GET q STORE b",
                "SORT a STORE b BY w_* GET x_* STORE c",
                "SORT a STORE",
                "SORT_RO a BY w_* GET #",
                "GEORADIUS a 1 2 3 m",
                "GEORADIUS a 1 2 3 m WITHDIST COUNT 3 ANY STORE b",
                "GEORADIUS a 1 2 3 m STORE b STOREDIST c",
                "GEORADIUS a 1 2 3 m STORE",
                "GEORADIUSBYMEMBER a m 3 km STOREDIST b",
                "GEORADIUSBYMEMBER a STORE STORE STORE STORE b",
                "MIGRATE host 1 a 0 10",
                "MIGRATE host 1 a 0 10 COPY REPLACE AUTH keys",
                "MIGRATE host 1 \"\" 0 10 KEYS a b",
                "MIGRATE host 1 \"\" 0 10 COPY AUTH KEYS KEYS a b",
                "MIGRATE host 1 \"\" 0 10 AUTH2 KEYS KEYS KEYS a",
                "XREAD STREAMS a 0",
                "XREAD STREAMS a b 0 0",
                "XREAD COUNT 1 BLOCK 3 STREAMS a b c 0 0 0",
                "XREADGROUP GROUP g c STREAMS a >",
                "XREADGROUP GROUP streams c COUNT 1 NOACK STREAMS a b > >",
                "XREADGROUP GROUP g STREAMS STREAMS a >",
                "XREADGROUP GROUP g c STREAMS STREAMS a > >",
                "xreadgroup group g c block 0 streams a >"
            })
    void keysThatMoveAreTheServers(String words) throws IOException {
        CommandLine line = CommandLine.of(words);

        assertThat(line.keys()).isNotEmpty().isEqualTo(keysOnServer(line));
    }

    @Test
    void everyCommandWhoseKeysMoveIsTried() throws NoSuchMethodException {
        String[] tried = RespCommandServerTest.class
                .getDeclaredMethod("keysThatMoveAreTheServers", String.class)
                .getAnnotation(ValueSource.class)
                .strings();

        assertThat(Arrays.stream(tried).map(line -> line.split(" ", 2)[0].toUpperCase(Locale.ROOT)))
                .containsAll(onServer(command -> command.flags.contains("movablekeys")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EVAL script 0 a",
                "EVAL script -1 a",
                "EVAL script 2 a",
                "FCALL function 99999999999 a",
                "LMPOP x a LEFT",
                "ZUNIONSTORE destination 3 a b",
                "ZUNIONSTORE destination 0 a b",
                "MIGRATE host 1 a 0 10 KEYS a b",
                "SPUBLISH channel message",
                "SUBSCRIBE channel",
                "PING a",
                "RENAME a",
                "SET a"
            })
    void whereTheServerSeesNoKeysThereAreNone(String words) throws IOException {
        CommandLine line = CommandLine.of(words);

        assertThat(keysOnServer(line)).isEmpty();
        assertThat(line.keys()).isEmpty();
    }

    /** COMMAND GETKEYS is more lenient than the commands themselves, which is why the table is not like it here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "EVAL script +1 a",
                "EVAL script 01 a",
                "EVAL script 1x a",
                "EVAL script 4294967297 a",
                "ZUNION 01 a",
                "SINTERCARD +1 a"
            })
    void aCountThatGivesNoKeysIsRefusedByTheServer(String words) throws IOException {
        CommandLine line = CommandLine.of(words);

        assertThat(line.keys()).isEmpty();
        assertThat(connection.call(words.split(" "))).asString().startsWith("-ERR ");
    }

    /** As many arguments as the command needs, and a few more if it takes them. */
    private static CommandLine plain(String name, Described command) {
        List<String> words = new ArrayList<>(List.of(name.split("\\|")));
        long count = command.arity < 0 ? 3 - command.arity : command.arity;
        while (words.size() < count) {
            words.add("argument" + words.size());
        }
        return CommandLine.of(words.toArray(String[]::new));
    }

    private static Set<String> inTable(Predicate<RespCommand> condition) {
        return RespCommands.all().stream()
                .filter(condition)
                .map(RespCommand::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> onServer(Predicate<Described> condition) {
        return described.keySet().stream()
                .filter(name -> condition.test(described.get(name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> keysOnServer(CommandLine line) throws IOException {
        List<String> call = new ArrayList<>(List.of("COMMAND", "GETKEYS"));
        call.addAll(line.words());
        Object answer = connection.call(call.toArray(String[]::new));
        if (answer instanceof List<?> keys) {
            return keys.stream().map(String.class::cast).toList();
        }
        assertThat(answer)
                .asString()
                .containsAnyOf(
                        "no key arguments",
                        "Invalid arguments",
                        "Invalid number of arguments",
                        "wrong number of arguments for 'command|getkeys'");
        return List.of();
    }

    private static void describe(List<?> commands) {
        for (Object each : commands) {
            List<?> command = (List<?>) each;
            List<?> subcommands = (List<?>) command.get(9);
            Set<String> flags = ((List<?>) command.get(2))
                    .stream().map(flag -> ((String) flag).substring(1)).collect(Collectors.toSet());
            described.put(
                    ((String) command.get(0)).toUpperCase(Locale.ROOT),
                    new Described(
                            (long) command.get(1),
                            flags,
                            position(command, 3),
                            position(command, 4),
                            position(command, 5),
                            !subcommands.isEmpty()));
            describe(subcommands);
        }
    }

    private static int position(List<?> command, int field) {
        return Math.toIntExact((long) command.get(field));
    }

    private static void readSince(List<?> docs, Map<String, String> since) {
        for (int i = 0; i < docs.size(); i += 2) {
            List<?> fields = (List<?>) docs.get(i + 1);
            for (int field = 0; field < fields.size(); field += 2) {
                if (fields.get(field).equals("since")) {
                    since.put(((String) docs.get(i)).toUpperCase(Locale.ROOT), (String) fields.get(field + 1));
                } else if (fields.get(field).equals("subcommands")) {
                    readSince((List<?>) fields.get(field + 1), since);
                }
            }
        }
    }

    private static int version(String majorAndMinor) {
        String[] parts = majorAndMinor.split("\\.");
        return Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
    }
}
