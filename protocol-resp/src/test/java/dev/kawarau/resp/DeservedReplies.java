package dev.kawarau.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a listener before an {@link EchoSink} must answer to a stream. */
final class DeservedReplies {
    private static final String PROTOCOL_ERROR = "-ERR Protocol error: ";
    private static final List<String> WEB = List.of("POST", "HOST:");

    /**
     * One reply.
     *
     * @param text null if only an error will do
     * @param orError whether an error will do as well
     */
    private record Deserved(@Nullable String text, boolean orError) {}

    private final List<Deserved> replies = new ArrayList<>();
    private boolean hiddenName;

    /** Whether the last reply is a protocol error. */
    private boolean malformed;

    /** Whether the listener hangs up when all is answered. */
    private boolean ends;

    /** Whether nothing is left of an unfinished request. */
    private boolean whole;

    private DeservedReplies() {}

    static DeservedReplies to(byte[] stream) {
        PlainRequests plain = PlainRequests.of(stream);
        DeservedReplies all = new DeservedReplies();
        int end = 0;
        for (PlainRequests.Request request : plain.requests) {
            end = request.end();
            all.add(request.arguments());
            if (all.ends) {
                return all;
            }
        }
        all.malformed = plain.malformed;
        all.ends = plain.malformed;
        all.whole = end == stream.length;
        return all;
    }

    private void add(@Nullable List<String> words) {
        if (words == null) {
            malformed = true;
            ends = true;
            return;
        }
        if (words.isEmpty()) {
            return;
        }
        String name = words.get(0).toUpperCase(Locale.ROOT);
        if (name.equals("QUIT")) {
            replies.add(new Deserved("+OK\r\n", false));
            ends = true;
        } else if (WEB.stream().anyMatch(word -> name.equals(word) || name.startsWith(word + "\0"))) {
            ends = true;
        } else if (hasHiddenName(words)) {
            hiddenName = true;
            replies.add(new Deserved(null, true));
        } else {
            // A transaction of which a request was refused is not carried out.
            replies.add(new Deserved(encoded(words), hiddenName && name.equals("EXEC")));
        }
    }

    /** Whether there is a NUL in the name of a command or subcommand. */
    private static boolean hasHiddenName(List<String> words) {
        RespCommand command = RespCommands.find(words.get(0));
        return words.get(0).indexOf('\0') >= 0
                || (command.isContainer() && words.size() > 1 && words.get(1).indexOf('\0') >= 0);
    }

    private static String encoded(List<String> words) {
        StringBuilder out = new StringBuilder("*" + words.size() + "\r\n");
        for (String word : words) {
            out.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return out.toString();
    }

    boolean ends() {
        return ends;
    }

    boolean whole() {
        return whole;
    }

    /** How many requests get a reply. */
    int count() {
        return replies.size() + (malformed ? 1 : 0);
    }

    /** @param received no more than the replies to the stream */
    void check(List<String> received) {
        Oracle.same("number of replies: " + received, received.size(), count());
        for (int i = 0; i < replies.size(); i++) {
            Deserved deserved = replies.get(i);
            if (!(deserved.orError && received.get(i).startsWith("-"))) {
                Oracle.same("reply " + i, received.get(i), deserved.text);
            }
        }
        if (malformed) {
            String error = received.get(received.size() - 1);
            Oracle.that(error.startsWith(PROTOCOL_ERROR), "no protocol error", error);
            Oracle.that(!error.contains("Exception"), "an exception that is no protocol error", error);
        }
    }

    /** To a listener that has users, who may do less, and within limits that are tighter. */
    void checkNumber(List<String> received) {
        boolean refused = received.stream().anyMatch(reply -> reply.startsWith(PROTOCOL_ERROR));
        int answers = received.size() - (refused ? 1 : 0);
        Oracle.that(answers <= replies.size(), "more replies than requests", received);
        Oracle.that(refused || (answers == replies.size() && !malformed), "fewer replies than requests", received);
    }
}
