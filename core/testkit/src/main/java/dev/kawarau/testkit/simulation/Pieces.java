package dev.kawarau.testkit.simulation;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Bytes as the network delivers them: in pieces that know nothing of frames, in buffers of any kind. */
public final class Pieces {
    private Pieces() {}

    /** The bytes in pieces; one character is one byte. */
    public static List<String> cut(String bytes, SplittableRandom random) {
        List<String> pieces = new ArrayList<>();
        int style = random.nextInt(10);
        int at = 0;
        while (at < bytes.length()) {
            int length = switch (style) {
                case 0 -> 1 + random.nextInt(3);
                case 1, 2 -> 1 + random.nextInt(40);
                case 3, 4 -> 1 + random.nextInt(1_500);
                default -> bytes.length();
            };
            // At most a few dozen pieces, or a large value would take all day.
            length = Math.max(length, bytes.length() / 60);
            int end = Math.min(bytes.length(), at + length);
            pieces.add(bytes.substring(at, end));
            at = end;
        }
        return pieces;
    }

    /** A piece as it arrives. */
    public static ByteBuf buffer(World world, String piece, SplittableRandom random) {
        byte[] bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
        int room = random.nextInt(4) == 0 ? bytes.length + random.nextInt(4_096) : bytes.length;
        ByteBuf buffer = random.nextBoolean()
                ? world.memory().heapBuffer(room)
                : world.memory().directBuffer(room);
        return buffer.writeBytes(bytes);
    }
}
