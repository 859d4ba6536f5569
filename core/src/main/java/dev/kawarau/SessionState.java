package dev.kawarau;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Values and closing actions of one session. Confined to its event loop. */
final class SessionState {
    private static final Logger log = LoggerFactory.getLogger(SessionState.class);
    private static final AtomicLong ids = new AtomicLong();

    private @Nullable Object[] values = new @Nullable Object[4];
    private @Nullable List<Runnable> closeActions = new ArrayList<>(2);
    private @Nullable List<Runnable> hangUpActions = new ArrayList<>(2);

    static long nextId() {
        return ids.incrementAndGet();
    }

    @SuppressWarnings("unchecked") // only set() writes, and it takes a key and a value of one type
    <T> @Nullable T get(Session.Key<T> key) {
        return key.index() < values.length ? (T) values[key.index()] : null;
    }

    <T> void set(Session.Key<T> key, @Nullable T value) {
        if (key.index() >= values.length) {
            values = Arrays.copyOf(values, key.index() + 2);
        }
        values[key.index()] = value;
    }

    void onClose(Runnable action) {
        if (closeActions == null) {
            run(action);
        } else {
            closeActions.add(action);
        }
    }

    void onHangUp(Runnable action) {
        if (hangUpActions == null) {
            run(action);
        } else {
            hangUpActions.add(action);
        }
    }

    void hangUp() {
        List<Runnable> actions = hangUpActions;
        hangUpActions = null;
        runAll(actions);
    }

    void close() {
        hangUp();
        List<Runnable> actions = closeActions;
        closeActions = null;
        runAll(actions);
    }

    private static void runAll(@Nullable List<Runnable> actions) {
        if (actions != null) {
            actions.forEach(SessionState::run);
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException thrown) {
            log.warn("an action at the end of a session threw", thrown);
        }
    }
}
