package dev.kawarau.resp;

import dev.kawarau.Query;

/** A line of commands.txt. */
record CommandRow(
        String name,
        int arity,
        Query.Kind kind,
        RespCommand.Routing routing,
        boolean onlyBlockReserves,
        KeySpec keys,
        KeySpec channels,
        String since) {

    private static final String BLOCK_ONLY = "(BLOCK)";
    private static final String CHANNEL = "channel:";

    /** @throws IllegalArgumentException if the line is not six fields of the right form */
    static CommandRow parse(String line) {
        String[] fields = line.split(" +", -1);
        if (fields.length != 6) {
            throw new IllegalArgumentException(fields.length + " fields instead of 6");
        }
        int arity = Integer.parseInt(fields[1]);
        String routing = fields[3];
        boolean onlyBlockReserves = routing.endsWith(BLOCK_ONLY);
        boolean channels = fields[4].startsWith(CHANNEL);
        KeySpec spec = KeySpec.parse(channels ? fields[4].substring(CHANNEL.length()) : fields[4]);
        if (arity == 0 || Math.abs(arity) < spec.minimumArguments()) {
            throw new IllegalArgumentException("keys " + fields[4] + " need more arguments than arity " + arity);
        }
        CommandRow row = new CommandRow(
                fields[0],
                arity,
                Query.Kind.valueOf(fields[2]),
                RespCommand.Routing.valueOf(
                        onlyBlockReserves ? routing.substring(0, routing.length() - BLOCK_ONLY.length()) : routing),
                onlyBlockReserves,
                channels ? KeySpec.NONE : spec,
                channels ? spec : KeySpec.NONE,
                fields[5]);
        if (row.ownName().length() > CommandWord.MAX_LENGTH) {
            throw new IllegalArgumentException("a name of more than " + CommandWord.MAX_LENGTH + " bytes");
        }
        return row;
    }

    static CommandRow unknown() {
        return new CommandRow(
                "UNKNOWN", -1, Query.Kind.OTHER, RespCommand.Routing.PINNED, false, KeySpec.UNNAMED, KeySpec.NONE, "");
    }

    /** The name of the command of which this is a subcommand; empty if it is none. */
    String container() {
        return name.substring(0, Math.max(0, name.indexOf('|')));
    }

    /** The name without the container's. */
    String ownName() {
        return name.substring(name.indexOf('|') + 1);
    }
}
