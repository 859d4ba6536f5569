package dev.kawarau.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kawarau.EventLoops;
import io.netty.channel.EventLoop;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

class LoopLocalTest {
    @Test
    void aLoopDoesNotKeepWhatNobodyElseKeeps() {
        try (EventLoops loops = EventLoops.of(EventLoops.Transport.NIO, 1)) {
            EventLoop loop = loops.group().next();
            WeakReference<byte[]> value = new WeakReference<>(new LoopLocal<>(key -> new byte[1000]).get(loop));
            await().until(() -> {
                System.gc();
                return value.get() == null;
            });
        }
    }

    @Test
    void theValueOfALoopThatEndedIsForgottenWhenTheNextIsMade() {
        LoopLocal<Object> local = new LoopLocal<>(loop -> new Object());
        try (EventLoops loops = EventLoops.of(EventLoops.Transport.NIO, 2)) {
            EventLoop first = loops.group().next();
            Object value = local.get(first);
            assertThat(local.get(first)).isSameAs(value);
            assertThat(local.get(loops.group().next())).isNotSameAs(value);
            assertThat(local.values()).hasSize(2);
        }
        try (EventLoops others = EventLoops.of(EventLoops.Transport.NIO, 1)) {
            Object value = local.get(others.group().next());
            assertThat(local.values()).containsExactly(value);
        }
    }
}
