package dev.kawarau.testkit;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Buffers that must be free when all exchanges are over. Thread-safe. */
final class HeldBuffers {
    private final List<Watched> watched = new ArrayList<>();

    private record Watched(String what, ByteBuf buffer) {}

    /** @param buffer one of the heap that nobody has to release is not watched */
    synchronized void watch(String what, ByteBuf buffer) {
        if (buffer.isDirect()) {
            watched.add(new Watched(what, buffer));
        }
    }

    /** One line for each buffer that somebody holds. */
    synchronized List<String> held() {
        List<String> held = new ArrayList<>();
        for (Watched one : watched) {
            if (one.buffer().refCnt() > 0) {
                held.add("the bytes of " + one.what() + " are still held, with "
                        + one.buffer().refCnt() + " reference(s): is a retain() without its release()?");
            }
        }
        return held;
    }
}
