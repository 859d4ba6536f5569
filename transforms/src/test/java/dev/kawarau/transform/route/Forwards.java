package dev.kawarau.transform.route;

import dev.kawarau.Chain;
import dev.kawarau.Query;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.transform.control.RespChain;

/** Forwards under test, and what they count. */
final class Forwards {
    private Forwards() {}

    static Forward.Builder writesTo(Chain chain) {
        return Forward.to(chain).when(request -> request.query().kind() == Query.Kind.WRITE);
    }

    static Forward.Builder allTo(Chain chain) {
        return Forward.to(chain).when(request -> true).answering(request -> RespChain.OK);
    }

    static double counted(ChainTester chain, String outcome) {
        return chain.meters()
                .get("kawarau.forward")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }
}
