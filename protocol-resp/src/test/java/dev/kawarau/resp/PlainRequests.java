package dev.kawarau.resp;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Requests read the slow and obvious way, with the limits of {@link RespLimits#DEFAULT}: an oracle that has no code in
 * common with what it judges. For streams shorter than the longest inline request.
 */
final class PlainRequests {
    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]*");

    /**
     * One request.
     *
     * @param end where it ends in the stream
     * @param arguments null if it is a line with unbalanced quotes or a NUL
     */
    record Request(int end, boolean inline, @Nullable List<String> arguments) {}

    private final String stream;
    private int at;

    final List<Request> requests = new ArrayList<>();
    boolean malformed;

    private PlainRequests(String stream) {
        this.stream = stream;
    }

    static PlainRequests of(byte[] stream) {
        PlainRequests all = new PlainRequests(Oracle.text(stream));
        try {
            while (all.at < stream.length && all.request()) {
                all.at = all.requests.get(all.requests.size() - 1).end();
            }
        } catch (NumberFormatException wrong) {
            all.malformed = true;
        }
        return all;
    }

    private boolean request() {
        if (stream.charAt(at) != '*') {
            int end = stream.indexOf('\n', at) + 1;
            if (end > 0) {
                Optional<List<String>> words = PlainInline.split(stream.substring(at, end));
                requests.add(new Request(end, true, words.orElse(null)));
            }
            return end > 0;
        }
        int from = at + 1;
        BigInteger count = number(from);
        if (count == null) {
            return false;
        }
        require(count.compareTo(BigInteger.valueOf(1 << 20)) <= 0);
        from = afterLine(from);
        List<String> arguments = new ArrayList<>();
        while (arguments.size() < count.intValueExact() && count.signum() > 0) {
            if (from >= stream.length()) {
                return false;
            }
            require(stream.charAt(from) == '$');
            BigInteger length = number(from + 1);
            if (length == null) {
                return false;
            }
            require(length.signum() >= 0 && length.compareTo(BigInteger.valueOf(512 << 20)) <= 0);
            from = afterLine(from);
            int end = from + length.intValue();
            if (end + 2 > stream.length()) {
                return false;
            }
            require(stream.startsWith("\r\n", end));
            arguments.add(stream.substring(from, end));
            from = end + 2;
        }
        requests.add(new Request(from, false, arguments));
        return true;
    }

    /** Null if the line is not there yet. */
    private @Nullable BigInteger number(int from) {
        int end = stream.indexOf('\r', from);
        if (end < 0 || end + 1 == stream.length()) {
            return null;
        }
        String digits = stream.substring(from, end);
        require(stream.charAt(end + 1) == '\n' && NUMBER.matcher(digits).matches());
        BigInteger number = new BigInteger(digits);
        require(number.bitLength() < Long.SIZE);
        // Any negative count is an empty request.
        return number.max(BigInteger.ONE.negate());
    }

    private int afterLine(int from) {
        return stream.indexOf("\r\n", from) + 2;
    }

    private static void require(boolean allowed) {
        if (!allowed) {
            throw new NumberFormatException();
        }
    }
}
