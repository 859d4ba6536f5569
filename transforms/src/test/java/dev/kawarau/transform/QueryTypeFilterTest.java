package dev.kawarau.transform;

import static dev.kawarau.Query.Kind.ADMIN;
import static dev.kawarau.Query.Kind.READ;
import static dev.kawarau.Query.Kind.SESSION;
import static dev.kawarau.Query.Kind.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kawarau.testkit.ChainTester;
import org.junit.jupiter.api.Test;

class QueryTypeFilterTest {
    @Test
    void onlyTheAllowedKindsReachTheSink() {
        try (ChainTester chain = RespChain.of(QueryTypeFilter.allow(READ))) {
            chain.sink().answers(RespChain.OK);

            chain.client()
                    .send("GET a\r\nSET a b\r\nGET b\r\n")
                    .expect(
                            "+OK\r\n-NOPERM SET is of kind WRITE, and only READ, SESSION may pass here; send it straight"
                                    + " to the database, or have QueryTypeFilter.allow(READ) changed\r\n+OK\r\n");

            assertThat(chain.sink().operations()).containsExactly("GET", "GET");
        }
    }

    @Test
    void aClientCanConnectWhateverIsAllowed() {
        try (ChainTester chain = RespChain.of(QueryTypeFilter.allow(READ))) {
            chain.sink().answers(RespChain.OK);

            chain.client().send("HELLO 3\r\nCLIENT SETNAME me\r\nSELECT 1\r\n").expect("+OK\r\n+OK\r\n+OK\r\n");

            assertThat(chain.sink().arrivals()).hasSize(3).allMatch(arrival -> arrival.kind() == SESSION);
        }
    }

    @Test
    void theDeniedKindsAreRefusedAndAllOthersPass() {
        try (ChainTester chain = RespChain.of(QueryTypeFilter.deny(ADMIN, WRITE))) {
            chain.sink().answers(RespChain.OK);

            chain.client()
                    .send("GET a\r\nDEL a\r\nEVAL x 0\r\n")
                    .expect(
                            "+OK\r\n-NOPERM DEL is of kind WRITE, and WRITE, ADMIN may not pass here; send it straight to"
                                    + " the database, or have QueryTypeFilter.deny(WRITE, ADMIN) changed\r\n+OK\r\n");
        }
    }

    @Test
    void sessionCommandsAreDeniedIfNamed() {
        try (ChainTester chain = RespChain.of(QueryTypeFilter.deny(SESSION))) {
            chain.client().send("SELECT 1\r\n").expect("-NOPERM SELECT is of kind SESSION, and SESSION may not pass");
            assertThat(chain.sink().arrivals()).isEmpty();
        }
    }

    @Test
    void theNameOfAnUnknownCommandCannotBreakTheErrorLine() {
        try (ChainTester chain = RespChain.of(QueryTypeFilter.allow(READ))) {
            chain.sink().answers(RespChain.OK);

            chain.client()
                    .send("*1\r\n$6\r\nA\r\n+OK\r\nGET a\r\n")
                    .expect("-NOPERM A  +OK is of kind OTHER, and only READ, SESSION may pass here; send it straight"
                            + " to the database, or have QueryTypeFilter.allow(READ) changed\r\n+OK\r\n");
        }
    }

    @Test
    void aFilterNeedsAKind() {
        assertThatIllegalArgumentException()
                .isThrownBy(QueryTypeFilter::allow)
                .withMessage("QueryTypeFilter.allow needs at least one kind of query");
        assertThatIllegalArgumentException()
                .isThrownBy(QueryTypeFilter::deny)
                .withMessage("QueryTypeFilter.deny needs at least one kind of query");
    }
}
