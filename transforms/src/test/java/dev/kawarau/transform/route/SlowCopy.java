package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Random;

/** A way to a store that takes each request in its turn, some turns of the event loop later. For one session. */
final class SlowCopy implements Chain {
    private record Waiting(Message request, Promise reply) {}

    private final Map<String, String> store;
    private final Random random;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    SlowCopy(Map<String, String> store, Random random) {
        this.store = store;
        this.random = random;
    }

    @Override
    public Reply send(Message request) {
        Promise reply = new Promise();
        waiting.add(new Waiting(request, reply));
        if (waiting.size() == 1) {
            request.session().loop().execute(this::turn);
        }
        return reply;
    }

    private void turn() {
        Waiting next = waiting.element();
        next.request().session().loop().execute(random.nextInt(3) > 0 ? this::turn : this::answer);
    }

    private void answer() {
        Waiting next = waiting.element();
        RespMessage request = (RespMessage) next.request();
        String[] words = request.arguments().stream()
                .map(word -> new String(word, StandardCharsets.ISO_8859_1))
                .toArray(String[]::new);
        String answer = carryOut(store, words);
        waiting.remove();
        if (!waiting.isEmpty()) {
            request.session().loop().execute(this::turn);
        }
        next.reply().complete(RespMessage.of(RespValue.simple(answer)));
    }

    /** What a request does to a store, in a few words. */
    static String carryOut(Map<String, String> store, String... words) {
        return switch (words[0]) {
            case "SET" -> {
                store.put(words[1], words[2]);
                yield "OK";
            }
            case "GET" -> store.getOrDefault(words[1], "none");
            case "MGET" -> store.getOrDefault(words[1], "none") + ' ' + store.getOrDefault(words[2], "none");
            default -> Integer.toString(store.size());
        };
    }
}
