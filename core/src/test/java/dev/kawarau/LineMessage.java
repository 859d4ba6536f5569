package dev.kawarau;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of the protocol that the tests speak: {@code GET key}, {@code SET key value}, or anything. */
final class LineMessage extends Message {
    private static final String BROKEN = "broken";

    private final @Nullable String made;

    private LineMessage(Session session, ByteBuf wire, int offset, int length) {
        super(session, wire, offset, length);
        this.made = null;
    }

    private LineMessage(Message origin, ByteBuf wire) {
        super(origin, wire, wire.readerIndex(), wire.readableBytes());
        this.made = null;
    }

    private LineMessage(@Nullable Message origin, String made) {
        super(origin);
        this.made = made;
    }

    /** A request, or a push, of a session; takes over the buffer's reference. */
    static LineMessage of(Session session, ByteBuf wire, int offset, int length) {
        return new LineMessage(session, wire, offset, length);
    }

    /** A push in pooled memory, so that a leak of it shows. */
    static LineMessage push(Session session, String text) {
        ByteBuf wire = pooled(session, text);
        return new LineMessage(session, wire, 0, wire.readableBytes());
    }

    /** A response in pooled memory, so that a leak of it shows. */
    static LineMessage response(Message request, String text) {
        return new LineMessage(request, pooled(request.session(), text));
    }

    /** A request in place of another. */
    static LineMessage instead(Message request, String text) {
        return new LineMessage(request, text);
    }

    static LineMessage byHand(String text) {
        return new LineMessage(null, text);
    }

    /** A response whose bytes cannot be made. */
    static LineMessage broken() {
        return new LineMessage(null, BROKEN);
    }

    private static ByteBuf pooled(Session session, String text) {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        return session.alloc().directBuffer(bytes.length).writeBytes(bytes);
    }

    @Override
    protected Message copyFor(SideSession session) {
        return new LineMessage(session, wire().retain(), offset(), size());
    }

    @Override
    protected ByteBuf encode() {
        if (BROKEN.equals(made)) {
            throw new IllegalStateException("cannot be encoded");
        }
        return Unpooled.wrappedBuffer((made + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The line without its end. */
    String text() {
        String line = made != null ? made + "\n" : bytes().toString(StandardCharsets.UTF_8);
        return line.substring(0, line.length() - 1);
    }

    @Override
    public Query query() {
        String[] words = text().split(" ", 3);
        return new Query() {
            @Override
            public Kind kind() {
                return switch (words[0]) {
                    case "GET" -> Kind.READ;
                    case "SET" -> Kind.WRITE;
                    default -> Kind.OTHER;
                };
            }

            @Override
            public String operation() {
                return words[0];
            }

            @Override
            public String namespace() {
                return "";
            }

            @Override
            public List<ByteBuf> keys() {
                return words.length < 2 ? List.of() : List.of(Unpooled.copiedBuffer(words[1], StandardCharsets.UTF_8));
            }

            @Override
            public boolean keysKnown() {
                return true;
            }
        };
    }

    @Override
    public boolean isError() {
        return text().startsWith("!");
    }

    @Override
    public String toString() {
        return text();
    }
}
