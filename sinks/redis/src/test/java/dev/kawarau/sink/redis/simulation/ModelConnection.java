package dev.kawarau.sink.redis.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the server knows of one connection. */
final class ModelConnection {
    final int id;
    final Link link;
    int database;
    boolean resp3;

    @Nullable
    String name;

    /** The queued commands; null outside a transaction. */
    @Nullable
    List<List<String>> queue;

    boolean queueSpoiled;
    boolean watchBroken;
    final Set<String> watched = new HashSet<>();
    final LinkedHashSet<String> channels = new LinkedHashSet<>();
    boolean silent;
    boolean skipNext;
    boolean skip;

    @Nullable
    Blocked blocked;

    /** A client that waits for an element of one of these lists. */
    record Blocked(Executed command, List<String> keys) {}

    ModelConnection(int id, Link link) {
        this.id = id;
        this.link = link;
    }

    void reset() {
        database = 0;
        resp3 = false;
        name = null;
        endTransaction();
        channels.clear();
        silent = false;
        skipNext = false;
        skip = false;
    }

    void endTransaction() {
        queue = null;
        queueSpoiled = false;
        watchBroken = false;
        watched.clear();
    }

    List<List<String>> takeQueue() {
        List<List<String>> taken = queue == null ? List.of() : new ArrayList<>(queue);
        endTransaction();
        return taken;
    }

    // --- commands that concern the connection alone

    String multi() {
        if (queue != null) {
            return Frames.error("ERR MULTI calls can not be nested");
        }
        queue = new ArrayList<>();
        return "+OK\r\n";
    }

    String discard() {
        if (queue == null) {
            return Frames.error("ERR DISCARD without MULTI");
        }
        endTransaction();
        return "+OK\r\n";
    }

    String unwatch() {
        watched.clear();
        watchBroken = false;
        return "+OK\r\n";
    }

    String select(String number) {
        int wanted = Integer.parseInt(number);
        if (wanted > 15) {
            return Frames.error("ERR DB index is out of range");
        }
        database = wanted;
        return "+OK\r\n";
    }

    String client(List<String> a) {
        String word = a.get(1).toUpperCase(Locale.ROOT);
        if (word.equals("SETNAME") && a.size() == 3) {
            name = a.get(2).isEmpty() ? null : a.get(2);
            return "+OK\r\n";
        }
        if (word.equals("GETNAME")) {
            return name == null ? Frames.nil(resp3) : Frames.bulk(name);
        }
        if (word.equals("REPLY") && a.size() == 3) {
            String mode = a.get(2).toUpperCase(Locale.ROOT);
            skipNext = mode.equals("SKIP") && !silent;
            silent = mode.equals("OFF") || (mode.equals("SKIP") && silent);
            return "+OK\r\n";
        }
        return Frames.error("ERR unknown subcommand '" + a.get(1) + "'. Try CLIENT HELP.");
    }

    String ping(List<String> a) {
        if (!resp3 && !channels.isEmpty()) {
            return Frames.array(List.of(Frames.bulk("pong"), Frames.bulk(a.size() > 1 ? a.get(1) : "")));
        }
        return a.size() > 1 ? Frames.bulk(a.get(1)) : "+PONG\r\n";
    }

    String subscribe(List<String> a) {
        StringBuilder reply = new StringBuilder();
        for (String channel : a.subList(1, a.size())) {
            channels.add(channel);
            reply.append(confirmation("subscribe", Frames.bulk(channel)));
        }
        return reply.toString();
    }

    String unsubscribe(List<String> a) {
        List<String> ended = a.size() > 1 ? a.subList(1, a.size()) : List.copyOf(channels);
        if (ended.isEmpty()) {
            return confirmation("unsubscribe", Frames.nil(resp3));
        }
        StringBuilder reply = new StringBuilder();
        for (String channel : ended) {
            channels.remove(channel);
            reply.append(confirmation("unsubscribe", Frames.bulk(channel)));
        }
        return reply.toString();
    }

    private String confirmation(String word, String channel) {
        return Frames.push(List.of(Frames.bulk(word), channel, Frames.number(channels.size())), resp3);
    }

    String hello(List<String> a, String version) {
        if (a.size() > 1) {
            if (!a.get(1).equals("2") && !a.get(1).equals("3")) {
                return Frames.error("NOPROTO unsupported protocol version");
            }
            resp3 = a.get(1).equals("3");
        }
        for (int i = 2; i + 1 < a.size(); i += 2) {
            name = a.get(i + 1); // SETNAME is all that is sent here
        }
        List<String> facts = List.of(
                Frames.bulk("server"), Frames.bulk("redis"),
                Frames.bulk("version"), Frames.bulk(version),
                Frames.bulk("proto"), Frames.number(resp3 ? 3 : 2),
                Frames.bulk("id"), Frames.number(id));
        return (resp3 ? "%4\r\n" : "*8\r\n") + String.join("", facts);
    }

    @Override
    public String toString() {
        return "server connection " + id;
    }
}
