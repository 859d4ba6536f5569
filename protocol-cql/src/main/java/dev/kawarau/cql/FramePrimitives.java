package dev.kawarau.cql;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.datastax.oss.protocol.internal.PrimitiveCodec;
import com.datastax.oss.protocol.internal.ProtocolConstants;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The words that messages are made of (native protocol, section 3), read from a frame that a peer sent and may lie about.
 * No length and no count is believed that the rest of the frame has no room for. Values are views of the frame that
 * nobody can write through. Thread-safe.
 */
final class FramePrimitives implements PrimitiveCodec<ByteBuffer> {
    private static final byte[] NO_BYTES = {};
    private static final ByteBuffer NO_VALUE = ByteBuffer.wrap(NO_BYTES).asReadOnlyBuffer();
    private static final int UNSET = -2;
    private static final int SHORT = 2;

    /**
     * STARTUP is the message with a map of strings, and the codec around this looks for names that it has twice by
     * comparing each with each.
     */
    private static final int MOST_OPTIONS = 1000;

    /** What is wrong with a frame; who knows its header says on which stream. */
    static CqlProtocolException malformed(String message) {
        return new CqlProtocolException(message, CqlFrameHeader.NEWEST_VERSION, 0);
    }

    /** @throws CqlProtocolException if the rest of the frame cannot hold so many elements of that size each */
    static int checkCount(int count, int leastBytes, int remaining) {
        if (count < 0 || count > remaining / leastBytes) {
            throw malformed(Integer.toUnsignedString(count) + " elements in " + remaining + " bytes");
        }
        return count;
    }

    private static void need(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw malformed(Integer.toUnsignedString(length) + " bytes where " + in.remaining() + " are left");
        }
    }

    @Override
    public ByteBuffer allocate(int size) {
        return ByteBuffer.allocate(size);
    }

    @Override
    public void release(ByteBuffer buffer) {
        // It is on the heap.
    }

    @Override
    public int sizeOf(ByteBuffer buffer) {
        return buffer.remaining();
    }

    @Override
    public ByteBuffer concat(ByteBuffer left, ByteBuffer right) {
        throw new UnsupportedOperationException("only compression joins buffers");
    }

    @Override
    public void markReaderIndex(ByteBuffer buffer) {
        buffer.mark();
    }

    @Override
    public void resetReaderIndex(ByteBuffer buffer) {
        buffer.reset();
    }

    @Override
    public byte readByte(ByteBuffer in) {
        need(in, Byte.BYTES);
        return in.get();
    }

    @Override
    public int readInt(ByteBuffer in) {
        need(in, Integer.BYTES);
        return in.getInt();
    }

    @Override
    public int readInt(ByteBuffer in, int offset) {
        need(in, offset + Integer.BYTES);
        return in.getInt(in.position() + offset);
    }

    @Override
    public long readLong(ByteBuffer in) {
        need(in, Long.BYTES);
        return in.getLong();
    }

    @Override
    public int readUnsignedShort(ByteBuffer in) {
        need(in, SHORT);
        return Short.toUnsignedInt(in.getShort());
    }

    @Override
    public InetAddress readInetAddr(ByteBuffer in) {
        int length = readByte(in);
        if (length != 4 && length != 16) {
            throw malformed("An address of " + length + " bytes");
        }
        try {
            return InetAddress.getByAddress(bytes(in, length));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Null for -1, {@link ProtocolConstants#UNSET_VALUE} for -2, else a view. */
    @Override
    public @Nullable ByteBuffer readBytes(ByteBuffer in) {
        int length = readInt(in);
        if (length <= 0) {
            return switch (length) {
                case 0 -> NO_VALUE.duplicate();
                case -1 -> null;
                case UNSET -> ProtocolConstants.UNSET_VALUE;
                default -> throw malformed("A value of " + length + " bytes");
            };
        }
        need(in, length);
        ByteBuffer value = in.slice(in.position(), length);
        in.position(in.position() + length);
        return value;
    }

    @Override
    public byte[] readShortBytes(ByteBuffer in) {
        return bytes(in, readUnsignedShort(in));
    }

    @Override
    public String readString(ByteBuffer in) {
        return string(in, readUnsignedShort(in));
    }

    @Override
    public String readLongString(ByteBuffer in) {
        return string(in, readInt(in));
    }

    private static String string(ByteBuffer in, int length) {
        return length == 0 ? "" : new String(bytes(in, length), UTF_8);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        need(in, length);
        byte[] bytes = length == 0 ? NO_BYTES : new byte[length];
        in.get(bytes);
        return bytes;
    }

    @Override
    public List<String> readStringList(ByteBuffer in) {
        int count = checkCount(readUnsignedShort(in), SHORT, in.remaining());
        List<String> strings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            strings.add(readString(in));
        }
        return strings;
    }

    @Override
    public Map<String, String> readStringMap(ByteBuffer in) {
        int count = checkCount(readUnsignedShort(in), 2 * SHORT, in.remaining());
        if (count > MOST_OPTIONS) {
            throw malformed(count + " options");
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            putNew(map, readString(in), readString(in));
        }
        return map;
    }

    @Override
    public Map<String, List<String>> readStringMultimap(ByteBuffer in) {
        int count = checkCount(readUnsignedShort(in), 2 * SHORT, in.remaining());
        Map<String, List<String>> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            putNew(map, readString(in), readStringList(in));
        }
        return map;
    }

    @Override
    @SuppressWarnings("NullAway") // the library's maps have values that are null, and no annotations
    public Map<String, ByteBuffer> readBytesMap(ByteBuffer in) {
        int count = checkCount(readUnsignedShort(in), SHORT + Integer.BYTES, in.remaining());
        Map<String, ByteBuffer> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            putNew(map, readString(in), readBytes(in));
        }
        return map;
    }

    /** Which of two would be meant, nobody can tell. */
    static <K, V> void putNew(Map<K, V> map, K name, V value) {
        if (map.containsKey(name)) {
            throw malformed("Two entries of the same name");
        }
        map.put(name, value);
    }

    @Override
    public ByteBuffer readRetainedSlice(ByteBuffer in, int length) {
        throw new UnsupportedOperationException("only segments are cut");
    }

    @Override
    public void updateCrc(ByteBuffer buffer, CRC32 crc) {
        throw new UnsupportedOperationException("only segments have checksums");
    }

    @Override
    public void writeByte(byte value, ByteBuffer out) {
        out.put(value);
    }

    @Override
    public void writeInt(int value, ByteBuffer out) {
        out.putInt(value);
    }

    @Override
    public void writeLong(long value, ByteBuffer out) {
        out.putLong(value);
    }

    @Override
    public void writeUnsignedShort(int value, ByteBuffer out) {
        out.putShort((short) value);
    }

    @Override
    public void writeInetAddr(InetAddress address, ByteBuffer out) {
        byte[] bytes = address.getAddress();
        out.put((byte) bytes.length).put(bytes);
    }

    @Override
    public void writeString(String text, ByteBuffer out) {
        writeShortBytes(text.getBytes(UTF_8), out);
    }

    @Override
    public void writeLongString(String text, ByteBuffer out) {
        writeBytes(text.getBytes(UTF_8), out);
    }

    @Override
    public void writeBytes(@Nullable ByteBuffer bytes, ByteBuffer out) {
        if (bytes == null) {
            out.putInt(-1);
        } else {
            // The message may be written again, so its buffer is not consumed.
            out.putInt(bytes.remaining()).put(bytes.duplicate());
        }
    }

    @Override
    public void writeBytes(byte @Nullable [] bytes, ByteBuffer out) {
        if (bytes == null) {
            out.putInt(-1);
        } else {
            out.putInt(bytes.length).put(bytes);
        }
    }

    @Override
    public void writeShortBytes(byte[] bytes, ByteBuffer out) {
        out.putShort((short) bytes.length).put(bytes);
    }
}
