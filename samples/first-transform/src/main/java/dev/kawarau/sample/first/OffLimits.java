package dev.kawarau.sample.first;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kawarau.Chain;
import dev.kawarau.Failure;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Transform;

/** Keeps clients away from keys that begin like this, in whatever protocol they ask. */
public record OffLimits(String prefix) implements Transform {
    @Override
    public Reply handle(Message request, Chain next) {
        Query query = request.query();
        boolean named =
                query.keys().stream().anyMatch(key -> key.toString(UTF_8).startsWith(prefix));
        if (named || !query.keysKnown()) { // what is not known may be one of them
            return Reply.failed(new Failure(
                    Failure.Kind.DENIED, query.operation() + " is refused: keys like " + prefix + "* are off limits"));
        }
        return next.send(request);
    }
}
