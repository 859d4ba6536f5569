package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The commands of Redis (to 7.4, and the core of 8) and Valkey (to 9), read once from the resource {@code commands.txt}
 * beside this class. Names are compared without regard to ASCII case, as servers do; a name that is not in the table
 * gives {@link #UNKNOWN}, never an error. Any thread.
 */
public final class RespCommands {

    /**
     * Stands for every command that is not in the table, such as those of modules: pinned, for it may leave state on its
     * connection, and with keys that nobody can tell.
     */
    public static final RespCommand UNKNOWN = new RespCommand(CommandRow.unknown(), Map.of(), false);

    private static final String RESOURCE = "commands.txt";
    private static final Map<String, RespCommand> BY_FULL_NAME = load();
    private static final CommandNames BY_NAME = new CommandNames(withoutSubcommands(BY_FULL_NAME));

    private RespCommands() {}

    /** The command that a request calls, the subcommand where there is one. */
    public static RespCommand find(RespArguments arguments) {
        if (arguments.count() == 0) {
            return UNKNOWN;
        }
        ByteBuf buffer = arguments.buffer();
        RespCommand command = find(buffer, arguments.start(0), arguments.length(0));
        return command.isContainer() && arguments.count() > 1
                ? command.subcommand(buffer, arguments.start(1), arguments.length(1))
                : command;
    }

    /**
     * The command of that name; of a container ({@link RespCommand#isContainer()}) the row that stands for all that it
     * may be. The bytes must lie within the buffer's capacity; its indices do not matter.
     */
    public static RespCommand find(ByteBuf buffer, int nameStart, int nameLength) {
        return BY_NAME.find(buffer, nameStart, nameLength, UNKNOWN);
    }

    /**
     * The subcommand of that name if the command has subcommands; the container's own row if it has not that one, and
     * the command itself if it is no container.
     */
    public static RespCommand find(ByteBuf buffer, int nameStart, int nameLength, int subStart, int subLength) {
        return find(buffer, nameStart, nameLength).subcommand(buffer, subStart, subLength);
    }

    /** The command of that {@link RespCommand#name()}, in any case; exact, so {@code CLIENT|NOSUCH} is unknown. */
    public static RespCommand find(String name) {
        return BY_FULL_NAME.getOrDefault(new AsciiString(name).toUpperCase().toString(), UNKNOWN);
    }

    /** Commands and subcommands in the order of the table, without {@link #UNKNOWN}; unmodifiable. */
    public static Collection<RespCommand> all() {
        return BY_FULL_NAME.values();
    }

    private static Map<String, RespCommand> load() {
        try (InputStream resource = RespCommands.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("no " + RESOURCE + " beside " + RespCommands.class);
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII));
            return commands(reader.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    /** @throws IllegalStateException naming the line that is wrong */
    static Map<String, RespCommand> commands(List<String> lines) {
        Map<String, CommandRow> rows = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                CommandRow row = CommandRow.parse(line);
                if (!row.container().isEmpty() && !rows.containsKey(row.container())) {
                    throw new IllegalArgumentException(row.name() + " stands before its container");
                }
                if (rows.put(row.name(), row) != null) {
                    throw new IllegalArgumentException(row.name() + " is there twice");
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(RESOURCE + ", line " + (i + 1) + ": " + e.getMessage(), e);
            }
        }
        return commands(rows.values());
    }

    private static Map<String, RespCommand> commands(Collection<CommandRow> rows) {
        Map<String, Map<String, RespCommand>> subcommands = new HashMap<>();
        for (CommandRow row : rows) {
            if (!row.container().isEmpty()) {
                subcommands
                        .computeIfAbsent(row.container(), container -> new LinkedHashMap<>())
                        .put(row.ownName(), new RespCommand(row, Map.of(), true));
            }
        }
        Map<String, RespCommand> commands = new LinkedHashMap<>();
        for (CommandRow row : rows) {
            Map<String, RespCommand> siblings = subcommands.get(row.container());
            commands.put(
                    row.name(),
                    siblings != null
                            ? siblings.get(row.ownName())
                            : new RespCommand(row, subcommands.getOrDefault(row.name(), Map.of()), true));
        }
        return Collections.unmodifiableMap(commands);
    }

    private static Map<String, RespCommand> withoutSubcommands(Map<String, RespCommand> commands) {
        Map<String, RespCommand> result = new LinkedHashMap<>(commands);
        result.keySet().removeIf(name -> name.indexOf('|') >= 0);
        return result;
    }
}
