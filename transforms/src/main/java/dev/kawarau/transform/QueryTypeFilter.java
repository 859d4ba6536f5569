package dev.kawarau.transform;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets requests pass, or not, by {@linkplain Query#kind() what they do}. A refused request gets the protocol's native
 * error for {@link Failure.Kind#DENIED} and goes no further; the client's connection stays open.
 *
 * <pre>{@code
 * Chain reports = Chain.named("reports").then(QueryTypeFilter.allow(Query.Kind.READ)).to(sink);
 * Chain tenants = Chain.named("tenants").then(QueryTypeFilter.deny(Query.Kind.ADMIN, Query.Kind.SCHEMA)).to(sink);
 * }</pre>
 *
 * <p>A script is {@link Query.Kind#READ_WRITE} whatever it does in fact, and a command that nobody knows is
 * {@link Query.Kind#OTHER}: leave both out of {@code allow} if nothing may be written.
 */
public final class QueryTypeFilter implements Transform {
    private final EnumSet<Query.Kind> passing;
    private final String rule;
    private final String text;

    private QueryTypeFilter(EnumSet<Query.Kind> passing, String rule, String text) {
        this.passing = passing;
        this.rule = rule;
        this.text = text;
    }

    /**
     * Only requests of these kinds pass, and those of kind {@link Query.Kind#SESSION}, without which no client can
     * connect.
     *
     * @throws IllegalArgumentException if there are no kinds
     */
    public static QueryTypeFilter allow(Query.Kind... kinds) {
        Set<Query.Kind> named = named("allow", kinds);
        EnumSet<Query.Kind> passing = EnumSet.copyOf(named);
        passing.add(Query.Kind.SESSION);
        return new QueryTypeFilter(
                passing, "only " + list(passing) + " may pass here", "QueryTypeFilter.allow(" + list(named) + ")");
    }

    /**
     * All requests pass but those of these kinds.
     *
     * @throws IllegalArgumentException if there are no kinds
     */
    public static QueryTypeFilter deny(Query.Kind... kinds) {
        Set<Query.Kind> named = named("deny", kinds);
        return new QueryTypeFilter(
                EnumSet.complementOf(EnumSet.copyOf(named)),
                list(named) + " may not pass here",
                "QueryTypeFilter.deny(" + list(named) + ")");
    }

    private static Set<Query.Kind> named(String method, Query.Kind... kinds) {
        if (kinds.length == 0) {
            throw new IllegalArgumentException("QueryTypeFilter." + method + " needs at least one kind of query");
        }
        return EnumSet.copyOf(List.of(kinds));
    }

    private static String list(Collection<Query.Kind> kinds) {
        return kinds.stream().map(Query.Kind::name).collect(Collectors.joining(", "));
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Query query = request.query();
        return passing.contains(query.kind()) ? next.send(request) : refused(query);
    }

    private Reply refused(Query query) {
        String words = query.operation() + " is of kind " + query.kind() + ", and " + rule
                + "; send it straight to the database, or have " + text + " changed";
        return Reply.failed(new Failure(Failure.Kind.DENIED, words));
    }

    @Override
    public String toString() {
        return text;
    }
}
