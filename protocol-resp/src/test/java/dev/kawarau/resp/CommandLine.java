package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A request made of words, with a byte between them that belongs to none. */
record CommandLine(List<String> words, ByteBuf buffer, int[] starts) implements RespArguments {

    /** Words that are separated by a space; {@code ""} stands for an empty one. */
    static CommandLine of(String line) {
        return of(line.replace("\"\"", "").split(" ", -1));
    }

    static CommandLine of(String... words) {
        ByteBuf buffer = Unpooled.buffer(64);
        int[] starts = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            buffer.writeByte('x');
            starts[i] = buffer.writerIndex();
            buffer.writeCharSequence(words[i], StandardCharsets.ISO_8859_1);
        }
        // Without a byte to spare behind the last word, so that reading past it fails.
        return new CommandLine(List.of(words), Unpooled.wrappedBuffer(bytes(buffer)), starts);
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }

    @Override
    public int count() {
        return words.size();
    }

    @Override
    public int start(int argument) {
        return starts[argument];
    }

    @Override
    public int length(int argument) {
        return words.get(argument).length();
    }

    List<String> keys() {
        return pick(RespCommands.find(this).keys(this));
    }

    List<String> channels() {
        return pick(RespCommands.find(this).channels(this));
    }

    List<String> pick(KeyPositions positions) {
        List<String> picked = new ArrayList<>();
        for (int n = 0; n < positions.count(); n++) {
            picked.add(words.get(positions.get(n)));
        }
        return picked;
    }

    @Override
    public String toString() {
        return words.toString();
    }
}
