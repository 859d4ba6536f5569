package dev.kawarau.sample.cassandra;

import dev.kawarau.Chain;
import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Reply;
import dev.kawarau.Transform;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Prints what applications do: kind, operation, table and keys. It knows nothing of CQL, so it would do the same in front
 * of any database. What drivers ask of the system's tables for themselves is left out.
 */
final class Watch implements Transform {
    private final PrintStream out;

    Watch(PrintStream out) {
        this.out = out;
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Query query = request.query();
        String table = query.namespace();
        if (!table.isEmpty() && !table.startsWith("system")) {
            String line = String.format(
                    "  %-10s  %-15s  %-11s  %s", query.kind(), query.operation(), table, keys(query.keys()));
            out.println(line.stripTrailing());
        }
        return next.send(request);
    }

    private static String keys(List<ByteBuf> keys) {
        return keys.stream().map(Watch::key).collect(Collectors.joining(", ", keys.isEmpty() ? "" : "key ", ""));
    }

    /** Keys are bytes, since a chain that knows no schema knows no types: a guess is good enough for looking at. */
    private static String key(ByteBuf key) {
        String text = key.toString(StandardCharsets.UTF_8);
        if (text.matches("[\\p{L}\\p{N}\\p{P}\\p{S} ]+")) {
            return '"' + text + '"';
        }
        return key.readableBytes() == Integer.BYTES
                ? Integer.toString(key.getInt(key.readerIndex()))
                : "0x" + ByteBufUtil.hexDump(key);
    }
}
