package dev.kawarau.testkit.cassandra;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.cassandra.auth.DataResource;
import org.apache.cassandra.auth.IResource;
import org.apache.cassandra.cql3.CQL3Type;
import org.apache.cassandra.cql3.CQLStatement;
import org.apache.cassandra.cql3.ColumnIdentifier;
import org.apache.cassandra.cql3.FieldIdentifier;
import org.apache.cassandra.cql3.QualifiedName;
import org.apache.cassandra.cql3.UTName;
import org.apache.cassandra.cql3.VariableSpecifications;
import org.apache.cassandra.cql3.functions.FunctionName;
import org.apache.cassandra.cql3.selection.Selectable;
import org.apache.cassandra.cql3.statements.BatchStatement;
import org.apache.cassandra.cql3.statements.DescribeStatement;
import org.apache.cassandra.cql3.statements.QualifiedStatement;
import org.apache.cassandra.db.marshal.AbstractType;
import org.apache.cassandra.utils.ByteBufferUtil;
import org.jspecify.annotations.Nullable;

/** What there is to know of a raw statement, in the JDK's words. Lives beside Cassandra, as {@link GrammarBridge} does. */
final class StructureBridge implements Function<Object, @Nullable String[]> {

    private static final int MAX_DEPTH = 40;
    private static final Pattern NAMED_TABLES = Pattern.compile("(Table|View)Statement");

    /** Class, keyspace, table, number of bind markers, and everything. */
    @Override
    public @Nullable String[] apply(Object raw) {
        StringBuilder all = new StringBuilder();
        dump(raw, all, 0);
        return new @Nullable String[] {
            raw.getClass().getName(), keyspace(raw), table(raw), Integer.toString(markers(raw)), all.toString()
        };
    }

    private static int markers(Object raw) {
        VariableSpecifications variables = (VariableSpecifications) field(raw, "bindVariables");
        return variables == null ? 0 : variables.getBindVariables().size();
    }

    private static @Nullable String keyspace(Object raw) {
        if (raw instanceof DescribeStatement) {
            // Has it where only its code sees it.
            return null;
        }
        if (raw instanceof BatchStatement.Parsed) {
            return common(raw, StructureBridge::keyspace);
        }
        if (field(raw, "resource") instanceof IResource resource) {
            return (String) field(resource, "keyspace");
        }
        for (String name : List.of("keyspaceName", "keyspace")) {
            if (field(raw, name) instanceof String keyspace) {
                return keyspace;
            }
        }
        for (String name : List.of("viewName", "tableName", "qualifiedName", "aggregateName", "name")) {
            Object qualified = field(raw, name);
            if (qualified instanceof QualifiedName it) {
                return it.getKeyspace();
            }
            if (qualified instanceof UTName it) {
                return it.getKeyspace();
            }
            if (qualified instanceof FunctionName it) {
                return it.keyspace;
            }
        }
        return null;
    }

    private static @Nullable String table(Object raw) {
        if (raw instanceof BatchStatement.Parsed) {
            // A table of the same name in another keyspace is another table.
            return common(raw, it -> keyspace(it) + "." + table(it)) == null
                    ? null
                    : common(raw, StructureBridge::table);
        }
        if (field(raw, "resource") instanceof DataResource resource) {
            return (String) field(resource, "table");
        }
        if (raw instanceof QualifiedStatement statement) {
            return statement.name();
        }
        for (String name : NAMED_TABLES.matcher(raw.getClass().getName()).find()
                ? List.of("viewName", "tableName", "name")
                : List.of("tableName")) {
            if (field(raw, name) instanceof QualifiedName it) {
                return it.getName();
            }
        }
        return null;
    }

    /** What all statements of a batch say. */
    private static @Nullable String common(Object batch, Function<Object, @Nullable String> name) {
        Set<@Nullable String> names = new HashSet<>();
        if (field(batch, "parsedStatements") instanceof List<?> statements) {
            statements.forEach(statement -> names.add(name.apply(statement)));
        }
        return names.size() == 1 ? names.iterator().next() : null;
    }

    private static void dump(@Nullable Object value, StringBuilder out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalStateException("goes in circles: " + out);
        }
        if (value == null || value instanceof CharSequence || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Enum<?> || value instanceof AbstractType || value instanceof CQL3Type) {
            out.append(value);
        } else if (value instanceof ColumnIdentifier || value instanceof FieldIdentifier) {
            out.append('"').append(value).append('"');
        } else if (value instanceof Selectable.RawIdentifier identifier) {
            boolean quoted = Boolean.TRUE.equals(field(identifier, "quoted"));
            String text = String.valueOf(field(identifier, "text"));
            out.append('"')
                    .append(quoted ? text : text.toLowerCase(Locale.ROOT))
                    .append('"');
        } else if (value instanceof ByteBuffer buffer) {
            out.append(ByteBufferUtil.bytesToHex(buffer));
        } else if (value instanceof VariableSpecifications variables) {
            dump(field(variables, "variableNames"), out, depth + 1);
        } else if (value instanceof Optional<?> optional) {
            dump(optional.orElse(null), out, depth + 1);
        } else if (value instanceof Map<?, ?> map) {
            List<String> entries = new ArrayList<>();
            map.forEach((key, content) -> entries.add(text(key, depth) + "=" + text(content, depth)));
            // Some of them are hash maps.
            entries.sort(null);
            out.append(entries);
        } else if (value instanceof Collection<?> collection) {
            List<String> elements = new ArrayList<>();
            collection.forEach(element -> elements.add(text(element, depth)));
            if (value instanceof Set<?>) {
                elements.sort(null);
            }
            out.append(elements);
        } else if (value.getClass().isArray()) {
            out.append(value.getClass().getSimpleName());
        } else {
            dumpFields(value, out, depth);
        }
    }

    private static String text(Object value, int depth) {
        StringBuilder out = new StringBuilder();
        dump(value, out, depth + 1);
        return out.toString();
    }

    private static void dumpFields(Object value, StringBuilder out, int depth) {
        Class<?> type = value.getClass();
        // A lambda has another name in each run, but it may be all that there is to know.
        out.append(type.getName().substring(type.getPackageName().length())).append('(');
        for (; type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getName().startsWith("this$")) {
                    out.append(field.getName()).append(": ");
                    dump(get(field, value), out, depth + 1);
                    out.append(", ");
                }
            }
        }
        out.append(')');
    }

    private static @Nullable Object field(Object value, String name) {
        for (Class<?> type = value.getClass();
                type != null && type != CQLStatement.class;
                type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    return get(field, value);
                }
            }
        }
        return null;
    }

    private static @Nullable Object get(Field field, Object value) {
        try {
            field.setAccessible(true);
            return field.get(value);
        } catch (InaccessibleObjectException | IllegalAccessException e) {
            return field.getType().getName();
        }
    }
}
