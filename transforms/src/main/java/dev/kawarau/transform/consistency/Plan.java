package dev.kawarau.transform.consistency;

import dev.kawarau.Message;
import dev.kawarau.Reply;
import java.util.List;
import java.util.function.Function;

/** How a request is carried out on replicas. */
public sealed interface Plan {
    /**
     * Without the replicas.
     *
     * @param reply what the client gets, be it a refusal
     */
    record Answer(Reply reply) implements Plan {}

    /** As it is, by any replica: all are asked, and the first to answer without an error answers the client. */
    record AnyReplica() implements Plan {}

    /**
     * Key by key.
     *
     * @param parts in the order in which they take effect if they are of one key; not empty
     * @param answer makes the client's response of the versions, in the order of the parts: what a read found, what a write
     *     found in its place
     */
    record ByKey(List<Part> parts, Function<List<Version>, Message> answer) implements Plan {
        public ByKey {
            parts = List.copyOf(parts);
        }
    }
}
