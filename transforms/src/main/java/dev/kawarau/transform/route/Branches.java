package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Session;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The chains that requests are sent to; keeps the state of each session the same at all that it has been at. Thread-safe; what
 * belongs to a session is confined to its loop.
 */
final class Branches {
    private final String owner;
    private final List<Chain> chains;
    private final @Nullable String protocol;
    private final Session.Key<BranchSession> key;

    /**
     * Chains that speak one protocol.
     *
     * @param owner for the words of errors
     * @throws IllegalArgumentException if they do not, or if there is none
     */
    static Branches of(String owner, List<? extends Chain> chains) {
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
    static Branches ofAny(String owner, List<? extends Chain> chains) {
        return new Branches(owner, chains, null);
    }

    private Branches(String owner, List<? extends Chain> chains, @Nullable String protocol) {
        if (chains.isEmpty()) {
            throw new IllegalArgumentException(owner + " needs a chain to send to");
        }
        this.owner = owner;
        this.chains = List.copyOf(chains);
        this.protocol = protocol;
        this.key = Session.Key.named("branches of " + owner);
    }

    String owner() {
        return owner;
    }

    int count() {
        return chains.size();
    }

    Chain chain(int branch) {
        return chains.get(branch);
    }

    @Nullable
    String protocol() {
        return protocol;
    }

    /** Whether a request is about its session and not about data, and so is not anybody's to place. */
    static boolean isState(Query query) {
        return switch (query.kind()) {
            case SESSION -> query.trace() != Query.Trace.STATEMENT;
            case PUBSUB, OTHER -> true;
            case READ, WRITE, READ_WRITE, SCHEMA, ADMIN -> query.isInTransaction();
        };
    }

    /** Sends a request to one chain, once that can know what its session is at. */
    Reply send(Message request, int branch) {
        return request.hasSession()
                ? of(request.session()).send(request, branch)
                : chain(branch).send(request);
    }

    /**
     * Sends a request that {@linkplain #isState is about its session} home, and what it leaves there to whichever other chains
     * need it. The answer is that of its home.
     */
    Reply sendState(Message request, int home) {
        return request.hasSession()
                ? of(request.session()).sendState(request, home)
                : chain(home).send(request);
    }

    private BranchSession of(Session session) {
        BranchSession state = session.get(key);
        if (state == null) {
            state = new BranchSession(this, session);
            session.set(key, state);
        }
        return state;
    }

    /** Whether a session may leave all of them. */
    boolean leave(Session session) {
        boolean left = true;
        for (Chain chain : chains) {
            left &= chain.leave(session);
        }
        if (left) {
            BranchSession state = session.get(key);
            if (state != null && !state.isSettled()) {
                return false;
            }
            session.set(key, null);
        }
        return left;
    }

    /** Whether a session may leave one of them, which it then has never been at. */
    boolean leave(Session session, int branch) {
        BranchSession state = session.get(key);
        return state == null || state.leave(branch);
    }

    /** As it nests, one chain after the other under what it is called. */
    String print(String title, List<String> names) {
        StringBuilder text = new StringBuilder(title);
        for (int i = 0; i < chains.size(); i++) {
            text.append("\n  ")
                    .append(names.get(i))
                    .append(": ")
                    .append(Objects.toString(chains.get(i)).replace("\n", "\n  "));
        }
        return text.toString();
    }
}
