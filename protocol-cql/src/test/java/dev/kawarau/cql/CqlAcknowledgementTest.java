package dev.kawarau.cql;

import static com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.Statement;
import dev.kawarau.Chain;
import dev.kawarau.Listener;
import dev.kawarau.Message;
import dev.kawarau.testkit.cassandra.CassandraServer;
import io.netty.buffer.ByteBufUtil;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of a request's answer before a real Cassandra gives it. */
class CqlAcknowledgementTest {
    private static final CassandraServer SERVER = CassandraServer.shared();
    private static final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private static Listener listener;
    private static CqlSession session;

    @BeforeAll
    static void connect() {
        Chain chain = Chain.named("acknowledged")
                .then((request, next) -> {
                    Message known = request.acknowledgement();
                    return next.send(request)
                            .whenDone((response, failure) -> seen.add(known == null ? "" : compare(known, response)));
                })
                .to(new CassandraRelay(SERVER.address()));
        listener = CqlListener.on("127.0.0.1:0").serve(chain);
        session = CqlDriverTest.connect(listener, "V5", "none");
        session.execute("CREATE KEYSPACE IF NOT EXISTS known WITH replication = {'class': 'SimpleStrategy',"
                + " 'replication_factor': 1}");
        session.execute("CREATE TABLE known.t (k int PRIMARY KEY, v text)");
    }

    @AfterAll
    static void disconnect() {
        session.execute("DROP KEYSPACE known");
        session.close();
        listener.close();
    }

    private static String compare(Message known, Message response) {
        String expected = body((CqlMessage) known);
        String answer = body((CqlMessage) response);
        return expected.equals(answer) ? "as known" : answer + " and not " + expected;
    }

    private static String body(CqlMessage message) {
        return message.version() + " " + message.opcode() + " "
                + ByteBufUtil.hexDump(message.bytes().skipBytes(CqlFrameHeader.BYTES));
    }

    private static String execute(Statement<?> statement) {
        seen.clear();
        session.execute(statement);
        return seen.stream().reduce((first, last) -> last).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO known.t (k, v) VALUES (1, 'a')",
                "UPDATE known.t SET v = 'b' WHERE k = 1",
                "DELETE FROM known.t WHERE k = 1",
                "BEGIN BATCH DELETE FROM known.t WHERE k = 1; DELETE FROM known.t WHERE k = 2; APPLY BATCH",
                "TRUNCATE known.t",
            })
    void theServerAnswersVoid(String cql) {
        assertThat(execute(newInstance(cql))).as("QUERY").isEqualTo("as known");
        assertThat(execute(session.prepare(cql).bind())).as("EXECUTE").isEqualTo("as known");
    }

    @Test
    void aBatchToo() {
        assertThat(execute(BatchStatement.newInstance(
                        DefaultBatchType.LOGGED,
                        newInstance("INSERT INTO known.t (k, v) VALUES (1, 'a')"),
                        newInstance("DELETE FROM known.t WHERE k = 2"))))
                .isEqualTo("as known");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT v FROM known.t WHERE k = 1",
                "INSERT INTO known.t (k, v) VALUES (1, 'a') IF NOT EXISTS",
                "UPDATE known.t SET v = 'b' WHERE k = 1 IF v = 'a'",
                "BEGIN BATCH DELETE FROM known.t WHERE k = 1 IF EXISTS; APPLY BATCH",
                "CREATE TABLE IF NOT EXISTS known.t (k int PRIMARY KEY)",
                "USE known",
            })
    void theAnswerDependsOnTheDataOrIsNotKnown(String cql) {
        assertThat(execute(newInstance(cql))).isEmpty();
    }

    @Test
    void whatIsMerelyPreparedIsAnsweredWithMore() {
        seen.clear();
        session.prepare("INSERT INTO known.t (k, v) VALUES (?, 'prepared')");
        assertThat(seen).containsOnly("");
    }
}
