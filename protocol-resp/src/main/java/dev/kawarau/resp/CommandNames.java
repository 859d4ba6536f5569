package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/** An immutable hash table from names in a buffer to rows: open addressing, linear probing, at most a quarter full. */
final class CommandNames {

    private static final long GOLDEN_RATIO = 0x9e37_79b9_7f4a_7c15L;

    /** Three longs of the name and its length; a slot that starts with zero is empty. */
    private static final int SLOT_SHIFT = 2;

    private final long[] slots;
    private final RespCommand[] rows;
    private final int shift;

    CommandNames(Map<String, RespCommand> byName) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(byName.size() * 4 + 4);
        rows = new RespCommand[1 << bits];
        slots = new long[rows.length << SLOT_SHIFT];
        shift = Long.SIZE - bits;
        byName.forEach((name, row) -> put(CommandWord.of(name), row));
    }

    private void put(CommandWord name, RespCommand row) {
        int slot = slot(name.head ^ Long.rotateLeft(name.middle, 21) ^ Long.rotateLeft(name.tail, 42));
        while (slots[slot << SLOT_SHIFT] != 0) {
            slot = (slot + 1) & (rows.length - 1);
        }
        rows[slot] = row;
        slots[slot << SLOT_SHIFT] = name.head;
        slots[(slot << SLOT_SHIFT) + 1] = name.middle;
        slots[(slot << SLOT_SHIFT) + 2] = name.tail;
        slots[(slot << SLOT_SHIFT) + 3] = name.length;
    }

    /** The row of that name, or {@code otherwise}. */
    RespCommand find(ByteBuf buffer, int start, int length, RespCommand otherwise) {
        if (length <= 0 || length > CommandWord.MAX_LENGTH) {
            return otherwise;
        }
        long head = CommandWord.pack(buffer, start, length);
        long middle = 0;
        long tail = 0;
        long hash = head;
        if (length > Long.BYTES) {
            middle = CommandWord.pack(buffer, start + 8, length - 8);
            tail = CommandWord.pack(buffer, start + 16, length - 16);
            hash ^= Long.rotateLeft(middle, 21) ^ Long.rotateLeft(tail, 42);
        }
        int slot = slot(hash);
        while (true) {
            int at = slot << SLOT_SHIFT;
            long word = slots[at];
            // The length tells a name from the same name with zero bytes behind it.
            if (word == head && slots[at + 1] == middle && slots[at + 2] == tail && slots[at + 3] == length) {
                return rows[slot];
            }
            if (word == 0) {
                return otherwise;
            }
            slot = (slot + 1) & (rows.length - 1);
        }
    }

    private int slot(long hash) {
        return (int) ((hash * GOLDEN_RATIO) >>> shift);
    }
}
