package dev.kawarau.benchmark.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How proxies are started: on one processor, always the same, while clients and Redis run where the kernel puts them.
 * Left to the kernel, a proxy shares a processor now with the client and now with Redis, and the two differ by more than
 * proxies do.
 *
 * @param prefix what stands before a proxy's command; empty if it is not pinned
 * @param text for the page: where proxies run and why
 */
record Pin(List<String> prefix, String text) {
    private static final Pattern ALLOWED = Pattern.compile("Cpus_allowed_list:\\s*(\\S+)");
    private static final Pattern LAST = Pattern.compile("([0-9]+)$");

    /** To nothing. */
    static Pin none(String why) {
        return new Pin(List.of(), "proxies run where the kernel puts them: " + why);
    }

    /**
     * To the last processor that this process may use, if it may use two.
     *
     * @param taskset the program, if there is one
     * @param proc the folder with {@code self/status}
     */
    static Pin last(Optional<Path> taskset, Path proc) {
        if (taskset.isEmpty()) {
            return none("taskset is not installed");
        }
        String allowed = allowed(proc);
        Matcher last = LAST.matcher(allowed);
        if (!last.find()) {
            return none("/proc does not say which processors there are");
        }
        if (allowed.equals(last.group())) {
            return none("there is only one processor");
        }
        return new Pin(
                List.of(taskset.get().toString(), "-c", last.group()),
                "every proxy runs on processor " + last.group() + " (`taskset -c " + last.group()
                        + "`), clients and Redis where the kernel puts them: beside the client or beside Redis, a proxy"
                        + " has another throughput, and unpinned each run draws one of the two at random");
    }

    private static String allowed(Path proc) {
        try {
            Matcher matcher =
                    ALLOWED.matcher(Files.readString(proc.resolve("self").resolve("status")));
            return matcher.find() ? matcher.group(1) : "";
        } catch (IOException notThere) {
            return "";
        }
    }

    boolean pinned() {
        return !prefix.isEmpty();
    }

    /** The command that starts a proxy there; the process is the proxy itself. */
    List<String> command(List<String> proxy) {
        return Stream.concat(prefix.stream(), proxy.stream()).toList();
    }
}
