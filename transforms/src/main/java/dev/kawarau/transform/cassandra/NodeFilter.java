package dev.kawarau.transform.cassandra;

import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import dev.kawarau.Failure;
import dev.kawarau.cql.statement.ColumnPath;
import dev.kawarau.cql.statement.Relation;
import dev.kawarau.cql.statement.Term;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a WHERE asks for. */
final class NodeFilter {
    private record Condition(int column, List<ByteBuffer> values) {}

    private final List<Condition> conditions = new ArrayList<>();

    /** @throws Failure if it asks for anything but columns that are equal to something, or names a column that is not there */
    NodeFilter(List<Relation> where, List<ColumnSpec> columns, QueryOptions bound) {
        for (Relation relation : where) {
            conditions.add(condition(relation, columns, bound));
        }
    }

    private static Condition condition(Relation relation, List<ColumnSpec> columns, QueryOptions bound) {
        List<ByteBuffer> values = new ArrayList<>();
        ColumnPath left;
        Relation.Values listed;
        if (relation instanceof Relation.Comparison comparison && comparison.operator() == Relation.Operator.EQUAL) {
            left = comparison.left();
            listed = new Relation.Values.Listed(List.of(comparison.right()));
        } else if (relation instanceof Relation.In in) {
            left = in.left();
            listed = in.values();
        } else {
            throw NodeSelect.refused(relation.toCql());
        }
        if (!(left instanceof ColumnPath.Column)) {
            throw NodeSelect.refused(relation.toCql());
        }
        ColumnSpec column = NodeSelect.find(left.column(), columns);
        if (listed instanceof Relation.Values.Bound list) {
            addElements(BoundTerm.value(list.marker(), "in(" + column.name + ")", bound), values);
        } else {
            for (Term term : ((Relation.Values.Listed) listed).terms()) {
                // Nothing is equal to null.
                ByteBuffer value = BoundTerm.bytes(term, column.name, column.type, bound);
                if (value != null) {
                    values.add(value);
                }
            }
        }
        return new Condition(column.index, values);
    }

    /** The elements of a list as the protocol has it (v5, section 5.12): how many, then the length of each before it. */
    private static void addElements(@Nullable ByteBuffer list, List<ByteBuffer> values) {
        if (list == null) {
            return;
        }
        ByteBuffer in = list.duplicate();
        int left = in.remaining() < Integer.BYTES ? -1 : in.getInt();
        while (left > 0) {
            int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
            if (length < 0 || length > in.remaining()) {
                break;
            }
            values.add(in.slice(in.position(), length));
            in.position(in.position() + length);
            left--;
        }
        if (left != 0 || in.hasRemaining()) {
            throw new Failure(Failure.Kind.INVALID, "the list that is bound to IN is malformed");
        }
    }

    /** Whether a row satisfies all of it. */
    boolean takes(List<@Nullable ByteBuffer> row) {
        for (Condition condition : conditions) {
            ByteBuffer value = row.get(condition.column());
            if (value == null || !condition.values().contains(value)) {
                return false;
            }
        }
        return true;
    }
}
