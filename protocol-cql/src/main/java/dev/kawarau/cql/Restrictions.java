package dev.kawarau.cql;

import com.datastax.oss.driver.api.core.type.DataType;
import dev.kawarau.cql.statement.ColumnPath;
import dev.kawarau.cql.statement.CqlStatement;
import dev.kawarau.cql.statement.Delete;
import dev.kawarau.cql.statement.Insert;
import dev.kawarau.cql.statement.Relation;
import dev.kawarau.cql.statement.Select;
import dev.kawarau.cql.statement.Term;
import dev.kawarau.cql.statement.Update;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which columns a statement gives values for that rows must have: those of INSERT, and in WHERE by {@code =} and IN. */
final class Restrictions {
    private final Map<String, Term> single = new HashMap<>();
    private final Map<String, Relation.Values> several = new HashMap<>();
    private final Set<String> repeated = new HashSet<>();

    private Restrictions() {}

    static Restrictions of(CqlStatement statement) {
        Restrictions found = new Restrictions();
        if (statement instanceof Insert insert) {
            if (insert.columns().size() == insert.values().size()) {
                for (int i = 0; i < insert.columns().size(); i++) {
                    found.put(insert.columns().get(i), insert.values().get(i));
                }
            }
        } else {
            where(statement).forEach(found::add);
        }
        return found;
    }

    private static List<Relation> where(CqlStatement statement) {
        if (statement instanceof Select select) {
            return select.where();
        }
        if (statement instanceof Update update) {
            return update.where();
        }
        return statement instanceof Delete delete ? delete.where() : List.of();
    }

    private void add(Relation relation) {
        if (relation instanceof Relation.Comparison comparison) {
            if (comparison.operator() == Relation.Operator.EQUAL && comparison.left() instanceof ColumnPath.Column) {
                put(comparison.left().column(), comparison.right());
            }
        } else if (relation instanceof Relation.In in) {
            if (in.left() instanceof ColumnPath.Column) {
                String column = in.left().column();
                if (several.put(column, in.values()) != null || single.containsKey(column)) {
                    repeated.add(column);
                }
            }
        } else if (relation instanceof Relation.TupleComparison tuple) {
            boolean given = tuple.operator() == Relation.Operator.EQUAL;
            if (given && tuple.right() instanceof Term.Tuple right && sizesAgree(tuple, right)) {
                for (int i = 0; i < tuple.columns().size(); i++) {
                    put(tuple.columns().get(i), right.elements().get(i));
                }
            }
        }
    }

    private void put(String column, Term term) {
        if (single.put(column, term) != null || several.containsKey(column)) {
            repeated.add(column);
        }
    }

    private static boolean sizesAgree(Relation.TupleComparison tuple, Term.Tuple right) {
        return tuple.columns().size() == right.elements().size();
    }

    /**
     * Where the values of a column come from; null if they are not given, or not known, as what is given twice: it is up
     * to the server which of them counts, if it takes that at all.
     *
     * @param type null if it is not known, so that only what is bound is
     */
    @Nullable
    KeySource source(String column, @Nullable DataType type) {
        if (repeated.contains(column)) {
            return null;
        }
        Term term = single.get(column);
        if (term != null) {
            return KeySource.of(term, type);
        }
        Relation.Values values = several.get(column);
        if (values instanceof Relation.Values.Listed listed) {
            return KeySource.of(listed.terms(), type);
        }
        return values instanceof Relation.Values.Bound bound
                ? new KeySource.MarkedList(
                        bound.marker().position(), bound.marker().name())
                : null;
    }
}
