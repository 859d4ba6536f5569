package dev.kawarau.leakcheck;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit Jupiter extension that fails a test class after which something tracked by Netty's leak detector was found
 * unreleased.
 *
 * <p>With {@code junit.jupiter.extensions.autodetection.enabled=true} it applies to every class of a module that has it
 * on its class path; otherwise put {@code @ExtendWith(LeakCheck.class)} on the classes. It raises Netty's detection
 * level to paranoid, so every buffer is tracked; {@code -Dio.netty.leakDetection.targetRecords} says how many places of
 * a buffer's life the failure lists.
 *
 * <p>What is still reachable when a class ends is no leak yet. It is reported after the class by whose end it became
 * unreachable, which the message says; the records name the code that allocated and touched it.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {

    // Static, because Netty's own detectors are: the first one to load decides for the JVM.
    private static final LeakRecorder RECORDER = LeakRecorder.install();

    /** Called by JUnit. Installs the detector, once per JVM. */
    public LeakCheck() {}

    /**
     * Refuses to let tests run unwatched.
     *
     * @throws IllegalStateException if Netty's buffers were in use before this extension was loaded
     */
    @Override
    public void beforeAll(ExtensionContext context) {
        RECORDER.requireInPlace();
    }

    /**
     * Collects garbage and fails if Netty reports a leak.
     *
     * @throws AssertionError with Netty's records of each leak
     */
    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        Class<?> testClass = context.getRequiredTestClass();
        if (testClass.isAnnotationPresent(Nested.class)) {
            return; // the class around it looks for both
        }
        List<String> leaks = RECORDER.collect();
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " Netty leak(s) came to light at the end of "
                    + testClass.getName() + ", made there or in a class that ran before it:\n"
                    + String.join("\n", leaks));
        }
    }
}
