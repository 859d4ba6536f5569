package dev.kawarau.sink.redis;

import dev.kawarau.sink.redis.Corpus.Section;
import dev.kawarau.sink.redis.Step.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Plays one scenario on two sides at once and compares, reply by reply, what comes back. */
final class Comparison {

    private static final String MARKER = "end-of-scenario";

    private final int protocol;
    private final Side direct;
    private final Side tested;
    private final TreeSet<Integer> open = new TreeSet<>();
    private final List<String> differences = new ArrayList<>();

    Comparison(int protocol, Side direct, Side tested) {
        this.protocol = protocol;
        this.direct = direct;
        this.tested = tested;
    }

    /** @throws AssertionError if they differ, with all differences up to a reply that never came */
    void play(String file, Section section) throws IOException {
        direct.startAfresh();
        tested.startAfresh();
        int line = 0;
        try {
            for (Step step : section.steps()) {
                line = step.line();
                int before = differences.size();
                play(step);
                for (int i = before; i < differences.size(); i++) {
                    differences.set(i, "line " + line + ", client " + step.client() + ": " + differences.get(i));
                }
            }
            finish();
        } catch (IOException | RuntimeException e) {
            differences.add("line " + line + ", gave up: " + e);
        }
        if (!differences.isEmpty()) {
            throw new AssertionError(file + ".txt, " + section.name() + "\n" + String.join("\n", differences));
        }
    }

    private void play(Step step) throws IOException {
        int client = step.client();
        if (step.kind() != Step.Kind.CLIENTS && open.add(client)) {
            connect(client);
        }
        switch (step.kind()) {
            case SEND -> send(step);
            case READ -> readAll(step);
            case EOF -> {
                expectEnd(direct, client);
                expectEnd(tested, client);
                close(client);
            }
            case GONE -> {
                expectGone(direct, client);
                expectGone(tested, client);
                close(client);
            }
            case CLOSE -> close(client);
            case UNTIL -> {
                direct.sendUntil(client, step.requests().get(0).words());
                tested.sendUntil(client, step.requests().get(0).words());
            }
            case CLIENTS -> {
                List<String> words = step.requests().get(0).words();
                direct.awaitClients(words.get(0), Integer.parseInt(words.get(1)));
                tested.awaitClients(words.get(0), Integer.parseInt(words.get(1)));
            }
        }
    }

    private void connect(int client) throws IOException {
        direct.open(client);
        tested.open(client);
        if (protocol == 3) {
            Request hello = Request.of(List.of("HELLO", "3"), Normalisation.of(List.of("%mask-after=id")));
            send(new Step(Step.Kind.SEND, client, List.of(hello), 0));
        }
    }

    private void close(int client) throws IOException {
        direct.forget(client);
        tested.forget(client);
        open.remove(client);
    }

    private void send(Step step) throws IOException {
        boolean blocks = step.requests().stream().anyMatch(Request::blocks);
        send(step, direct, blocks);
        send(step, tested, blocks);
        readAll(step);
    }

    private static void send(Step step, Side side, boolean blocks) throws IOException {
        StringBuilder bytes = new StringBuilder();
        for (Request request : step.requests()) {
            bytes.append(
                    request.raw() ? String.join("", side.substitute(request.words())) : side.encode(request.words()));
        }
        int blocked = blocks ? side.blockedClients() : 0;
        side.client(step.client()).send(bytes.toString());
        if (blocks) {
            side.awaitBlockedClients(blocked + 1);
        }
    }

    private void readAll(Step step) throws IOException {
        for (Request request : step.requests()) {
            for (int i = 0; i < request.frames(); i++) {
                Frame expected = read(direct, step.client(), request);
                Frame actual = read(tested, step.client(), request);
                compare(request, expected, actual);
            }
        }
    }

    private static Frame read(Side side, int client, Request request) throws IOException {
        try {
            Frame frame = side.client(client).read();
            if (request.capture() != null) {
                side.variables.putIfAbsent(request.capture(), firstScalar(frame));
            }
            return frame;
        } catch (IOException e) {
            throw new IOException(
                    side.name + " gives no reply to client " + client + " `" + request.printable() + "`", e);
        }
    }

    private void compare(Request request, Frame expected, Frame actual) {
        if (!request.normalisation()
                .apply(expected)
                .equals(request.normalisation().apply(actual))) {
            differences.add("`" + request.printable() + "`\n    " + direct.name + ": " + expected.printable() + "\n    "
                    + tested.name + ": " + actual.printable());
        }
    }

    private static String firstScalar(Frame frame) {
        Frame first = frame;
        while (first.isAggregate() && !first.items().isEmpty()) {
            first = first.items().get(0);
        }
        return first.text();
    }

    /** Shows replies that nobody asked for: they would come before the marker's. */
    private void finish() throws IOException {
        Request ping = Request.of(List.of("PING", MARKER), Normalisation.EXACT);
        for (int client : open) {
            String bytes = Words.encode(ping.words());
            direct.client(client).send(bytes);
            tested.client(client).send(bytes);
            Frame expected = read(direct, client, ping);
            compare(ping, expected, read(tested, client, ping));
            if (!expected.raw().contains(MARKER) && !expected.raw().equals("+QUEUED\r\n") && expected.type() != '-') {
                differences.add("client " + client + " has a reply that no line reads: " + expected.printable());
            }
        }
    }

    private void expectEnd(Side side, int client) throws IOException {
        if (!side.client(client).atEnd()) {
            differences.add(side.name + " does not close the connection");
        }
    }

    private static void expectGone(Side side, int client) throws IOException {
        try {
            if (side.client(client).read().type() != '-') {
                throw new IllegalStateException(side.name + " answers though the server is gone");
            }
        } catch (java.io.EOFException | java.net.SocketException closed) {
            // As it should be.
        }
    }
}
