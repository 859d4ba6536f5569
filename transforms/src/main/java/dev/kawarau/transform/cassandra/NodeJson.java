package dev.kawarau.transform.cassandra;

import com.datastax.oss.driver.api.core.ProtocolVersion;
import com.datastax.oss.driver.api.core.data.ByteUtils;
import com.datastax.oss.protocol.internal.response.result.ColumnSpec;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row as SELECT JSON has it: Cassandra's names, order and spaces. */
final class NodeJson {
    private final StringBuilder json = new StringBuilder();

    private NodeJson() {}

    static String of(List<ColumnSpec> columns, List<@Nullable ByteBuffer> row) {
        NodeJson text = new NodeJson();
        text.json.append('{');
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).name;
            text.json.append(i == 0 ? "" : ", ");
            // A name that CQL has to quote keeps its quotes.
            text.quoted(name.equals(name.toLowerCase(Locale.ROOT)) ? name : '"' + name + '"');
            text.json.append(": ");
            ByteBuffer value = row.get(i);
            text.value(
                    value == null
                            ? null
                            : BoundTerm.codec(columns.get(i).type).decode(value.duplicate(), ProtocolVersion.DEFAULT));
        }
        return text.json.append('}').toString();
    }

    private void value(@Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof Collection<?> elements) {
            json.append('[');
            for (Iterator<?> each = elements.iterator(); each.hasNext(); ) {
                value(each.next());
                json.append(each.hasNext() ? ", " : "");
            }
            json.append(']');
        } else {
            quoted(text(value));
        }
    }

    private void map(Map<?, ?> map) {
        json.append('{');
        String comma = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.append(comma);
            quoted(text(entry.getKey()));
            json.append(": ");
            value(entry.getValue());
            comma = ", ";
        }
        json.append('}');
    }

    private static String text(Object value) {
        if (value instanceof InetAddress address) {
            return address.getHostAddress();
        }
        return value instanceof ByteBuffer bytes ? ByteUtils.toHexString(bytes) : value.toString();
    }

    private void quoted(String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
