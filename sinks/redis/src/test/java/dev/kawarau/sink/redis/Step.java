package dev.kawarau.sink.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a scenario, or one block of lines that are sent in one write.
 *
 * @param client the number of the client that sends or reads
 * @param requests what is sent and read; a READ has one without words, CLIENTS one of two words
 * @param line where it stands in its file, from 1
 */
record Step(Kind kind, int client, List<Request> requests, int line) {

    enum Kind {
        /** Sends the requests in one write and reads their replies. */
        SEND,
        /** Reads replies or pushes that an earlier line left outstanding. */
        READ,
        /** The server closes the connection, and nothing comes before it does. */
        EOF,
        /** The server is gone: the connection ends, or an error says so. */
        GONE,
        /** The client closes its connection. */
        CLOSE,
        /** So many of the server's connections (second word) carry a flag of CLIENT LIST (first word). */
        CLIENTS,
        /** Sends a command until its reply starts with a word; the word is the first of the request. */
        UNTIL
    }

    /**
     * One command.
     *
     * @param words its name and arguments; the bytes as they are if raw
     * @param frames how many replies and pushes to read after it is sent
     * @param blocks whether it blocks on the server, which is awaited
     * @param capture the variable that keeps the first scalar of the reply
     */
    record Request(
            List<String> words,
            boolean raw,
            int frames,
            boolean blocks,
            Normalisation normalisation,
            @Nullable String capture) {

        static Request of(List<String> words, Normalisation normalisation) {
            return new Request(words, false, 1, false, normalisation, null);
        }

        String printable() {
            return Frame.printable(String.join(" ", words));
        }
    }
}
