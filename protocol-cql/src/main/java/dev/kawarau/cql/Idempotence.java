package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.metadata.schema.RelationMetadata;
import com.datastax.oss.driver.api.core.type.DataType;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.MapType;
import com.datastax.oss.driver.api.core.type.SetType;
import dev.kawarau.cql.statement.Assignment;
import dev.kawarau.cql.statement.ColumnPath;
import dev.kawarau.cql.statement.CqlStatement;
import dev.kawarau.cql.statement.Delete;
import dev.kawarau.cql.statement.Insert;
import dev.kawarau.cql.statement.InsertJson;
import dev.kawarau.cql.statement.Modification;
import dev.kawarau.cql.statement.Relation;
import dev.kawarau.cql.statement.Select;
import dev.kawarau.cql.statement.Selector;
import dev.kawarau.cql.statement.Term;
import dev.kawarau.cql.statement.Update;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a statement may be carried out twice, by the rules of the Java driver and of cql-proxy: no condition, no counter,
 * no function, and nothing that depends on what a list holds. A column that is added to may be a counter, a list, a set or a
 * map; only of the last two it makes no difference how often.
 */
final class Idempotence {
    private final @Nullable RelationMetadata table;

    private Idempotence(@Nullable RelationMetadata table) {
        this.table = table;
    }

    /**
     * Whether one statement, which is no batch, may be.
     *
     * @param table what it reads or changes; null if that is not known
     */
    static boolean of(CqlStatement statement, @Nullable RelationMetadata table) {
        if (statement instanceof Select) {
            return true;
        }
        Idempotence rules = new Idempotence(table);
        return statement instanceof Modification change
                && !change.isConditional()
                && !rules.hasCounters()
                && rules.repeats(change);
    }

    /** Whether a SELECT says the same of the same rows each time: functions may not, as uuid() and now(). */
    static boolean isPlain(Select select) {
        return select.selections().stream().allMatch(each -> each.selector() instanceof Selector.Column)
                && select.where().stream().allMatch(Idempotence::repeats);
    }

    private boolean hasCounters() {
        return table != null
                && table.getColumns().values().stream()
                        .anyMatch(column -> column.getType().equals(DataTypes.COUNTER));
    }

    private boolean repeats(Modification change) {
        if (change instanceof Insert insert) {
            return repeat(insert.values());
        }
        if (change instanceof InsertJson insert) {
            return repeats(insert.json());
        }
        if (change instanceof Update update) {
            return update.assignments().stream().allMatch(this::repeats)
                    && update.where().stream().allMatch(Idempotence::repeats);
        }
        return change instanceof Delete delete
                && delete.deletions().stream().allMatch(this::repeats)
                && delete.where().stream().allMatch(Idempotence::repeats);
    }

    private boolean repeats(Assignment assignment) {
        if (assignment instanceof Assignment.Set set) {
            return repeats(set.target()) && repeats(set.value());
        }
        if (assignment instanceof Assignment.Add add) {
            return isSetOrMap(add.column(), add.value()) && repeats(add.value());
        }
        return assignment instanceof Assignment.Subtract subtract
                && isSetOrMap(subtract.column(), subtract.value())
                && repeats(subtract.value());
    }

    /** By what the table is, or else by the braces, which a server takes for nothing else. */
    private boolean isSetOrMap(String column, Term value) {
        DataType type = type(column);
        return type == null
                ? value instanceof Term.SetOf || value instanceof Term.MapOf
                : type instanceof SetType || type instanceof MapType;
    }

    /** Which element of a list has an index depends on what was done to the list; the key of a map does not. */
    private boolean repeats(ColumnPath path) {
        if (!(path instanceof ColumnPath.Element element)) {
            return true;
        }
        DataType type = type(element.column());
        boolean map = type == null
                ? element.key() instanceof Term.Literal key && key.kind() != Term.Literal.Kind.INTEGER
                : type instanceof MapType;
        return map && repeats(element.key());
    }

    private @Nullable DataType type(String column) {
        return table == null
                ? null
                : table.getColumn(CqlIdentifier.fromInternal(column))
                        .map(known -> known.getType())
                        .orElse(null);
    }

    private static boolean repeats(Relation relation) {
        if (relation instanceof Relation.Comparison comparison) {
            return repeats(comparison.right());
        }
        if (relation instanceof Relation.In in) {
            return repeats(in.values());
        }
        if (relation instanceof Relation.TokenComparison comparison) {
            return repeats(comparison.right());
        }
        if (relation instanceof Relation.TupleComparison comparison) {
            return repeats(comparison.right());
        }
        return relation instanceof Relation.TupleIn in && repeats(in.values());
    }

    private static boolean repeats(Relation.Values values) {
        return values instanceof Relation.Values.Bound
                || (values instanceof Relation.Values.Listed listed && repeat(listed.terms()));
    }

    private static boolean repeat(Collection<Term> terms) {
        return terms.stream().allMatch(Idempotence::repeats);
    }

    /** A value is the same each time unless a function makes it. */
    private static boolean repeats(Term term) {
        if (term instanceof Term.ListOf list) {
            return repeat(list.elements());
        }
        if (term instanceof Term.SetOf set) {
            return repeat(set.elements());
        }
        if (term instanceof Term.MapOf map) {
            return map.entries().stream().allMatch(entry -> repeat(List.of(entry.key(), entry.value())));
        }
        if (term instanceof Term.UserDefined fields) {
            return fields.fields().stream().allMatch(field -> repeats(field.value()));
        }
        if (term instanceof Term.Tuple tuple) {
            return repeat(tuple.elements());
        }
        if (term instanceof Term.TypeHint hint) {
            return repeats(hint.term());
        }
        if (term instanceof Term.Negation negation) {
            return repeats(negation.term());
        }
        return term instanceof Term.Literal || term instanceof Term.Null || term instanceof Term.Marker;
    }
}
