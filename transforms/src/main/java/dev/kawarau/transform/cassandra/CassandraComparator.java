package dev.kawarau.transform.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.kawarau.Message;
import dev.kawarau.cql.CqlMessage;
import dev.kawarau.cql.CqlRows;
import dev.kawarau.cql.statement.Select;
import dev.kawarau.transform.route.Comparison;
import dev.kawarau.transform.route.ResponseComparator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether two Cassandra clusters answered the same, as an application would see it: rows have an order only where
 * {@code ORDER BY} gives them one, values are compared as bytes by the names of their columns, errors by their codes. The state
 * of paging, the columns' keyspace and table, warnings and the trace are not compared; nor are tables of the keyspaces
 * {@code system*}, columns such as {@code writetime(v)}, {@code ttl(v)} and {@code system.now()}, others by
 * {@link #ignoring}, and rows that come without their columns' names for a statement that was prepared elsewhere.
 *
 * <p>Immutable, thread-safe. It decodes the rows of both answers.
 */
public final class CassandraComparator implements ResponseComparator {
    private static final List<String> BY_NATURE = List.of("writetime(", "ttl(", "system.now(", "system.uuid(");

    private final Set<String> ignored;

    private CassandraComparator(Set<String> ignored) {
        this.ignored = ignored;
    }

    /** A comparator that ignores nothing but what differs by nature. */
    public static CassandraComparator create() {
        return new CassandraComparator(Set.of());
    }

    /** One like this that does not compare these columns either. */
    public CassandraComparator ignoring(String... columns) {
        Set<String> more = new HashSet<>(ignored);
        more.addAll(List.of(columns));
        return new CassandraComparator(Set.copyOf(more));
    }

    @Override
    public Comparison compare(Message message, Message first, Message second) {
        CqlMessage request = (CqlMessage) message;
        CqlMessage original = (CqlMessage) first;
        CqlMessage copy = (CqlMessage) second;
        if (original.isError() || copy.isError()) {
            return original.errorCode() == copy.errorCode()
                    ? Comparison.EQUAL
                    : Comparison.different(
                            "error " + hex(original.errorCode()) + ", the copy has " + hex(copy.errorCode()));
        }
        if (original.opcode() != copy.opcode()) {
            return Comparison.different(original.opcode() + ", the copy has " + copy.opcode());
        }
        if (request.operations().isEmpty() || request.query().namespace().startsWith("system")) {
            return Comparison.SKIPPED;
        }
        CqlRows rows = original.rows(request);
        CqlRows copied = copy.rows(request);
        if (rows == null || copied == null) {
            return withoutRows(original, copy);
        }
        return rows(request, rows, copied);
    }

    private static String hex(int code) {
        return code < 0 ? "none" : String.format("0x%04x", code);
    }

    /** What has no rows says what was done. What a statement was prepared as is each cluster's own. */
    private static Comparison withoutRows(CqlMessage original, CqlMessage copy) {
        Class<?> kind = original.content().getClass();
        Class<?> copied = copy.content().getClass();
        if (kind != copied) {
            return Comparison.different(kind.getSimpleName() + ", the copy has " + copied.getSimpleName());
        }
        return kind.getSimpleName().endsWith("Rows") ? Comparison.SKIPPED : Comparison.EQUAL;
    }

    private Comparison rows(CqlMessage request, CqlRows rows, CqlRows copied) {
        if (rows.count() != copied.count()) {
            return Comparison.different(rows.count() + " rows, the copy has " + copied.count());
        }
        List<Map<String, Object>> ours = read(rows);
        List<Map<String, Object>> theirs = read(copied);
        boolean ordered = request.statement() instanceof Select select
                && !select.orderBy().isEmpty();
        if (ordered ? ours.equals(theirs) : counted(ours).equals(counted(theirs))) {
            return Comparison.EQUAL;
        }
        for (int i = 0; i < ours.size(); i++) {
            if (!ours.get(i).equals(theirs.get(i))) {
                return Comparison.different(
                        "row " + i + " of " + ours.size() + " differs in " + differing(ours.get(i), theirs.get(i)));
            }
        }
        return Comparison.different("the rows differ");
    }

    private List<Map<String, Object>> read(CqlRows rows) {
        List<Map<String, Object>> read = new ArrayList<>(rows.count());
        for (Row row : rows) {
            Map<String, Object> values = new HashMap<>();
            for (int i = 0; i < rows.columns().size(); i++) {
                String name = rows.columns().get(i).getName().asInternal();
                if (!isIgnored(name)) {
                    @Nullable ByteBuffer value = row.getBytesUnsafe(i);
                    values.put(name, value == null ? "null" : value);
                }
            }
            read.add(values);
        }
        return read;
    }

    private boolean isIgnored(String column) {
        String lower = column.toLowerCase(Locale.ROOT);
        return ignored.contains(column) || BY_NATURE.stream().anyMatch(lower::startsWith);
    }

    private static Map<Object, Integer> counted(List<Map<String, Object>> rows) {
        Map<Object, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row, 1, Integer::sum));
        return counts;
    }

    private static Set<String> differing(Map<String, Object> ours, Map<String, Object> theirs) {
        Set<String> names = new HashSet<>(ours.keySet());
        names.addAll(theirs.keySet());
        names.removeIf(name -> ours.get(name) != null && ours.get(name).equals(theirs.get(name)));
        return names;
    }

    @Override
    public String toString() {
        return "CassandraComparator";
    }
}
