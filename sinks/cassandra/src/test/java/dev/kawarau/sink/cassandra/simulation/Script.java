package dev.kawarau.sink.cassandra.simulation;

import com.datastax.oss.protocol.internal.ProtocolConstants.ConsistencyLevel;
import com.datastax.oss.protocol.internal.request.Batch;
import com.datastax.oss.protocol.internal.request.Execute;
import com.datastax.oss.protocol.internal.request.Prepare;
import com.datastax.oss.protocol.internal.request.Query;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import dev.kawarau.sink.cassandra.simulation.Request.Kind;
import dev.kawarau.sink.cassandra.simulation.Request.Statement;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What a client says. Every statement that it has carried out has a word in it that no other has. */
final class Script {
    private final String client;
    private final SplittableRandom random;
    private final List<Statement> statements = new ArrayList<>();
    private int tokens;

    Script(String client, SplittableRandom random) {
        this.client = client;
        this.random = random;
    }

    void learn(Statement statement) {
        forget(statement);
        statements.add(statement);
    }

    void forget(Statement statement) {
        statements.removeIf(known ->
                known.text().equals(statement.text()) && known.keyspace().equals(statement.keyspace()));
    }

    void use(ClientSession now) {
        String wanted = random.nextInt(8) == 0 ? "gone" : keyspace();
        now.send(Kind.USE, wanted, null, null, new Query(Texts.use(wanted, random)));
    }

    void burst(ClientSession now) {
        for (int i = random.nextInt(8); i >= 0; i--) {
            request(now);
        }
    }

    private void request(ClientSession now) {
        int kind = random.nextInt(10);
        if (kind < 4) {
            query(now);
        } else if (kind < 5 || statements.isEmpty()) {
            prepare(now);
        } else {
            Statement statement = statements.get(random.nextInt(statements.size()));
            if (kind < 9) {
                execute(now, statement);
            } else {
                batch(now, statement);
            }
        }
    }

    /** A statement of one's own, carried out at once. */
    Request query(ClientSession now) {
        String token = token();
        String named = random.nextInt(4) == 0 ? keyspace() : null;
        String option = option(now);
        Query query = new Query(Texts.select(named, random, "'" + token + "'"), options(List.of(), false, option));
        return now.send(Kind.QUERY, token, named != null ? named : option, null, query);
    }

    private void prepare(ClientSession now) {
        String named = random.nextInt(4) == 0 ? keyspace() : null;
        String option = option(now);
        String text = Texts.select(named, random, "?");
        now.send(Kind.PREPARE, text, named != null ? named : option, null, new Prepare(text, option));
    }

    private void execute(ClientSession now, Statement statement) {
        String token = token();
        byte[] resultId = statement.resultMetadataId() == null ? statement.id() : statement.resultMetadataId();
        Execute execute = new Execute(
                statement.id(),
                now.version() >= 5 ? resultId : null,
                options(List.of(NodeSession.bytes(token)), random.nextBoolean(), null));
        now.send(Kind.EXECUTE, token, statement.keyspace(), statement, execute);
    }

    private void batch(ClientSession now, Statement statement) {
        String token = token();
        String option = option(now);
        Batch batch = new Batch(
                (byte) 0,
                List.of(statement.id(), "UPDATE t SET v = '" + token + "' WHERE k = 0"),
                List.of(List.of(NodeSession.bytes(token)), List.of()),
                ConsistencyLevel.ONE,
                ConsistencyLevel.SERIAL,
                Long.MIN_VALUE,
                option,
                Integer.MIN_VALUE);
        now.send(Kind.BATCH, token, option, statement, batch);
    }

    private static QueryOptions options(List<ByteBuffer> values, boolean skipMetadata, @Nullable String keyspace) {
        return new QueryOptions(
                ConsistencyLevel.ONE,
                values,
                Collections.emptyMap(),
                skipMetadata,
                -1,
                null,
                ConsistencyLevel.SERIAL,
                Long.MIN_VALUE,
                keyspace,
                Integer.MIN_VALUE);
    }

    /** The keyspace that version 5 can name beside a text. */
    private @Nullable String option(ClientSession now) {
        return now.version() >= 5 && random.nextInt(4) == 0 ? keyspace() : null;
    }

    private String keyspace() {
        return Node.KEYSPACES.get(random.nextInt(Node.KEYSPACES.size()));
    }

    private String token() {
        return client + "x" + ++tokens;
    }
}
