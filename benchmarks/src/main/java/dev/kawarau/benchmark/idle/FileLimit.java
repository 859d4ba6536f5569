package dev.kawarau.benchmark.idle;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files this process, and each that it starts, may have open: the hard limit, to which a JVM raises its own. */
final class FileLimit {
    /** Class files, pipes, the sockets that listen. */
    private static final int OTHERS = 500;

    private FileLimit() {}

    /** How many connections may be open. */
    static int connections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? (int) Math.max(0, Math.min(Integer.MAX_VALUE, system.getMaxFileDescriptorCount() - OTHERS))
                : Integer.MAX_VALUE;
    }
}
