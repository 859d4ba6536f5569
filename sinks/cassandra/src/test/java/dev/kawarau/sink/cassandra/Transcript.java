package dev.kawarau.sink.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.ColumnDefinition;
import com.datastax.oss.driver.api.core.cql.ColumnDefinitions;
import com.datastax.oss.driver.api.core.cql.ExecutionInfo;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.protocol.internal.util.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a session of the driver was asked and all that it saw: columns, types, values and their bytes, warnings, exceptions.
 * Two of them are alike if the sessions cannot be told apart, so what cannot be alike (addresses, names of sessions) is
 * left out.
 */
final class Transcript {
    private final CqlSession session;
    private final Supplier<CqlSession> more;
    private final String keyspace;
    private final List<String> lines = new ArrayList<>();

    /** @param more opens sessions like this one */
    Transcript(CqlSession session, Supplier<CqlSession> more, String keyspace) {
        this.session = session;
        this.more = more;
        this.keyspace = keyspace;
    }

    List<String> lines() {
        return lines;
    }

    CqlSession session() {
        return session;
    }

    /** The keyspace that a scenario has to itself, and is in. */
    String keyspace() {
        return keyspace;
    }

    /** Opens another session like this one, in the keyspace, whose lines are added to this one's. */
    Transcript another() {
        Transcript other = new Transcript(more.get(), more, keyspace);
        other.execute("USE " + keyspace);
        return other;
    }

    /** Ends another session. */
    void append(Transcript other) {
        other.session.close();
        other.lines.forEach(line -> note("other: " + line));
    }

    void note(String line) {
        lines.add(line);
    }

    @Nullable
    ResultSet execute(String cql, Object... values) {
        return execute(SimpleStatement.newInstance(cql, values));
    }

    /** All pages of it. */
    @Nullable
    ResultSet execute(Statement<?> statement) {
        note("> "
                + (statement instanceof SimpleStatement simple
                        ? simple.getQuery()
                        : statement.getClass().getSimpleName()));
        try {
            ResultSet result = session.execute(statement);
            note("applied " + result.wasApplied());
            columns("column", result.getColumnDefinitions());
            result.forEach(row -> note(row(row)));
            result.getExecutionInfos().forEach(this::info);
            return result;
        } catch (RuntimeException failed) {
            note(exception(failed));
            return null;
        }
    }

    PreparedStatement prepare(String cql) {
        return prepare(SimpleStatement.newInstance(cql));
    }

    /** What cannot be prepared ends the scenario. */
    PreparedStatement prepare(SimpleStatement statement) {
        note("prepare " + statement.getQuery());
        // The driver gives the statement of another scenario, unless it was collected, if the texts are the same.
        PreparedStatement prepared = session.prepare(statement.setQuery(statement.getQuery() + " -- " + keyspace));
        note("id " + hex(prepared.getId()));
        prepared(prepared);
        return prepared;
    }

    /** What is known of a prepared statement now, which may not be what was known when it was prepared. */
    void prepared(PreparedStatement prepared) {
        note("result id " + hex(prepared.getResultMetadataId()));
        columns("variable", prepared.getVariableDefinitions());
        columns("result", prepared.getResultSetDefinitions());
        note("partition key " + prepared.getPartitionKeyIndices());
    }

    /** Which may fail. */
    void tryPrepare(String cql) {
        try {
            prepare(cql);
        } catch (RuntimeException failed) {
            note(exception(failed));
        }
    }

    void info(ExecutionInfo info) {
        note("warnings " + info.getWarnings());
        note("payload " + info.getIncomingPayload());
        note("paging state " + (info.getPagingState() != null));
        note("traced " + (info.getTracingId() != null));
        note("errors " + info.getErrors().size());
        note("schema agrees " + info.isSchemaInAgreement());
    }

    private void columns(String what, ColumnDefinitions columns) {
        for (ColumnDefinition column : columns) {
            note(what + " " + column.getKeyspace() + "." + column.getTable() + "." + column.getName() + " "
                    + type(column.getType()));
        }
    }

    private static String type(DataType type) {
        return type.getProtocolCode() + " " + type.asCql(true, true);
    }

    static String row(Row row) {
        return StreamSupport.stream(row.getColumnDefinitions().spliterator(), false)
                .map(column -> {
                    ByteBuffer bytes = row.getBytesUnsafe(column.getName());
                    return column.getName() + "=" + value(row, column) + " " + hex(bytes);
                })
                .collect(Collectors.joining(", "));
    }

    private static String value(Row row, ColumnDefinition column) {
        try {
            return row.codecRegistry().codecFor(column.getType()).format(row.getObject(column.getName()));
        } catch (RuntimeException unreadable) {
            return exception(unreadable);
        }
    }

    private static String hex(@Nullable ByteBuffer bytes) {
        return bytes == null ? "null" : Bytes.toHexString(bytes);
    }

    static String exception(Throwable failed) {
        String words = failed.getClass().getName() + ": " + failed.getMessage();
        if (failed instanceof AllNodesFailedException all) {
            words += all.getAllErrors().values().stream()
                    .flatMap(List::stream)
                    .map(Transcript::exception)
                    .toList();
        }
        return words.replaceAll("Node\\(endPoint=[^)]*\\)", "Node")
                .replaceAll("127\\.0\\.0\\.1:\\d+", "server")
                .replaceAll("\\[s\\d+[^]]*]", "[session]");
    }
}
