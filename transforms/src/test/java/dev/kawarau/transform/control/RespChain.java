package dev.kawarau.transform.control;

import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;
import dev.kawarau.testkit.VirtualTime;

/** Chains under test that speak RESP, and whose time passes when the test says so. */
public final class RespChain {
    public static final RespMessage OK = RespMessage.of(RespValue.ok());

    private RespChain() {}

    public static ChainTester of(VirtualTime time, Transform... transforms) {
        return ChainTester.of(
                (address, chain) ->
                        RespListener.on(address).eventLoops(time.loops()).serve(chain),
                transforms);
    }

    /** Such a chain, whose database answers all with OK. */
    public static ChainTester answeringOk(VirtualTime time, Transform... transforms) {
        ChainTester chain = of(time, transforms);
        chain.sink().answers(OK);
        return chain;
    }
}
