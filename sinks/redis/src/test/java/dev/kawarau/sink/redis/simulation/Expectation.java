package dev.kawarau.sink.redis.simulation;

import dev.kawarau.sink.redis.simulation.Request.Outcome;
import dev.kawarau.testkit.simulation.World;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one session must find: its own state, and for each reply something that the server did to cause it. */
final class Expectation {
    private final Run run;
    private final World world;
    private final ExecutionLog log;
    private final ClientSession session;
    private final Map<String, Integer> nextMessage = new HashMap<>();
    private final Map<String, Integer> watched = new HashMap<>();
    private int database;
    private boolean resp3;
    private @Nullable String name;
    private boolean inTransaction;
    private boolean quit;

    /** A WATCH was lost, so that no transaction may be carried out until it ended one. */
    private boolean unguarded;

    /** A request was lost which all that is behind it counts on, so that the session must end. */
    private boolean forlorn;

    private int lastIndex = -1;

    /** Where the session's subscriptions are. */
    private @Nullable ModelConnection subscribed;

    Expectation(Run run, ClientSession session) {
        this.run = run;
        this.world = run.world();
        this.log = run.log();
        this.session = session;
        this.database = run.plan().database();
    }

    // --- replies

    void reply(Request request, String frame) {
        if (frame.startsWith("-ERR redis at ") || frame.startsWith("-ERR the client hung up")) {
            failed(request, frame);
        } else if (frame.startsWith("-") && session.isLastWord(frame)) {
            request.outcome = Outcome.MAYBE;
        } else if (frame.equals(Upstream.FULL) && run.upstream().wasFull()) {
            request.outcome = Outcome.WITHOUT_EFFECT;
            request.refused = true;
        } else if (!locally(request, frame)) {
            answered(request, frame);
        }
        after(request, frame);
    }

    private void failed(Request request, String frame) {
        boolean maybe = frame.contains("may have been applied");
        request.outcome = maybe ? Outcome.MAYBE : Outcome.WITHOUT_EFFECT;
        boolean words = maybe
                || frame.contains("was not sent")
                || frame.contains("changed nothing")
                || frame.contains("client hung up");
        if (!words) {
            problem(request, frame, "the error does not say whether the request was applied");
        }
        forlorn |= isCountedOn(request);
        unguarded |= request.is("WATCH") && request.transaction == null;
        if (frame.contains("lost the transaction") && !inTransaction && request.transaction == null) {
            problem(request, frame, "there was no transaction");
        }
    }

    private boolean isCountedOn(Request request) {
        return request.is("RESET")
                || request.is("CLIENT", "REPLY")
                || (request.is("SELECT") && !request.is("SELECT", Integer.toString(database)));
    }

    /** What the proxy may answer itself. */
    private boolean locally(Request request, String frame) {
        if (request.is("CLIENT", "GETNAME") && !inTransaction && !frame.startsWith("-")) {
            String expected = name == null ? Frames.nil(resp3) : Frames.bulk(name);
            if (!frame.equals(expected)) {
                problem(request, frame, "the name should be " + name);
            }
        } else if (request.is("CLIENT", "SETNAME") && !inTransaction && frame.equals("+OK\r\n")) {
            name = request.arguments.get(2).isEmpty() ? null : request.arguments.get(2);
        } else if (request.is("QUIT") && frame.equals("+OK\r\n")) {
            quit = true;
        } else if ((request.is("DISCARD") || request.is("MULTI")) && frame.equals("+OK\r\n")) {
            request.outcome = Outcome.ANSWERED;
            return true;
        } else if (request.is("EXEC") && (frame.startsWith("-EXECABORT") || frame.equals(Frames.nilArray(resp3)))) {
            request.outcome = Outcome.WITHOUT_EFFECT;
            return true;
        } else if (request.is("CLIENT", "REPLY") && frame.startsWith("-ERR Can't execute 'client|reply'")) {
            request.outcome = Outcome.WITHOUT_EFFECT;
            return true;
        } else {
            return false;
        }
        request.outcome = Outcome.ANSWERED;
        return true;
    }

    /** A reply of the server: it must have carried out this very request, after the one before, in this session's state. */
    private void answered(Request request, String frame) {
        request.outcome = Outcome.ANSWERED;
        List<Executed> all = log.of(request.text);
        Executed found = log.find(
                request.text, Math.max(request.mark, lastIndex + 1), e -> frame.equals(e.reply) && isMine(request, e));
        if (found == null) {
            problem(
                    request,
                    frame,
                    "nothing that the server did explains it; it did " + describe(all) + ", expected after #"
                            + lastIndex + " in " + this);
            return;
        }
        if (forlorn) {
            problem(request, frame, "carried out although what it counts on was lost");
        }
        lastIndex = found.index;
        request.refused = frame.startsWith("-");
        found.delivered = true;
        if (request.is("EXEC")) {
            executed(request, frame, found);
        } else if (request.is("WATCH") && !request.refused) {
            request.arguments.stream().skip(1).forEach(key -> watched.putIfAbsent(database + ":" + key, found.index));
        } else if (request.is("SUBSCRIBE") && !request.refused) {
            subscribed = found.connection;
            for (String channel : request.arguments.subList(1, request.arguments.size())) {
                nextMessage.putIfAbsent(channel, log.messagesBefore(channel, found.index));
            }
        } else if (request.is("UNSUBSCRIBE") && !frame.startsWith("-")) {
            unsubscribed(request, found.index);
        } else if (request.is("RESET")) {
            unsubscribed(request, found.index);
        }
    }

    private boolean isMine(Request request, Executed e) {
        boolean error = e.reply != null && e.reply.startsWith("-");
        return e.database == database
                && (e.resp3 == resp3 || request.is("HELLO"))
                && e.queued == (inTransaction && !error && !endsTransaction(request))
                && (nextMessage.isEmpty() || e.connection == subscribed)
                && (e.name == null ? !needsName(request) : e.name.equals(name))
                && (!request.is("EXEC") || e.batch == null || e.batch.equals(queued(request)));
    }

    private static boolean endsTransaction(Request request) {
        return request.is("EXEC") || request.is("DISCARD") || request.is("RESET");
    }

    /** On a connection of its own a session bears its name. */
    private boolean needsName(Request request) {
        return name != null && (request.is("MULTI") || request.is("WATCH") || request.is("SUBSCRIBE"));
    }

    private static @Nullable List<String> queued(Request exec) {
        Request.Transaction transaction = exec.transaction;
        return transaction == null
                ? null
                : transaction.queued.stream().map(r -> r.text).toList();
    }

    private static String describe(List<Executed> all) {
        StringBuilder text = new StringBuilder("[");
        for (Executed e : all.subList(Math.max(0, all.size() - 3), all.size())) {
            text.append(e).append(" db ").append(e.database).append(e.resp3 ? " RESP3" : " RESP2");
            text.append(" name ")
                    .append(e.name)
                    .append(e.queued ? " queued: " : ": ")
                    .append(e.reply);
        }
        return text.append("]").toString().replace("\r\n", "|");
    }

    private void executed(Request request, String frame, Executed exec) {
        if (exec.batch == null) {
            return;
        }
        exec.delivered = true;
        if (unguarded) {
            problem(request, frame, "carried out although the WATCH before it was lost");
        }
        watched.forEach((key, index) -> {
            if (log.modifiedBetween(key, index, exec.index)) {
                problem(request, frame, "carried out although the watched key " + key + " had changed");
            }
        });
    }

    private void unsubscribed(Request request, int index) {
        List<String> channels = request.arguments.size() > 1
                ? request.arguments.subList(1, request.arguments.size())
                : List.copyOf(nextMessage.keySet());
        for (String channel : channels) {
            Integer next = nextMessage.remove(channel);
            if (next != null && next != log.messagesBefore(channel, index)) {
                problem(
                        request,
                        "",
                        "messages of " + channel + " were lost before the end of its subscription: "
                                + log.messagesBefore(channel, index) + " were published, " + next + " arrived");
            }
        }
    }

    /** What the reply means for the session. */
    private void after(Request request, String frame) {
        boolean error = frame.startsWith("-");
        if (request.is("MULTI") && !error) {
            inTransaction = true;
        } else if (request.is("EXEC")) {
            inTransaction = false;
            watched.clear();
            unguarded = false;
            end(request);
        } else if (request.is("DISCARD")) {
            // Even if it failed: what the client wanted to be rid of went with the connection.
            inTransaction = false;
            watched.clear();
            unguarded = false;
            end(request);
        } else if (error) {
            if (request.is("RESET")) {
                inTransaction = false;
                watched.clear();
            }
        } else if (inTransaction && frame.equals("+QUEUED\r\n")) {
            if (request.transaction != null) {
                request.transaction.queued.add(request);
            }
        } else if (request.is("UNWATCH")) {
            watched.clear();
            unguarded = false;
        } else if (request.is("SELECT")) {
            database = Integer.parseInt(request.arguments.get(1));
        } else if (request.is("HELLO")) {
            resp3 = request.is("HELLO", "3") || (resp3 && request.arguments.size() == 1);
        } else if (request.is("RESET")) {
            reset();
        }
    }

    private static void end(Request request) {
        if (request.transaction != null) {
            request.transaction.ended = true;
        }
    }

    private void reset() {
        database = run.plan().database();
        resp3 = false;
        name = null;
        inTransaction = false;
        watched.clear();
        unguarded = false;
        nextMessage.clear();
    }

    // --- messages

    void message(String channel, String message) {
        Integer next = nextMessage.get(channel);
        if (next == null) {
            world.problem(session.name() + " got a message of " + channel + ", to which it is not subscribed");
            return;
        }
        List<String> all = log.messages(channel);
        if (next >= all.size() || !all.get(next).equals(message)) {
            world.problem(session.name() + " got " + message + " of " + channel + ", but message " + next + " is "
                    + (next < all.size() ? all.get(next) : "not published yet"));
        }
        nextMessage.put(channel, next + 1);
    }

    /** Whether every message of every subscription has come. */
    void checkComplete() {
        nextMessage.forEach((channel, next) -> {
            int published = log.messages(channel).size();
            if (next != published) {
                world.problem(session.name() + " is subscribed to " + channel + " and has " + next + " of " + published
                        + " messages, and was not told that its subscription is lost");
            }
        });
    }

    /** How many frames confirm a request. */
    int confirmations(Request request) {
        int named = request.arguments.size() - 1;
        return named > 0 ? named : Math.max(1, nextMessage.size());
    }

    // --- facts

    boolean isSubscribed() {
        return !nextMessage.isEmpty();
    }

    boolean isForlorn() {
        return forlorn;
    }

    boolean hasQuit() {
        return quit;
    }

    boolean inTransaction() {
        return inTransaction;
    }

    boolean isResp3() {
        return resp3;
    }

    private void problem(Request request, String frame, String what) {
        String shown = frame.length() > 200 ? frame.substring(0, 200) : frame;
        world.problem(String.format(
                Locale.ROOT,
                "%s asked %s and got \"%s\": %s",
                session.name(),
                request,
                shown.replace("\r\n", "|"),
                Objects.requireNonNull(what)));
    }

    @Override
    public String toString() {
        return "database " + database + (resp3 ? ", RESP3" : ", RESP2") + ", name " + name
                + (inTransaction ? ", in a transaction" : "");
    }
}
