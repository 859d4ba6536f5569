package dev.kawarau.resp;

import dev.kawarau.leakcheck.Arrival;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Frames that were recorded, see {@code README.md} beside them. */
final class Traffic {
    private static final String BYTES = "*$+-:_#,(!=%~>|;.?0123456789\r\n\0\"'\\ \377";

    private final List<byte[]> frames = new ArrayList<>();

    static Traffic requests() {
        byte[] stream = read("traffic/requests.resp");
        return new Traffic(stream, Scanned.requests(stream, RespLimits.DEFAULT, Arrival.HEAP, at -> stream.length));
    }

    static Traffic replies() {
        byte[] stream = read("traffic/replies.resp");
        return new Traffic(stream, Scanned.replies(stream, RespLimits.DEFAULT, Arrival.HEAP, at -> stream.length));
    }

    private Traffic(byte[] stream, Scanned scanned) {
        for (int i = 0; i < scanned.ends().size(); i++) {
            frames.add(scanned.frame(stream, i));
        }
        Oracle.same("bytes of whole frames", Corpus.join(frames).length, stream.length);
    }

    private static byte[] read(String resource) {
        try (InputStream in = Traffic.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<byte[]> frames() {
        return frames;
    }

    /** Some frames that follow each other, with up to four mistakes. */
    byte[] mutated(Random random) {
        int from = random.nextInt(frames.size());
        List<byte[]> some = frames.subList(from, Math.min(frames.size(), from + 1 + random.nextInt(5)));
        StringBuilder text = new StringBuilder(Oracle.text(Corpus.join(some)));
        for (int left = random.nextInt(5); left > 0; left--) {
            mutate(text, random);
        }
        return Oracle.bytes(text.toString());
    }

    private void mutate(StringBuilder text, Random random) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + 1 + random.nextInt(8));
        char b = random.nextInt(4) == 0 ? (char) random.nextInt(256) : BYTES.charAt(random.nextInt(BYTES.length()));
        switch (random.nextInt(8)) {
            case 0, 1 -> text.insert(at, b);
            case 2, 3 -> text.replace(at, Math.min(text.length(), at + 1), String.valueOf(b));
            case 4 -> text.delete(at, to);
            case 5 -> text.insert(at, text.substring(at, to));
            case 6 -> text.insert(at, Oracle.text(frames.get(random.nextInt(frames.size()))));
            default -> text.setLength(at);
        }
    }
}
