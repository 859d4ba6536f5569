package dev.kawarau.sink.redis.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One command that the server carried out, or queued, and the state that it found its connection in. */
final class Executed {
    final int index;
    final String text;
    final ModelConnection connection;
    final int database;
    final boolean resp3;
    final @Nullable String name;
    boolean queued;

    /** What the server sent back; null while it blocks, empty if the connection wants no replies. */
    @Nullable
    String reply;

    /** The commands that an EXEC carried out. */
    @Nullable
    List<String> batch;

    /** Whether the proxy had closed the connection when the answer to a blocking command came about. */
    boolean afterClose;

    boolean popped;
    long time;

    /** Whether a client has the reply. */
    boolean delivered;

    Executed(int index, String text, ModelConnection connection, long time) {
        this.index = index;
        this.text = text;
        this.connection = connection;
        this.database = connection.database;
        this.resp3 = connection.resp3;
        this.name = connection.name;
        this.time = time;
    }

    @Override
    public String toString() {
        return "#" + index + " on " + connection;
    }
}
