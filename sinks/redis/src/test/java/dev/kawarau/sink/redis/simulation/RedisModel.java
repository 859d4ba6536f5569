package dev.kawarau.sink.redis.simulation;

import dev.kawarau.sink.redis.simulation.ModelConnection.Blocked;
import dev.kawarau.testkit.simulation.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The server that a simulation's proxy talks to: what a small part of Redis does, in memory and in virtual time. */
final class RedisModel {
    private static final Map<String, Integer> ARITIES = Map.ofEntries(
            Map.entry("GET", 2),
            Map.entry("MGET", -2),
            Map.entry("SET", 3),
            Map.entry("INCR", 2),
            Map.entry("APPEND", 3),
            Map.entry("RPUSH", -3),
            Map.entry("BLPOP", -3),
            Map.entry("ECHO", 2),
            Map.entry("PING", -1),
            Map.entry("SELECT", 2),
            Map.entry("HELLO", -1),
            Map.entry("CLIENT", -2),
            Map.entry("MULTI", 1),
            Map.entry("EXEC", 1),
            Map.entry("DISCARD", 1),
            Map.entry("WATCH", -2),
            Map.entry("UNWATCH", 1),
            Map.entry("RESET", 1),
            Map.entry("SUBSCRIBE", -2),
            Map.entry("UNSUBSCRIBE", -1),
            Map.entry("PUBLISH", 3));

    private final World world;
    private final ExecutionLog log;
    private final String version;
    private final List<Map<String, Object>> databases = new ArrayList<>();
    private final LinkedHashSet<ModelConnection> connections = new LinkedHashSet<>();
    private final Map<String, List<ModelConnection>> waiting = new LinkedHashMap<>();
    private final ArrayDeque<String> ready = new ArrayDeque<>();
    private int lastId;

    RedisModel(World world, ExecutionLog log, String version) {
        this.world = world;
        this.log = log;
        this.version = version;
        for (int i = 0; i < 16; i++) {
            databases.add(new HashMap<>());
        }
    }

    ModelConnection connect(Link link) {
        ModelConnection connection = new ModelConnection(++lastId, link);
        connections.add(connection);
        return connection;
    }

    void disconnect(ModelConnection connection) {
        connections.remove(connection);
        connection.reset();
        unblock(connection);
    }

    private void unblock(ModelConnection connection) {
        Blocked blocked = connection.blocked;
        if (blocked != null) {
            blocked.keys()
                    .forEach(key -> waiting.getOrDefault(key, new ArrayList<>()).remove(connection));
            connection.blocked = null;
        }
    }

    // --- commands

    void execute(ModelConnection c, List<String> arguments) {
        Executed executed = log.begin(c, String.join(" ", arguments), world.now());
        String name = arguments.get(0).toUpperCase(Locale.ROOT);
        String reply;
        if (c.queue != null
                && !List.of("EXEC", "DISCARD", "MULTI", "WATCH", "RESET").contains(name)) {
            String refusal = refusal(name, arguments);
            c.queueSpoiled |= refusal != null;
            if (refusal == null) {
                c.queue.add(arguments);
                executed.queued = true;
            }
            reply = refusal != null ? refusal : "+QUEUED\r\n";
        } else {
            reply = direct(c, executed, name, arguments);
        }
        if (reply != null) {
            answer(c, executed, reply);
        }
        c.skip = c.skipNext;
        c.skipNext = false;
        serveReady();
    }

    private void answer(ModelConnection c, Executed executed, String reply) {
        boolean wanted = !c.silent && !c.skip && !c.skipNext;
        executed.reply = wanted ? reply : "";
        executed.afterClose = c.link.isClosedByProxy();
        executed.time = world.now();
        if (wanted) {
            c.link.reply(reply);
        }
    }

    private @Nullable String refusal(String name, List<String> arguments) {
        Integer arity = ARITIES.get(name);
        if (arity == null) {
            StringBuilder text =
                    new StringBuilder("ERR unknown command '" + arguments.get(0) + "', with args beginning with: ");
            arguments.stream().skip(1).forEach(a -> text.append("'").append(a).append("' "));
            return Frames.error(text.toString());
        }
        boolean fits = arity >= 0 ? arguments.size() == arity : arguments.size() >= -arity;
        return fits
                ? null
                : Frames.error("ERR wrong number of arguments for '" + name.toLowerCase(Locale.ROOT) + "' command");
    }

    private @Nullable String direct(ModelConnection c, Executed executed, String name, List<String> a) {
        String refusal = refusal(name, a);
        if (refusal != null) {
            return refusal;
        }
        if (!c.resp3
                && !c.channels.isEmpty()
                && !List.of("SUBSCRIBE", "UNSUBSCRIBE", "PING", "RESET").contains(name)) {
            return Frames.error("ERR Can't execute '" + name.toLowerCase(Locale.ROOT) + "': only (P|S)SUBSCRIBE / "
                    + "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        }
        return switch (name) {
            case "MULTI" -> c.multi();
            case "EXEC" -> exec(c, executed);
            case "DISCARD" -> c.discard();
            case "WATCH" -> watch(c, a);
            case "UNWATCH" -> c.unwatch();
            case "RESET" -> {
                c.reset();
                yield "+RESET\r\n";
            }
            case "CLIENT" -> c.client(a);
            case "HELLO" -> c.hello(a, version);
            case "SUBSCRIBE" -> c.subscribe(a);
            case "UNSUBSCRIBE" -> c.unsubscribe(a);
            case "BLPOP" -> blpop(c, executed, a, true);
            default -> data(c, executed, name, a);
        };
    }

    private String data(ModelConnection c, Executed executed, String name, List<String> a) {
        log.applied(String.join(" ", a));
        return switch (name) {
            case "ECHO" -> Frames.bulk(a.get(1));
            case "PING" -> c.ping(a);
            case "GET" -> get(c, a.get(1), true);
            case "MGET" ->
                Frames.array(a.stream().skip(1).map(key -> get(c, key, false)).toList());
            case "SET" -> set(c, a.get(1), a.get(2));
            case "APPEND" -> append(c, a.get(1), a.get(2));
            case "INCR" -> incr(c, a.get(1));
            case "RPUSH" -> rpush(c, a);
            case "PUBLISH" -> Frames.number(publish(a.get(1), a.get(2)));
            case "SELECT" -> c.select(a.get(1));
            case "BLPOP" -> String.valueOf(blpop(c, executed, a, false));
            default -> Frames.error("ERR Command not allowed inside a transaction");
        };
    }

    // --- transactions

    private String exec(ModelConnection c, Executed executed) {
        if (c.queue == null) {
            return Frames.error("ERR EXEC without MULTI");
        }
        if (c.queueSpoiled) {
            c.endTransaction();
            return Frames.error("EXECABORT Transaction discarded because of previous errors.");
        }
        if (c.watchBroken) {
            c.endTransaction();
            return Frames.nilArray(c.resp3);
        }
        List<List<String>> queue = c.takeQueue();
        log.batch(executed, queue.stream().map(a -> String.join(" ", a)).toList());
        List<String> replies = new ArrayList<>();
        for (List<String> a : queue) {
            replies.add(data(c, executed, a.get(0).toUpperCase(Locale.ROOT), a));
        }
        return Frames.array(replies);
    }

    private String watch(ModelConnection c, List<String> a) {
        if (c.queue != null) {
            return Frames.error("ERR WATCH inside MULTI is not allowed");
        }
        a.stream().skip(1).forEach(key -> c.watched.add(c.database + ":" + key));
        return "+OK\r\n";
    }

    private void touch(ModelConnection c, String key) {
        String place = c.database + ":" + key;
        log.modified(place);
        for (ModelConnection other : connections) {
            other.watchBroken |= other.watched.contains(place);
        }
    }

    // --- strings

    private String get(ModelConnection c, String key, boolean strict) {
        Object value = databases.get(c.database).get(key);
        if (value instanceof ArrayDeque<?>) {
            return strict ? wrongType() : Frames.nil(c.resp3);
        }
        return value == null ? Frames.nil(c.resp3) : Frames.bulk((String) value);
    }

    private String set(ModelConnection c, String key, String value) {
        databases.get(c.database).put(key, value);
        touch(c, key);
        return "+OK\r\n";
    }

    private String append(ModelConnection c, String key, String value) {
        Object old = databases.get(c.database).getOrDefault(key, "");
        if (!(old instanceof String text)) {
            return wrongType();
        }
        set(c, key, text + value);
        return Frames.number((text + value).length());
    }

    private String incr(ModelConnection c, String key) {
        Object old = databases.get(c.database).getOrDefault(key, "0");
        if (!(old instanceof String text)) {
            return wrongType();
        }
        if (!text.matches("\\d{1,9}")) {
            return Frames.error("ERR value is not an integer or out of range");
        }
        int next = Integer.parseInt(text) + 1;
        set(c, key, Integer.toString(next));
        return Frames.number(next);
    }

    private static String wrongType() {
        return Frames.error("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    // --- lists

    private @Nullable ArrayDeque<String> list(int database, String key) {
        Object value = databases.get(database).get(key);
        if (!(value instanceof ArrayDeque<?> found)) {
            return null;
        }
        @SuppressWarnings("unchecked") // there is only one kind of list
        ArrayDeque<String> list = (ArrayDeque<String>) found;
        return list;
    }

    private String rpush(ModelConnection c, List<String> a) {
        String key = a.get(1);
        ArrayDeque<String> list = list(c.database, key);
        if (list == null) {
            if (databases.get(c.database).containsKey(key)) {
                return wrongType();
            }
            list = new ArrayDeque<>();
            databases.get(c.database).put(key, list);
        }
        list.addAll(a.subList(2, a.size()));
        touch(c, key);
        ready.add(c.database + ":" + key);
        return Frames.number(list.size());
    }

    /** Puts an element into a list as a client of no proxy would. */
    void push(int database, String key, String element) {
        String place = database + ":" + key;
        Object list = databases.get(database).computeIfAbsent(key, k -> new ArrayDeque<String>());
        if (list instanceof ArrayDeque<?>) {
            List.of(element).forEach(e -> list(database, key).add(e));
            log.modified(place);
            connections.forEach(other -> other.watchBroken |= other.watched.contains(place));
            ready.add(place);
            serveReady();
        }
    }

    private @Nullable String blpop(ModelConnection c, Executed executed, List<String> a, boolean mayBlock) {
        List<String> keys = a.subList(1, a.size() - 1);
        for (String key : keys) {
            ArrayDeque<String> list = list(c.database, key);
            if (list != null) {
                return pop(c, c.database, key, list, executed);
            }
            if (databases.get(c.database).containsKey(key)) {
                return wrongType();
            }
        }
        if (!mayBlock) {
            return Frames.nilArray(c.resp3);
        }
        List<String> places = keys.stream().map(key -> c.database + ":" + key).toList();
        Blocked blocked = new Blocked(executed, places);
        c.blocked = blocked;
        places.forEach(
                place -> waiting.computeIfAbsent(place, k -> new ArrayList<>()).add(c));
        long timeout = (long) (Double.parseDouble(a.get(a.size() - 1)) * TimeUnit.SECONDS.toNanos(1));
        if (timeout > 0) {
            world.after(timeout, () -> c.link.whenServerRuns(() -> timeOut(c, blocked)));
        }
        return null;
    }

    private void timeOut(ModelConnection c, Blocked blocked) {
        if (c.blocked == blocked) {
            unblock(c);
            answer(c, blocked.command(), Frames.nilArray(c.resp3));
            c.link.process();
        }
    }

    private String pop(ModelConnection c, int database, String key, ArrayDeque<String> list, Executed executed) {
        String element = list.remove();
        if (list.isEmpty()) {
            databases.get(database).remove(key);
        }
        touch(c, key);
        log.popped(element, executed);
        return Frames.array(List.of(Frames.bulk(key), Frames.bulk(element)));
    }

    /** Gives elements to those who wait for them, first come first served. */
    private void serveReady() {
        String place;
        while ((place = ready.poll()) != null) {
            int database = Integer.parseInt(place.substring(0, place.indexOf(':')));
            String key = place.substring(place.indexOf(':') + 1);
            List<ModelConnection> queue = waiting.getOrDefault(place, List.of());
            ArrayDeque<String> list = list(database, key);
            while (list != null && !list.isEmpty() && !queue.isEmpty()) {
                ModelConnection c = queue.get(0);
                Executed command = c.blocked == null ? null : c.blocked.command();
                unblock(c);
                if (command != null) {
                    answer(c, command, pop(c, database, key, list, command));
                    world.after(0, () -> c.link.whenServerRuns(c.link::process));
                }
            }
        }
    }

    /** The lists for which somebody waits, as database and key. */
    List<String> wanted() {
        return waiting.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    // --- pub/sub

    int publish(String channel, String message) {
        log.published(channel, message);
        int receivers = 0;
        for (ModelConnection c : connections) {
            if (c.channels.contains(channel)) {
                c.link.reply(Frames.push(
                        List.of(Frames.bulk("message"), Frames.bulk(channel), Frames.bulk(message)), c.resp3));
                receivers++;
            }
        }
        return receivers;
    }
}
