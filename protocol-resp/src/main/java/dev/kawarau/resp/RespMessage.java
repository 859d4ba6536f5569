package dev.kawarau.resp;

import dev.kawarau.Message;
import dev.kawarau.Query;
import dev.kawarau.Session;
import dev.kawarau.SideSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A RESP request, response or pushed message. Of a request, {@link #command()} and the positions of its arguments are
 * known without decoding it; {@link #arguments()} and {@link #value()} decode when asked. Confined to the session's event
 * loop, unless made by hand.
 */
public final class RespMessage extends Message implements RespArguments {
    // Whoever cut the message out of a stream has compared it with limits of its own.
    private static final RespReader reader = new RespReader(RespLimits.MOST);
    private static final RespMessage NOTHING = new RespMessage(null, null, RespVersion.RESP2, false);

    private final RespCommand command;
    private final int count;
    private final int nameStart;
    private final int nameLength;
    private final @Nullable RespMessage origin;
    private final @Nullable RespValue made;
    private final RespVersion version;
    private int @Nullable [] positions;
    private @Nullable Query query;
    private boolean sent;
    private boolean inTransaction;

    /** A request off the wire; the scanner has just found it. */
    RespMessage(Session session, ByteBuf wire, int offset, RequestScanner found) {
        super(session, wire, offset, found.frameLength());
        this.count = found.argumentCount();
        this.nameStart = offset + found.nameOffset();
        this.nameLength = found.nameLength();
        this.command = count > 1
                ? RespCommands.find(wire, nameStart, nameLength, offset + found.secondOffset(), found.secondLength())
                : RespCommands.find(wire, nameStart, nameLength);
        this.origin = null;
        this.made = null;
        this.version = RespVersion.RESP2;
    }

    /** A request in place of another one, as it is written. */
    private RespMessage(RespMessage origin, ByteBuf wire, RequestScanner found) {
        super(origin, wire, wire.readerIndex(), found.frameLength());
        int start = wire.readerIndex();
        this.count = found.argumentCount();
        this.nameStart = start + found.nameOffset();
        this.nameLength = found.nameLength();
        this.command = count > 1
                ? RespCommands.find(wire, nameStart, nameLength, start + found.secondOffset(), found.secondLength())
                : RespCommands.find(wire, nameStart, nameLength);
        this.origin = origin;
        this.made = null;
        this.version = RespVersion.RESP2;
    }

    private RespMessage(RespMessage request, ByteBuf wire, int offset, int length) {
        super(request, wire, offset, length);
        this.command = RespCommands.UNKNOWN;
        this.count = 0;
        this.nameStart = 0;
        this.nameLength = 0;
        this.origin = null;
        this.made = null;
        this.version = RespVersion.RESP2;
    }

    private RespMessage(Session session, ByteBuf wire, int offset, int length) {
        super(session, wire, offset, length);
        this.command = RespCommands.UNKNOWN;
        this.count = 0;
        this.nameStart = 0;
        this.nameLength = 0;
        this.origin = null;
        this.made = null;
        this.version = RespVersion.RESP2;
    }

    private RespMessage(@Nullable RespMessage origin, @Nullable RespValue value, RespVersion version, boolean request) {
        super(origin);
        this.made = value;
        this.version = version;
        this.origin = origin;
        if (!request) {
            this.command = RespCommands.UNKNOWN;
            this.count = 0;
            this.nameStart = 0;
            this.nameLength = 0;
            return;
        }
        RequestScanner scanner = new RequestScanner(RespLimits.DEFAULT);
        ByteBuf buffer = wire();
        if (!scanner.scan(buffer)) {
            throw new IllegalArgumentException("not a whole request: " + value);
        }
        this.count = scanner.argumentCount();
        this.nameStart = scanner.nameOffset();
        this.nameLength = scanner.nameLength();
        this.command = count > 1
                ? RespCommands.find(buffer, nameStart, nameLength, scanner.secondOffset(), scanner.secondLength())
                : RespCommands.find(buffer, nameStart, nameLength);
    }

    private RespMessage(Session session, RespMessage request) {
        super(session, request.wire().retain(), request.offset(), request.size());
        this.command = request.command;
        this.count = request.count;
        this.nameStart = request.nameStart;
        this.nameLength = request.nameLength;
        this.origin = null;
        this.made = null;
        this.version = RespVersion.RESP2;
    }

    @Override
    protected Message copyFor(SideSession session) {
        return new RespMessage(session, this);
    }

    @Override
    public Message answering(Message request) {
        return hasSession() ? response((RespMessage) request, wire(), offset(), size()) : this;
    }

    /**
     * A response as it came from a server, in the exchange of its request.
     *
     * @param wire retained here; the caller keeps its own reference
     */
    public static RespMessage response(RespMessage request, ByteBuf wire, int offset, int length) {
        return new RespMessage(request, wire.retain(), offset, length);
    }

    /**
     * A message that a server sent without being asked, for {@link Session#push}.
     *
     * @param wire retained here; the caller keeps its own reference
     */
    public static RespMessage push(Session session, ByteBuf wire, int offset, int length) {
        return new RespMessage(session, wire.retain(), offset, length);
    }

    /** A response made by hand, the same for every client: RESP3 clients understand what RESP2 can say. */
    public static RespMessage of(RespValue value) {
        return of(value, RespVersion.RESP2);
    }

    /** A response made by hand in the protocol version of one client, for which see {@link RespSession#version()}. */
    public static RespMessage of(RespValue value, RespVersion version) {
        RespMessage message = new RespMessage(null, Objects.requireNonNull(value, "value"), version, false);
        message.wire(); // now, since it may be used on several threads
        return message;
    }

    /** An error response made by hand, such as {@code ERR no such thing}: a code, a space, and words. */
    public static RespMessage error(String line) {
        return of(RespValue.error(line));
    }

    /** A response of no bytes, for a request that Redis does not answer. */
    public static RespMessage nothing() {
        return NOTHING;
    }

    /** A request in place of another, or beside it, in the same exchange. */
    public static RespMessage command(RespMessage origin, String... arguments) {
        List<RespValue> words = new ArrayList<>(arguments.length);
        for (String argument : arguments) {
            words.add(RespValue.bulk(argument));
        }
        return new RespMessage(origin, RespValue.array(words), RespVersion.RESP2, true);
    }

    /** A request in place of another, or beside it, in the same exchange. */
    public static RespMessage command(RespMessage origin, List<byte[]> arguments) {
        List<RespValue> words = new ArrayList<>(arguments.size());
        for (byte[] argument : arguments) {
            words.add(RespValue.bulk(argument));
        }
        return new RespMessage(origin, RespValue.array(words), RespVersion.RESP2, true);
    }

    /**
     * A request in place of another, or beside it, in the same exchange, which is written already.
     *
     * @param frame one request as an array of bulks; the exchange takes over one reference count
     * @throws IllegalArgumentException if it is not exactly that; the frame is released then too
     */
    public static RespMessage command(RespMessage origin, ByteBuf frame) {
        RequestScanner found = new RequestScanner(RespLimits.MOST);
        try {
            if (found.scan(frame)
                    && !found.inline()
                    && found.argumentCount() > 0
                    && found.frameLength() == frame.readableBytes()) {
                return new RespMessage(origin, frame, found);
            }
        } catch (RespProtocolException notRequest) {
            frame.release();
            throw new IllegalArgumentException("not a request: " + notRequest.getMessage(), notRequest);
        }
        frame.release();
        throw new IllegalArgumentException("not exactly one request");
    }

    @Override
    protected ByteBuf encode() {
        ByteBuf out = Unpooled.buffer();
        if (made != null) {
            RespWriter.write(out, made, version);
        }
        return out;
    }

    /** What the table knows of the request's command; {@link RespCommands#UNKNOWN} for a response. */
    public RespCommand command() {
        return command;
    }

    @Override
    public ByteBuf buffer() {
        return wire();
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int start(int argument) {
        return argument == 0 ? nameStart : positions()[2 * Objects.checkIndex(argument, count)];
    }

    @Override
    public int length(int argument) {
        return argument == 0 ? nameLength : positions()[2 * Objects.checkIndex(argument, count) + 1];
    }

    private int[] positions() {
        int[] known = positions;
        if (known == null) {
            known = ArgumentPositions.find(wire(), offset(), count);
            positions = known;
        }
        return known;
    }

    /** An argument of a request, as a view of its memory. Argument 0 is the command's name. */
    public ByteBuf argument(int argument) {
        return wire().slice(start(argument), length(argument)).asReadOnly();
    }

    /**
     * Whether an argument of a request is this word, in capitals or not. As servers compare options: with C's strcasecmp,
     * for which a NUL ends the argument, whatever comes after it.
     */
    public boolean argumentIs(int argument, String word) {
        if (argument >= count || length(argument) < word.length()) {
            return false;
        }
        int start = start(argument);
        ByteBuf buffer = wire();
        if (length(argument) > word.length() && buffer.getByte(start + word.length()) != 0) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            int found = buffer.getByte(start + i);
            int upper = found >= 'a' && found <= 'z' ? found - 32 : found;
            if (upper != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The arguments of a request, copied. */
    public List<byte[]> arguments() {
        return reader.arguments(wire(), offset(), offset() + size());
    }

    /** The message decoded. */
    public RespValue value() {
        return made != null ? made : reader.read(wire(), offset(), offset() + size());
    }

    /** The first byte on the wire, which tells a response's type; 0 if there are no bytes. */
    public byte firstByte() {
        return size() == 0 ? 0 : wire().getByte(offset());
    }

    @Override
    public boolean isError() {
        byte type = firstByte();
        if (type == '|') {
            // Not decoded: what the attributes say may be no RESP, which is not the business of this question.
            ReplyScanner found = new ReplyScanner(RespLimits.MOST);
            type = found.scan(bytes()) ? found.type() : type;
        }
        return type == '-' || type == '!';
    }

    @Override
    public Query query() {
        Query known = query;
        if (known == null) {
            known = count == 0 ? Query.NONE : new RespQuery(this);
            query = known;
        }
        return known;
    }

    @Override
    public @Nullable Message acknowledgement() {
        return !isInTransaction() && OkCommands.has(this) ? OkCommands.OK : null;
    }

    /** Notes that the request came as part of a transaction. */
    void markInTransaction() {
        inTransaction = true;
    }

    boolean isInTransaction() {
        return inTransaction || (origin != null && origin.isInTransaction());
    }

    /** Notes that the request, or one in its place, has been handed to a server. For sinks. */
    public void markSent() {
        for (RespMessage m = this; m != null; m = m.origin) {
            m.sent = true;
        }
    }

    /** Whether the request, or one in its place, has been handed to a server. */
    boolean isSent() {
        return sent;
    }

    /** For logs: a command's name and the number of its arguments, but no data. */
    @Override
    public String toString() {
        return count > 0
                ? command + " with " + (count - 1) + " arguments"
                : "RESP message of " + size() + " bytes beginning with '" + (char) firstByte() + "'";
    }
}
