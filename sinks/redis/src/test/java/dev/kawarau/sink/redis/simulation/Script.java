package dev.kawarau.sink.redis.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What a client says. Nearly every request has a word in it that no other has. */
final class Script {
    private final Run run;
    private final String client;
    private final SplittableRandom random;
    private int tokens;

    Script(Run run, String client, SplittableRandom random) {
        this.run = run;
        this.client = client;
        this.random = random;
    }

    /** A word that is used once. */
    String token() {
        return client + "." + ++tokens;
    }

    void step(ClientSession session) {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> transaction(session);
            case 3 -> session.send(true, "WATCH", key(), token());
            case 4 -> session.send(false, "SELECT", Integer.toString(random.nextInt(3)));
            case 5 -> hello(session);
            case 6 -> name(session);
            case 7 -> session.send(false, "RESET");
            case 8, 9 -> block(session);
            case 10 -> session.send(true, "SUBSCRIBE", channel(), "c" + token());
            case 11 -> unsubscribe(session);
            default -> {}
        }
        commands(session, random.nextInt(8));
    }

    /** So many commands that leave nothing on the connection. */
    void commands(ClientSession session, int count) {
        for (int i = 0; i < count; i++) {
            command(session);
        }
    }

    private void command(ClientSession session) {
        switch (random.nextInt(14)) {
            case 0, 1 -> write(session);
            case 2 -> session.send(true, "APPEND", "own" + client, token());
            case 3 -> session.send(false, "INCR", "count" + client);
            case 4, 5 -> session.send(true, "MGET", key(), token());
            case 6 -> session.send(false, "GET", key());
            case 7 -> session.send(true, "PING", token());
            case 8 -> session.send(true, "RPUSH", list(), "e" + token());
            case 9 -> session.send(true, "PUBLISH", channel(), "m" + token());
            case 10 -> session.send(true, "nosuchcommand", token());
            case 11 -> session.send(true, "INCR", token(), "one too many");
            case 12 -> session.send(true, "echo", large());
            default -> session.send(true, "ECHO", token());
        }
    }

    void write(ClientSession session) {
        session.send(true, "SET", key(), large());
    }

    private String large() {
        int size =
                random.nextInt(10) > 0 ? 0 : run.plan().largeValues() ? random.nextInt(200_000) : random.nextInt(6_000);
        return size == 0 ? token() : token() + "x".repeat(size);
    }

    private void transaction(ClientSession session) {
        if (session.inTransaction()) {
            return;
        }
        if (random.nextInt(3) == 0) {
            session.send(true, "WATCH", key(), token());
        }
        session.beginTransaction();
        for (int i = random.nextInt(5); i > 0; i--) {
            transactionCommand(session);
        }
        int end = random.nextInt(20);
        session.send(false, end == 0 ? "RESET" : end < 3 ? "DISCARD" : "EXEC");
    }

    private void transactionCommand(ClientSession session) {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> write(session);
            case 4 -> session.send(true, "APPEND", "own" + client, token());
            case 5 -> session.send(true, "RPUSH", list(), "e" + token());
            case 6 -> session.send(true, "PUBLISH", channel(), "m" + token());
            case 7 -> session.send(true, "BLPOP", list(), "none" + token(), "0");
            case 8 -> command(session);
            default -> session.send(true, "MGET", key(), token());
        }
    }

    private void hello(ClientSession session) {
        switch (random.nextInt(6)) {
            case 0 -> session.send(false, "HELLO");
            case 1 -> session.send(false, "HELLO", "4");
            case 2 -> session.send(false, "HELLO", "2");
            default -> session.send(false, "HELLO", "3");
        }
    }

    private void name(ClientSession session) {
        if (random.nextBoolean()) {
            session.send(false, "CLIENT", "SETNAME", random.nextInt(4) == 0 ? "" : "name" + token());
        }
        session.send(false, "CLIENT", "GETNAME");
    }

    private void block(ClientSession session) {
        String timeout = random.nextInt(3) == 0 ? "0" : Integer.toString(1 + random.nextInt(3));
        session.send(true, "BLPOP", list(), "none" + token(), timeout);
    }

    private void unsubscribe(ClientSession session) {
        List<String> words = new ArrayList<>(List.of("UNSUBSCRIBE"));
        if (random.nextBoolean()) {
            words.add(channel());
            words.add("c" + token());
        }
        session.send(words.size() > 1, words);
    }

    private String key() {
        return "key" + random.nextInt(4);
    }

    private String list() {
        return "list" + random.nextInt(3);
    }

    private String channel() {
        return "chat" + random.nextInt(2);
    }
}
