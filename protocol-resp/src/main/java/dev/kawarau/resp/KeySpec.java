package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How to tell the keys of a command from its arguments: the column "keys" of commands.txt, whose head explains the
 * notation.
 *
 * <p>Arguments are hostile: a count of keys that is not a number, or is more than there are arguments, means no keys,
 * since the server refuses such a command. The number of arguments has been checked against the command's arity.
 */
abstract class KeySpec {

    static final KeySpec NONE = new Fixed(KeyPositions.NONE, 0);

    /** Keys that the arguments do not name. */
    static final KeySpec UNNAMED = new Unnamed();

    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:\\.\\.(-?\\d+)(?:/(\\d+))?)?");
    private static final Pattern COUNTED = Pattern.compile("(?:(\\d+)\\+)?#(\\d+)(?:/(\\d+))?");
    private static final Pattern STORE = Pattern.compile("(\\d+)\\+store@(\\d+)");

    /** @throws IllegalArgumentException if the text is not of the notation */
    static KeySpec parse(String text) {
        return switch (text) {
            case "-" -> NONE;
            case "*" -> UNNAMED;
            case "streams" -> new StreamKeySpec();
            case "sort" -> new SortKeySpec();
            case "migrate" -> new MigrateKeySpec();
            case "tracking" -> new TrackingKeySpec();
            default -> parsePositions(text);
        };
    }

    private static KeySpec parsePositions(String text) {
        Matcher range = RANGE.matcher(text);
        if (range.matches()) {
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            int step = range.group(3) == null ? 1 : Integer.parseInt(range.group(3));
            return last < 0
                    ? new Range(first, last, step)
                    : new Fixed(KeyPositions.range(first, (last - first) / step + 1, step), last + 1);
        }
        Matcher counted = COUNTED.matcher(text);
        if (counted.matches()) {
            int single = counted.group(1) == null ? -1 : Integer.parseInt(counted.group(1));
            int step = counted.group(3) == null ? 1 : Integer.parseInt(counted.group(3));
            return new Counted(single, Integer.parseInt(counted.group(2)), step);
        }
        Matcher store = STORE.matcher(text);
        if (store.matches()) {
            return new StoreKeySpec(Integer.parseInt(store.group(1)), Integer.parseInt(store.group(2)));
        }
        throw new IllegalArgumentException("no notation of keys: \"" + text + "\"");
    }

    abstract KeyPositions find(RespArguments arguments);

    /** Whether there may be keys besides those that {@link #find} names. */
    boolean namesNotAll(RespArguments arguments) {
        return false;
    }

    /** The least number of arguments with which {@link #find} may be called. */
    int minimumArguments() {
        return 1;
    }

    private static final class Unnamed extends KeySpec {
        @Override
        KeyPositions find(RespArguments arguments) {
            return KeyPositions.NONE;
        }

        @Override
        boolean namesNotAll(RespArguments arguments) {
            return true;
        }
    }

    private static final class Fixed extends KeySpec {
        private final KeyPositions positions;
        private final int minimumArguments;

        Fixed(KeyPositions positions, int minimumArguments) {
            this.positions = positions;
            this.minimumArguments = minimumArguments;
        }

        @Override
        KeyPositions find(RespArguments arguments) {
            return positions;
        }

        @Override
        int minimumArguments() {
            return minimumArguments;
        }
    }

    /** To an argument counted from the end. */
    private static final class Range extends KeySpec {
        private final int first;
        private final int last;
        private final int step;

        Range(int first, int last, int step) {
            this.first = first;
            this.last = last;
            this.step = step;
        }

        @Override
        KeyPositions find(RespArguments arguments) {
            int end = arguments.count() + last;
            return end < first ? KeyPositions.NONE : KeyPositions.range(first, (end - first) / step + 1, step);
        }
    }

    /** As many as an argument says, after that argument, and perhaps a single one before it. */
    private static final class Counted extends KeySpec {
        private final int single;
        private final int countAt;
        private final int step;

        Counted(int single, int countAt, int step) {
            this.single = single;
            this.countAt = countAt;
            this.step = step;
        }

        @Override
        KeyPositions find(RespArguments arguments) {
            int first = countAt + 1;
            int count = number(arguments, countAt);
            if (count < 1 || count > (arguments.count() - first) / step) {
                return KeyPositions.NONE;
            }
            return single < 0
                    ? KeyPositions.range(first, count, step)
                    : KeyPositions.singleAndRange(single, first, count, step);
        }

        /** A count that this server refuses may be one that an older server reads in another way (strtoll). */
        @Override
        boolean namesNotAll(RespArguments arguments) {
            if (arguments.count() <= countAt) {
                return false;
            }
            int count = number(arguments, countAt);
            return count < 0 || count > (arguments.count() - countAt - 1) / step;
        }

        @Override
        int minimumArguments() {
            return countAt + 1;
        }

        /** A number as the server reads it, without sign or leading zero; -1 if it is none or above 999,999,999. */
        private static int number(RespArguments arguments, int argument) {
            int length = arguments.length(argument);
            if (length < 1 || length > 9) {
                return -1;
            }
            ByteBuf buffer = arguments.buffer();
            int start = arguments.start(argument);
            int number = 0;
            for (int i = 0; i < length; i++) {
                int digit = buffer.getByte(start + i) - '0';
                if (digit < 0 || digit > 9 || (digit == 0 && i == 0 && length > 1)) {
                    return -1;
                }
                number = number * 10 + digit;
            }
            return number;
        }
    }
}
