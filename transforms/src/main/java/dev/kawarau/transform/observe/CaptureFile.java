package dev.kawarau.transform.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The file that is written, and those before it: {@code path}, {@code path.1} (the one before), {@code path.2} and so on. No
 * file is ever written over, and what was not written as a whole is cut off again. Confined to the thread that writes.
 */
final class CaptureFile {
    private static final int BUFFER = 64 << 10;

    /** Makes a file that is not there. */
    interface Opener {
        FileChannel open(Path path) throws IOException;
    }

    private final Path path;
    private final byte[] header;
    private final long mostBytes;
    private final int mostFiles;
    private final Opener opener;
    private final IntConsumer whole;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private @Nullable FileChannel channel;
    private long written;
    private int unwritten;

    /** Where the last record ended that was written as a whole. */
    private long settledAt;

    /** @param whole told how many more records have been written */
    CaptureFile(Path path, byte[] header, long mostBytes, int mostFiles, Opener opener, IntConsumer whole) {
        this.path = path;
        this.header = header.clone();
        this.mostBytes = mostBytes;
        this.mostFiles = mostFiles;
        this.opener = opener;
        this.whole = whole;
    }

    /** Makes the file readable for its owner alone, where there are owners. */
    static FileChannel create(Path path) throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? FileChannel.open(
                        path,
                        options,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : FileChannel.open(path, options, new FileAttribute<?>[0]);
    }

    /** Adds a record; some are written later, by {@link #flush}. */
    void append(byte[] record) throws IOException {
        unwritten++;
        long end = written + buffer.position();
        if (channel != null && end > header.length && end + record.length > mostBytes) {
            close();
            unwritten = 1;
        }
        if (channel == null) {
            open();
        }
        int from = 0;
        while (from < record.length) {
            if (!buffer.hasRemaining()) {
                drain();
            }
            int some = Math.min(buffer.remaining(), record.length - from);
            buffer.put(record, from, some);
            from += some;
        }
    }

    private void open() throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(path + " is no file");
            }
            makeWay();
        }
        channel = opener.open(path);
        written = 0;
        buffer.clear().put(header);
    }

    private void makeWay() throws IOException {
        if (Files.size(path) == 0) {
            Files.delete(path);
            return;
        }
        for (int i = mostFiles - 2; i >= 1; i--) {
            Path older = numbered(i);
            if (Files.exists(older, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(older, numbered(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(path, numbered(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    /** Writes what was added. */
    void flush() throws IOException {
        if (channel != null && buffer.position() > 0) {
            drain();
        }
        settled();
    }

    private void settled() {
        settledAt = written;
        whole.accept(unwritten);
        unwritten = 0;
    }

    private void drain() throws IOException {
        FileChannel to = channel;
        if (to == null) {
            return;
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
            written += to.write(buffer, written);
        }
        buffer.clear();
    }

    /**
     * Something could not be written: takes back what was written of it.
     *
     * @return how many records are lost
     */
    int abandon() {
        int lost = unwritten;
        unwritten = 0;
        buffer.clear();
        FileChannel broken = channel;
        channel = null;
        if (broken != null) {
            try (broken) {
                broken.truncate(settledAt);
            } catch (IOException failed) {
                // A reader finds that the last record is not whole.
            }
        }
        settledAt = 0;
        return lost;
    }

    /** Writes what was added, and ends the file. */
    void close() throws IOException {
        flush();
        FileChannel full = channel;
        channel = null;
        settledAt = 0;
        if (full != null) {
            full.close();
        }
    }
}
