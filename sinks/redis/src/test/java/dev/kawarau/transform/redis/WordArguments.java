package dev.kawarau.transform.redis;

import dev.kawarau.resp.RespArguments;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Words as the table of commands takes arguments. */
record WordArguments(List<String> words) implements RespArguments {
    @Override
    public ByteBuf buffer() {
        return Unpooled.copiedBuffer(String.join("", words), StandardCharsets.ISO_8859_1);
    }

    @Override
    public int count() {
        return words.size();
    }

    @Override
    public int start(int argument) {
        return words.subList(0, argument).stream().mapToInt(String::length).sum();
    }

    @Override
    public int length(int argument) {
        return words.get(argument).length();
    }
}
