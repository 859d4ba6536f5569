package dev.kawarau.resp;

import io.netty.buffer.ByteBuf;

/**
 * The arguments of one RESP request as they lie in a buffer. Argument 0 is the command's name, argument 1 the
 * subcommand's where there is one; positions of keys count the same way.
 *
 * <p>Every argument lies within {@link #buffer()}; nobody who is handed this changes the buffer or its indices.
 */
public interface RespArguments {

    ByteBuf buffer();

    /** Number of arguments, the name included. */
    int count();

    /** Index in {@link #buffer()} of the first byte of an argument, {@code 0 <= argument < count()}. */
    int start(int argument);

    /** Length of an argument in bytes, {@code 0 <= argument < count()}. */
    int length(int argument);
}
