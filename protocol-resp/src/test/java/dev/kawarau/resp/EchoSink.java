package dev.kawarau.resp;

import dev.kawarau.Message;
import dev.kawarau.Promise;
import dev.kawarau.Reply;
import dev.kawarau.Sink;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers every request with the request, some at once and some a turn of the loop later, after looking at it in every
 * way that a transform may. Confined to one event loop.
 */
final class EchoSink implements Sink {
    private final Consumer<RespMessage> alsoExpected;
    private int count;
    private volatile @Nullable Throwable failure;

    EchoSink(Consumer<RespMessage> alsoExpected) {
        this.alsoExpected = alsoExpected;
    }

    /** What was wrong with a request since the last call. */
    @Nullable
    Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    @Override
    public Reply send(Message message) {
        RespMessage request = (RespMessage) message;
        request.markSent();
        try {
            look(request);
            alsoExpected.accept(request);
        } catch (Throwable thrown) {
            failure = thrown;
        }
        if (count++ % 3 > 0) {
            return Reply.of(echo(request));
        }
        Promise later = new Promise();
        request.retain();
        request.session().loop().execute(() -> {
            later.complete(echo(request));
            request.release();
        });
        return later;
    }

    private static RespMessage echo(RespMessage request) {
        ByteBuf bytes = request.bytes();
        return RespMessage.response(request, bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    private static void look(RespMessage request) {
        RespCommand command = request.command();
        Oracle.that(request.query().keys().size() < request.count(), "too many keys", request);
        Oracle.that(command.channels(request).count() < request.count(), "too many channels", request);
        Oracle.same("keys known", request.query().keysKnown(), !command.keysUnknown(request));
        Oracle.same("kind", request.query().kind(), command.kind());
        Oracle.same("database", request.query().namespace(), "0");
        Oracle.that(command.routing(request) != null, "no routing", request);
        Oracle.same("count", request.arguments().size(), request.count());
        Oracle.that(request.value() instanceof RespValue.Array, "not an array", request.value());
        Oracle.that(!request.isError(), "an error", request);
        Oracle.that(!request.query().operation().isEmpty() || request.length(0) == 0, "no operation", request);
        Oracle.that(!request.toString().isEmpty(), "no text", request);
    }

    @Override
    public void close() {}
}
