package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chains that requests are sent to, and at which of them each session has been, so that its state is the same at all of
 * these. Thread-safe; what belongs to a session is confined to its loop.
 */
final class Branches {
    private final String owner;
    private final List<Chain> chains;
    private final @Nullable String protocol;
    private final Session.Key<BitSet> visited;

    /**
     * Chains that speak one protocol.
     *
     * @param owner for the words of errors
     * @throws IllegalArgumentException if they do not, or if there is none
     */
    static Branches of(String owner, List<Chain> chains) {
        String common = null;
        for (Chain chain : chains) {
            String spoken = chain.protocol();
            if (common != null && spoken != null && !spoken.equals(common)) {
                throw new IllegalArgumentException(
                        owner + ": the chains must speak one protocol, not " + common + " and " + spoken);
            }
            common = common == null ? spoken : common;
        }
        return new Branches(owner, chains, common);
    }

    /** Chains of any protocols, for one that chooses by it. */
    static Branches ofAny(String owner, List<Chain> chains) {
        return new Branches(owner, chains, null);
    }

    private Branches(String owner, List<Chain> chains, @Nullable String protocol) {
        if (chains.isEmpty()) {
            throw new IllegalArgumentException(owner + " needs a chain to send to");
        }
        this.owner = owner;
        this.chains = List.copyOf(chains);
        this.protocol = protocol;
        this.visited = Session.Key.named("branches of " + owner);
    }

    int count() {
        return chains.size();
    }

    @Nullable
    String protocol() {
        return protocol;
    }

    /** Whether a request is about the session and not about data, and so is not anybody's to place. */
    static boolean isState(Query query) {
        return switch (query.kind()) {
            case SESSION, PUBSUB, OTHER -> true;
            case READ, WRITE, READ_WRITE, SCHEMA, ADMIN -> query.isInTransaction();
        };
    }

    /** Sends a request to one chain, at which its session has been from now on. */
    Reply send(Message request, int branch) {
        if (request.hasSession()) {
            visited(request.session()).set(branch);
        }
        return chains.get(branch).send(request);
    }

    private BitSet visited(Session session) {
        BitSet set = session.get(visited);
        if (set == null) {
            set = new BitSet(chains.size());
            session.set(visited, set);
        }
        return set;
    }

    /** Whether the session has been at a chain. */
    boolean hasVisited(Session session, int branch) {
        return visited(session).get(branch);
    }

    /** Forgets that the session was at a chain, if the chain lets it go. */
    boolean leave(Session session, int branch) {
        BitSet set = visited(session);
        if (set.get(branch)) {
            if (!chains.get(branch).leave(session)) {
                return false;
            }
            set.clear(branch);
        }
        return true;
    }

    /**
     * Sends a request that {@linkplain #isState is about the session} home, and also to wherever else the session has been.
     * The answer is that of its home; if another chain has another opinion, the session would be in two places, and is closed.
     */
    Reply sendState(Message request, int home) {
        Query query = request.query();
        BitSet set = request.hasSession() ? visited(request.session()) : new BitSet();
        boolean homeOnly = query.kind() != Query.Kind.SESSION || query.isInTransaction();
        if (homeOnly || set.cardinality() == (set.get(home) ? 1 : 0)) {
            return send(request, home);
        }
        List<Reply> others = new ArrayList<>();
        Reply first = send(request, home);
        for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
            if (i != home) {
                others.add(chains.get(i).send(request));
            }
        }
        return agreed(request, first, others);
    }

    private Reply agreed(Message request, Reply first, List<Reply> others) {
        Promise agreed = new Promise();
        int[] left = {others.size() + 1};
        Runnable done = () -> {
            if (--left[0] == 0) {
                settle(agreed, request, first, others);
            }
        };
        first.whenDone((response, failure) -> done.run());
        others.forEach(other -> other.whenDone((response, failure) -> done.run()));
        return agreed;
    }

    private void settle(Promise agreed, Message request, Reply first, List<Reply> others) {
        Message response = first.message();
        boolean worked = response != null && !response.isError();
        for (Reply other : others) {
            boolean also = other.message() != null && !other.message().isError();
            if (also != worked) {
                request.session().close();
                agreed.fail(new Failure(
                        Failure.Kind.UNAVAILABLE,
                        owner + ": " + request.query().operation()
                                + " was not carried out by all chains that the session is at;"
                                + " it is closed, so that it is not in two places",
                        true,
                        worked ? other.failure() : first.failure()));
                return;
            }
        }
        if (response != null) {
            agreed.complete(response);
        } else if (first.failure() != null) {
            agreed.fail(first.failure());
        }
    }

    /** Whether a session may leave all of them. */
    boolean leave(Session session) {
        boolean left = true;
        for (Chain chain : chains) {
            left &= chain.leave(session);
        }
        if (left) {
            session.set(visited, null);
        }
        return left;
    }

    /** As it nests, one line for each chain and what it is called. */
    String print(String title, List<String> names) {
        StringBuilder text = new StringBuilder(title);
        for (int i = 0; i < chains.size(); i++) {
            text.append("\n  ")
                    .append(names.get(i))
                    .append(": ")
                    .append(chains.get(i).toString().replace("\n", "\n  "));
        }
        return text.toString();
    }
}
