package dev.kawarau.transform.cassandra;

import com.datastax.oss.protocol.internal.ProtocolConstants.DataType;
import com.datastax.oss.protocol.internal.request.query.QueryOptions;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import com.datastax.oss.protocol.internal.response.result.DefaultRows;
import com.datastax.oss.protocol.internal.response.result.RawType;
import com.datastax.oss.protocol.internal.response.result.RowsMetadata;
import dev.kawarau.Failure;
import dev.kawarau.cql.statement.Select;
import dev.kawarau.cql.statement.Selection;
import dev.kawarau.cql.statement.Selector;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A SELECT that is carried out here, on all rows of its table. */
final class NodeSelect {
    private final Select select;
    private final QueryOptions options;

    /** @throws Failure if it is of a form that is not understood here */
    NodeSelect(Select select, QueryOptions options) {
        this.select = select;
        this.options = options;
        if (!select.groupBy().isEmpty() || !select.orderBy().isEmpty() || select.perPartitionLimit() != null) {
            throw refused("GROUP BY, ORDER BY or PER PARTITION LIMIT");
        }
        if (options.pagingState != null) {
            throw refused("a paging state, for it gives none,");
        }
        boolean counts = select.selections().stream().anyMatch(NodeSelect::isCount);
        if (counts && select.selections().size() > 1) {
            throw refused("COUNT(*) beside anything else");
        }
        select.selections().forEach(selection -> {
            if (!isCount(selection) && !(selection.selector() instanceof Selector.Column)) {
                throw refused(selection.selector().toCql());
            }
        });
    }

    /** Whether the answer is the same through a proxy: that of one row that is always there, and none of what changes. */
    static boolean tellsNoAddress(Select select, SystemTable table) {
        return table == SystemTable.LOCAL && !select.selections().isEmpty() && !NodeRows.isAnyNamed(select.toCql());
    }

    private static boolean isCount(Selection selection) {
        return selection.selector() instanceof Selector.CountRows;
    }

    static Failure refused(String what) {
        return new Failure(
                Failure.Kind.INVALID,
                "CassandraPeersRewrite does not take " + what
                        + " in a SELECT from system.local, peers or peers_v2; it takes columns, COUNT(*), = and IN");
    }

    /** The response, with its metadata even if they may be left out: a prepared statement may have forgotten columns. */
    DefaultRows answer(NodeRows nodes) {
        NodeFilter filter = new NodeFilter(select.where(), nodes.columns(), options);
        List<List<@Nullable ByteBuffer>> matching =
                nodes.rows().stream().filter(filter::takes).toList();
        List<ColumnSpec> columns = new ArrayList<>();
        Collection<List<@Nullable ByteBuffer>> rows = project(nodes.columns(), matching, columns);
        if (select.json()) {
            rows = rows.stream().map(row -> json(columns, row)).toList();
            ColumnSpec first = nodes.columns().get(0);
            columns.clear();
            columns.add(column(first, "[json]", 0, primitive(DataType.VARCHAR)));
        }
        ArrayDeque<List<@Nullable ByteBuffer>> data = new ArrayDeque<>(rows);
        int limit = limit();
        while (data.size() > limit) {
            data.removeLast();
        }
        return new DefaultRows(new RowsMetadata(columns, null, null, null), data);
    }

    private Collection<List<@Nullable ByteBuffer>> project(
            List<ColumnSpec> all, List<List<@Nullable ByteBuffer>> rows, List<ColumnSpec> projected) {
        if (select.selections().isEmpty()) {
            projected.addAll(all);
            return rows;
        }
        if (isCount(select.selections().get(0))) {
            String alias = select.selections().get(0).alias();
            projected.add(column(all.get(0), alias == null ? "count" : alias, 0, primitive(DataType.BIGINT)));
            return List.of(List.of(ByteBuffer.allocate(Long.BYTES).putLong(0, rows.size())));
        }
        List<Integer> positions = new ArrayList<>();
        for (Selection selection : select.selections()) {
            ColumnSpec source = find(((Selector.Column) selection.selector()).name(), all);
            String name = selection.alias() == null ? source.name : selection.alias();
            projected.add(column(source, name, positions.size(), source.type));
            positions.add(source.index);
        }
        List<List<@Nullable ByteBuffer>> cut = new ArrayList<>();
        for (List<@Nullable ByteBuffer> row : rows) {
            List<@Nullable ByteBuffer> values = new ArrayList<>(positions.size());
            positions.forEach(position -> values.add(row.get(position)));
            cut.add(values);
        }
        return select.distinct() ? new LinkedHashSet<>(cut) : cut;
    }

    private static RawType primitive(int type) {
        return Objects.requireNonNull(RawType.PRIMITIVES.get(type));
    }

    private static ColumnSpec column(ColumnSpec source, String name, int index, RawType type) {
        return new ColumnSpec(source.ksName, source.tableName, name, index, type);
    }

    /** @throws Failure in words like the server's if there is no such column */
    static ColumnSpec find(String name, List<ColumnSpec> columns) {
        for (ColumnSpec column : columns) {
            if (column.name.equals(name)) {
                return column;
            }
        }
        ColumnSpec first = columns.get(0);
        throw new Failure(
                Failure.Kind.INVALID,
                "Undefined column name " + name + " in table " + first.ksName + "." + first.tableName);
    }

    private static List<@Nullable ByteBuffer> json(List<ColumnSpec> columns, List<@Nullable ByteBuffer> row) {
        return List.of(ByteBuffer.wrap(NodeJson.of(columns, row).getBytes(StandardCharsets.UTF_8)));
    }

    private int limit() {
        if (select.limit() == null) {
            return Integer.MAX_VALUE;
        }
        ByteBuffer limit = BoundTerm.bytes(select.limit(), "[limit]", primitive(DataType.INT), options);
        int rows = limit == null || limit.remaining() != Integer.BYTES ? 0 : limit.getInt(limit.position());
        if (rows < 1) {
            throw new Failure(Failure.Kind.INVALID, "LIMIT must be strictly positive");
        }
        return rows;
    }
}
