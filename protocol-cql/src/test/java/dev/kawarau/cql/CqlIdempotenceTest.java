package dev.kawarau.cql;

import static com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.Statement;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.testkit.cassandra.CassandraServer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of the driver's requests to a real Cassandra may be carried out twice. */
class CqlIdempotenceTest {
    private static final CassandraServer SERVER = CassandraServer.shared();
    private static final Queue<Boolean> seen = new ConcurrentLinkedQueue<>();
    private static CqlSession direct;
    private static Listener listener;
    private static Listener withoutSchema;
    private static CqlSession session;
    private static CqlSession ignorant;

    @BeforeAll
    static void createTables() {
        direct = CqlSession.builder()
                .addContactPoint(SERVER.address())
                .withLocalDatacenter("datacenter1")
                .withConfigLoader(CqlDriverTest.config("V5", "none"))
                .build();
        direct.execute("CREATE KEYSPACE IF NOT EXISTS twice WITH replication = {'class': 'SimpleStrategy',"
                + " 'replication_factor': 1}");
        direct.execute("CREATE TABLE twice.t (k int PRIMARY KEY, v text, u timeuuid, l list<int>, s set<int>,"
                + " m map<int, text>, n map<text, int>)");
        direct.execute("CREATE TABLE twice.c (k int PRIMARY KEY, n counter)");
        await().until(() -> CqlSchema.of(direct::getMetadata).table("twice", "c") != null);
        listener = listener(CqlSchema.of(direct::getMetadata));
        withoutSchema = listener(CqlSchema.NONE);
        session = CqlDriverTest.connect(listener, "V5", "none");
        ignorant = CqlDriverTest.connect(withoutSchema, "V4", "none");
    }

    @AfterAll
    static void disconnect() {
        session.close();
        ignorant.close();
        listener.close();
        withoutSchema.close();
        direct.close();
    }

    private static Listener listener(CqlSchema schema) {
        Chain chain = Chain.named("twice")
                .then((request, next) -> {
                    seen.add(request.query().isIdempotent());
                    return next.send(request);
                })
                .to(new CassandraRelay(SERVER.address()));
        return CqlListener.on("127.0.0.1:0").schema(schema).serve(chain);
    }

    /** Of the last request, since the driver may have prepared a statement before. */
    private static boolean execute(CqlSession client, Statement<?> statement) {
        seen.clear();
        client.execute(statement);
        return seen.stream().reduce((first, last) -> last).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                // With a schema, without one, and the statement.
                "yes | yes | SELECT v FROM twice.t WHERE k = 1",
                "yes | yes | SELECT now() FROM system.local",
                "yes | yes | INSERT INTO twice.t (k, v, l, s, m) VALUES (1, 'a', [1, 2], {1}, {1: 'a'})",
                "yes | yes | INSERT INTO twice.t (k, v) VALUES (1, null) USING TTL 100",
                "yes | yes | INSERT INTO twice.t JSON '{\"k\": 1, \"v\": \"a\"}'",
                "no  | no  | INSERT INTO twice.t (k, v) VALUES (1, 'a') IF NOT EXISTS",
                "no  | no  | INSERT INTO twice.t JSON '{\"k\": 1}' IF NOT EXISTS",
                "no  | no  | INSERT INTO twice.t (k, u) VALUES (1, now())",
                "no  | no  | INSERT INTO twice.t (k, v) VALUES (1, blobAsText(0x61))",
                "yes | yes | UPDATE twice.t SET v = 'a' WHERE k = 1",
                "yes | yes | UPDATE twice.t USING TIMESTAMP 5 SET v = 'a' WHERE k IN (1, 2)",
                "no  | no  | UPDATE twice.t SET v = 'a' WHERE k = 1 IF EXISTS",
                "no  | no  | UPDATE twice.t SET v = 'a' WHERE k = 1 IF v = 'b'",
                "no  | no  | UPDATE twice.t SET u = now() WHERE k = 1",
                "no  | no  | UPDATE twice.t SET v = 'a' WHERE k = blobAsInt(0x00000001)",
                "yes | yes | UPDATE twice.t SET l = [1] WHERE k = 1",
                "no  | no  | UPDATE twice.t SET l = l + [1] WHERE k = 1",
                "no  | no  | UPDATE twice.t SET l = [1] + l WHERE k = 1",
                "no  | no  | UPDATE twice.t SET l = l - [1] WHERE k = 1",
                "yes | yes | UPDATE twice.t SET s = s + {1} WHERE k = 1",
                "yes | yes | UPDATE twice.t SET s = s - {1} WHERE k = 1",
                "yes | yes | UPDATE twice.t SET m = m + {1: 'a'} WHERE k = 1",
                "yes | yes | UPDATE twice.t SET m = m - {1} WHERE k = 1",
                "no  | no  | UPDATE twice.t SET m = m + {1: blobAsText(0x61)} WHERE k = 1",
                "yes | no  | UPDATE twice.t SET m[1] = 'a' WHERE k = 1",
                "yes | yes | UPDATE twice.t SET n['a'] = 1 WHERE k = 1",
                "no  | no  | UPDATE twice.c SET n = n + 1 WHERE k = 1",
                "no  | no  | UPDATE twice.c SET n = n - 1 WHERE k = 1",
                "yes | yes | DELETE FROM twice.t WHERE k = 1",
                "yes | yes | DELETE v, s FROM twice.t WHERE k = 1",
                "yes | no  | DELETE m[1] FROM twice.t WHERE k = 1",
                "yes | yes | DELETE n['a'] FROM twice.t WHERE k = 1",
                "no  | no  | DELETE l[0] FROM twice.t WHERE k = 9",
                "no  | no  | DELETE FROM twice.t WHERE k = 1 IF EXISTS",
                "no  | yes | DELETE FROM twice.c WHERE k = 9",
                "yes | yes | BEGIN BATCH UPDATE twice.t SET v = 'a' WHERE k = 1; DELETE FROM twice.t WHERE k = 2;"
                        + " APPLY BATCH",
                "no  | no  | BEGIN BATCH UPDATE twice.t SET v = 'a' WHERE k = 1; UPDATE twice.t SET l = l + [1]"
                        + " WHERE k = 1; APPLY BATCH",
                "no  | no  | BEGIN COUNTER BATCH UPDATE twice.c SET n = n + 1 WHERE k = 1; APPLY BATCH",
                "no  | no  | TRUNCATE twice.c",
            })
    void aStatementIsOrNot(String withSchema, String without, String cql) {
        // A list that has what is deleted, so that the server does not refuse it.
        direct.execute("INSERT INTO twice.t (k, l) VALUES (9, [1, 2, 3, 4, 5])");

        assertThat(execute(session, newInstance(cql))).as("QUERY").isEqualTo(withSchema.equals("yes"));
        assertThat(execute(ignorant, newInstance(cql))).as("QUERY, no schema").isEqualTo(without.equals("yes"));
        assertThat(execute(session, session.prepare(cql).bind())).as("EXECUTE").isEqualTo(withSchema.equals("yes"));
        assertThat(execute(ignorant, ignorant.prepare(cql).bind()))
                .as("EXECUTE, no schema")
                .isEqualTo(without.equals("yes"));
    }

    @Test
    void whatAMarkerIsAddedToIsForTheSchemaToTell() {
        assertThat(execute(session, newInstance("UPDATE twice.t SET l = l + ? WHERE k = 1", List.of(1))))
                .isFalse();
        String toSet = "UPDATE twice.t SET s = s + ? WHERE k = ?";
        assertThat(execute(session, session.prepare(toSet).bind(java.util.Set.of(1), 1)))
                .isTrue();
        assertThat(execute(ignorant, ignorant.prepare(toSet).bind(java.util.Set.of(1), 1)))
                .isFalse();
        assertThat(execute(
                        session,
                        session.prepare("INSERT INTO twice.t (k, v) VALUES (?, ?)")
                                .bind(1, "a")))
                .isTrue();
    }

    @Test
    void aBatchIsIfAllOfItIsAndOneOfCountersIsNot() {
        Statement<?> insert =
                session.prepare("INSERT INTO twice.t (k, v) VALUES (?, ?)").bind(1, "a");
        BatchStatement batch = BatchStatement.newInstance(
                DefaultBatchType.LOGGED,
                (com.datastax.oss.driver.api.core.cql.BoundStatement) insert,
                newInstance("DELETE FROM twice.t WHERE k = 2"));

        assertThat(execute(session, batch)).isTrue();
        assertThat(execute(session, batch.add(newInstance("UPDATE twice.t SET l = l + [1] WHERE k = 1"))))
                .isFalse();
        assertThat(execute(
                        session,
                        BatchStatement.newInstance(
                                DefaultBatchType.COUNTER, newInstance("UPDATE twice.c SET n = n + 1 WHERE k = 1"))))
                .isFalse();
    }

    @Test
    void preparingIs() {
        seen.clear();
        session.prepare("SELECT u FROM twice.t WHERE k = ?");
        assertThat(seen).containsOnly(true);
    }
}
