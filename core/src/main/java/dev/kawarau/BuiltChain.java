package dev.kawarau;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A chain as {@link ChainBuilder} builds it: each transform holds the rest of the chain as its next. */
final class BuiltChain implements Chain {
    private static final Logger log = LoggerFactory.getLogger(BuiltChain.class);

    private final String name;
    private final Chain head;
    private final Chain sink;
    private final List<TransformNode> nodes = new ArrayList<>();
    private final ChainStats stats;
    private final List<Runnable> closers = new ArrayList<>();
    private boolean closed;

    BuiltChain(String name, List<Transform> transforms, Chain sink, MeterRegistry meters) {
        this.name = name;
        this.sink = sink;
        transforms.forEach(this::checkChains);
        this.stats = ChainStats.open(meters, Tags.of("chain", name, "transform", ""), true);
        List<String> names = distinctNames(transforms);
        Chain next = new End();
        for (int i = transforms.size() - 1; i >= 0; i--) {
            TransformNode node = new TransformNode(this, names.get(i), transforms.get(i), next, meters);
            nodes.add(0, node);
            next = node;
        }
        this.head = next;
        try {
            for (TransformNode node : nodes) {
                node.transform().onBuild(new Context(node.name(), meters));
            }
        } catch (RuntimeException refused) {
            close();
            throw refused;
        }
    }

    private void checkChains(Transform transform) {
        for (Chain other : transform.chains()) {
            if (protocol() != null
                    && other.protocol() != null
                    && !other.protocol().equals(protocol())) {
                throw new IllegalStateException("chain \"" + name + "\": " + transform.name() + " sends to "
                        + title(other) + ", which speaks " + other.protocol() + "; " + sinkText() + " speaks "
                        + protocol());
            }
        }
    }

    /** A chain in few words. */
    static String title(Chain chain) {
        return chain instanceof BuiltChain built ? "chain \"" + built.name + "\"" : describe(chain);
    }

    /** A sink may be any lambda, so what it must not do becomes a failed reply here. */
    private final class End implements Chain {
        @Override
        public Reply send(Message request) {
            Reply reply;
            try {
                reply = sink.send(request);
            } catch (Throwable thrown) {
                if (thrown instanceof VirtualMachineError) {
                    throw thrown;
                }
                return Reply.failed(thrown);
            }
            return reply != null
                    ? reply
                    : Reply.failed(new IllegalStateException(
                            "the sink of chain \"" + name + "\", " + sinkText() + ", returned null, not a reply"));
        }

        @Override
        public boolean leave(Session session) {
            return sink.leave(session);
        }
    }

    private static List<String> distinctNames(List<Transform> transforms) {
        Set<String> names = new LinkedHashSet<>();
        for (Transform transform : transforms) {
            String distinct = transform.name();
            for (int count = 2; !names.add(distinct); count++) {
                distinct = transform.name() + "-" + count;
            }
        }
        return new ArrayList<>(names);
    }

    private final class Context implements TransformContext {
        private final String transform;
        private final MeterRegistry meters;

        private Context(String transform, MeterRegistry meters) {
            this.transform = transform;
            this.meters = meters;
        }

        @Override
        public String chain() {
            return name;
        }

        @Override
        public String name() {
            return transform;
        }

        @Override
        public MeterRegistry meters() {
            return meters;
        }

        @Override
        public void onClose(Runnable action) {
            synchronized (closers) {
                closers.add(action);
            }
        }
    }

    String name() {
        return name;
    }

    String sinkText() {
        return describe(sink);
    }

    ChainStats stats() {
        return stats;
    }

    /** The chain without its own statistics, for a listener, which keeps them itself. */
    Reply sendUncounted(Message request) {
        return head.send(request);
    }

    @Override
    public Reply send(Message request) {
        return request.hasSession() ? TransformNode.counted(stats, request, head) : head.send(request);
    }

    @Override
    public @Nullable Message onPush(Session session, Message push) {
        Message passing = sink.onPush(session, push);
        for (int i = nodes.size() - 1; i >= 0 && passing != null; i--) {
            passing = nodes.get(i).transform().onPush(session, passing);
        }
        return passing;
    }

    @Override
    public boolean leave(Session session) {
        return head.leave(session);
    }

    /** Whether a session may leave all that its transforms send to, beside the chain's own end. */
    boolean leaveBeside(Session session) {
        boolean left = true;
        for (TransformNode node : nodes) {
            left &= node.leaveBeside(session);
        }
        return left && (!(sink instanceof BuiltChain inner) || inner.leaveBeside(session));
    }

    /** Where a chain ends, its sub-chains followed. */
    static Chain end(Chain chain) {
        return chain instanceof BuiltChain built ? end(built.sink) : chain;
    }

    @Override
    public @Nullable String protocol() {
        return sink.protocol();
    }

    @Override
    public void close() {
        List<Runnable> actions;
        synchronized (closers) {
            if (closed) {
                return;
            }
            closed = true;
            actions = new ArrayList<>(closers);
        }
        for (int i = actions.size() - 1; i >= 0; i--) {
            try {
                actions.get(i).run();
            } catch (RuntimeException failed) {
                log.warn("chain \"{}\": closing a transform failed", name, failed);
            }
        }
        nodes.forEach(TransformNode::close);
        stats.close();
    }

    static String describe(Object part) {
        String text = String.valueOf(part);
        String defaultText = part.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(part));
        if (!text.equals(defaultText)) {
            return text;
        }
        return part instanceof Transform transform
                ? transform.name()
                : part.getClass().isHidden() || part.getClass().isSynthetic()
                        ? "lambda"
                        : part.getClass().getSimpleName();
    }

    /** One line for each step; a step that prints as several lines, such as one that holds a chain, is indented. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("chain \"" + name + "\"");
        for (TransformNode node : nodes) {
            append(text, describe(node.transform()));
        }
        append(text, describe(sink));
        return text.toString();
    }

    private static void append(StringBuilder text, String part) {
        text.append("\n  -> ").append(part.replace("\n", "\n     "));
    }
}
