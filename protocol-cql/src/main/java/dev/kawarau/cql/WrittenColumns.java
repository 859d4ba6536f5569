package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.schema.ColumnMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import dev.kawarau.Query;
import dev.kawarau.cql.statement.Assignment;
import dev.kawarau.cql.statement.ColumnPath;
import dev.kawarau.cql.statement.CqlStatement;
import dev.kawarau.cql.statement.Delete;
import dev.kawarau.cql.statement.Insert;
import dev.kawarau.cql.statement.Term;
import dev.kawarau.cql.statement.Update;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns that a statement writes or deletes, with their values. */
final class WrittenColumns {
    private final CqlValues bound;
    private final @Nullable RelationMetadata table;
    private final List<Query.Column> columns;

    private WrittenColumns(CqlValues bound, @Nullable RelationMetadata table, List<Query.Column> columns) {
        this.bound = bound;
        this.table = table;
        this.columns = columns;
    }

    /** Appends them, in the order of the statement. */
    static void add(
            CqlStatement statement, CqlValues bound, @Nullable RelationMetadata table, List<Query.Column> columns) {
        WrittenColumns written = new WrittenColumns(bound, table, columns);
        if (statement instanceof Insert insert) {
            for (int i = 0; i < insert.columns().size(); i++) {
                Term value = i < insert.values().size() ? insert.values().get(i) : null;
                written.add(insert.columns().get(i), value);
            }
        } else if (statement instanceof Update update) {
            for (Assignment assignment : update.assignments()) {
                written.add(assignment.column(), whole(assignment));
            }
        } else if (statement instanceof Delete delete) {
            for (ColumnPath path : delete.deletions()) {
                written.add(path.column(), null);
            }
        }
    }

    /** What all of a column is set to; null if only a part of it is, or it depends on what was there. */
    private static @Nullable Term whole(Assignment assignment) {
        return assignment instanceof Assignment.Set set && set.target() instanceof ColumnPath.Column
                ? set.value()
                : null;
    }

    private void add(String column, @Nullable Term value) {
        List<ByteBuf> values = new ArrayList<>(1);
        KeySource source = value == null ? null : source(column, value);
        boolean known = source != null && source.addTo(values, bound, new KeyBudget());
        columns.add(new Query.Column(column, known ? values.get(0) : null));
    }

    private @Nullable KeySource source(String column, Term value) {
        ColumnMetadata known = table == null
                ? null
                : table.getColumn(CqlIdentifier.fromInternal(column)).orElse(null);
        return KeySource.of(value, known == null ? null : known.getType());
    }
}
