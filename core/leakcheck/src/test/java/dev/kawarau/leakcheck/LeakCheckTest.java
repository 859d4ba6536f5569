package dev.kawarau.leakcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventType.FINISHED;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs test classes inside this one, so that the failure which the extension must cause can be looked at. */
class LeakCheckTest {

    @Test
    void aClassThatLeaksABufferFailsAndNamesTheCodeThatTouchedIt() {
        List<Throwable> failures = failuresOf(Leaking.class);

        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("1 Netty leak(s)")
                        .hasMessageContaining(Leaking.class.getName())
                        .hasMessageContaining("the one that nobody releases"));
    }

    @Test
    void everyAllocatorIsWatched() {
        assertThat(failuresOf(LeakingFromEveryAllocator.class))
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("4 Netty leak(s)"));
    }

    @Test
    void aLeakInANestedClassFailsTheOutermost() {
        assertThat(failuresOf(LeakingInside.class))
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining(LeakingInside.class.getName() + ","));
    }

    @Test
    void aParameterizedClassFailsForEachArgumentThatLeaks() {
        assertThat(failuresOf(LeakingForTrue.class))
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("1 Netty leak(s)"));
    }

    @Test
    void aClassThatReleasesWhatItAllocatesPasses() {
        assertThat(failuresOf(Clean.class)).isEmpty();
    }

    private static List<Throwable> failuresOf(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter").selectors(selectClass(testClass)).execute().allEvents().stream()
                .filter(event -> event.getType() == FINISHED)
                .map(LeakCheckTest::failure)
                .flatMap(List::stream)
                .toList();
    }

    private static List<Throwable> failure(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class).getThrowable().stream()
                .toList();
    }

    @ExtendWith(LeakCheck.class)
    static class Leaking {
        @Test
        void leaks() {
            ByteBufAllocator.DEFAULT.buffer(16).touch("the one that nobody releases");
        }
    }

    @ExtendWith(LeakCheck.class)
    static class LeakingFromEveryAllocator {
        @Test
        void leaks() {
            ByteBufAllocator.DEFAULT.heapBuffer(16);
            ByteBufAllocator.DEFAULT.directBuffer(16);
            PooledByteBufAllocator.DEFAULT.directBuffer(16);
            Unpooled.directBuffer(16);
        }
    }

    @ExtendWith(LeakCheck.class)
    static class LeakingInside {
        @Nested
        class Inner {
            @Test
            void leaks() {
                ByteBufAllocator.DEFAULT.buffer(16);
            }
        }
    }

    @ExtendWith(LeakCheck.class)
    @ParameterizedClass
    @ValueSource(booleans = {false, true})
    record LeakingForTrue(boolean leak) {
        @Test
        void leaksOrNot() {
            ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(16);
            if (!leak) {
                buffer.release();
            }
        }
    }

    @ExtendWith(LeakCheck.class)
    static class Clean {
        @Test
        void releases() {
            ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(16);
            buffer.release();
        }
    }
}
