package dev.kawarau.transform.redis;

import dev.kawarau.Transform;
import dev.kawarau.resp.RespListener;
import dev.kawarau.resp.RespMessage;
import dev.kawarau.resp.RespValue;
import dev.kawarau.testkit.ChainTester;

/** Chains under test that speak RESP. */
final class RespChain {
    static final RespMessage OK = RespMessage.of(RespValue.ok());

    private RespChain() {}

    static ChainTester of(Transform... transforms) {
        return ChainTester.of((address, chain) -> RespListener.on(address).serve(chain), transforms);
    }
}
