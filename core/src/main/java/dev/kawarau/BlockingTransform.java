package dev.kawarau;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** See {@link Transform#blocking}. */
final class BlockingTransform implements Transform {
    private final Executor executor;
    private final Transform transform;
    private final Session.Key<ArrayDeque<Job>> waiting =
            Session.Key.named("requests that wait for a blocking transform");

    BlockingTransform(Executor executor, Transform transform) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.transform = Objects.requireNonNull(transform, "transform");
    }

    @Override
    public Reply handle(Message request, Chain next) {
        Session session = request.session();
        ArrayDeque<Job> jobs = session.get(waiting);
        if (jobs == null) {
            jobs = new ArrayDeque<>(4);
            session.set(waiting, jobs);
        }
        Job job = new Job(request, next, jobs);
        jobs.add(job);
        if (jobs.size() == 1) {
            job.start();
        }
        return job.promise;
    }

    /** One request. It is at the head of its session's queue from its start on the executor to its return from there. */
    private final class Job implements Runnable {
        private final Message request;
        private final Chain next;
        private final ArrayDeque<Job> queue;
        private final Promise promise = new Promise();
        private final List<Sent> sent = new ArrayList<>(1);
        private volatile boolean returned;

        private Job(Message request, Chain next, ArrayDeque<Job> queue) {
            // A transform before this one may answer, and so end the exchange, while another thread reads the request.
            this.request = request.retain();
            this.next = next;
            this.queue = queue;
        }

        void start() {
            try {
                executor.execute(this);
            } catch (RejectedExecutionException rejected) {
                Reply refused = Reply.failed(new Failure(
                        Failure.Kind.OVERLOADED,
                        "too many requests wait for " + transform.name() + ", try again later",
                        false,
                        rejected));
                // Not here and now: a long queue that is refused would overflow the stack.
                request.session().loop().execute(() -> finish(refused));
            }
        }

        @Override
        public void run() {
            Reply reply;
            try {
                // What is sent is only noted here and leaves on the loop, so that no reply completes on two threads.
                reply = transform.handle(request, this::note);
            } catch (Throwable thrown) {
                reply = Reply.failed(thrown);
            }
            Reply result = reply;
            request.session().loop().execute(() -> finish(result));
        }

        private Reply note(Message message) {
            if (returned) {
                // From a callback, which runs on the loop.
                return next.send(message);
            }
            Sent one = new Sent(message, new Promise());
            sent.add(one);
            return one.promise;
        }

        private void finish(@Nullable Reply reply) {
            returned = true;
            for (Sent one : sent) {
                next.send(one.message).deliver(one.promise::settle);
            }
            if (reply == null) {
                promise.fail(new IllegalStateException(transform.name() + " returned null, not a reply"));
            } else {
                reply.deliver(promise::settle);
            }
            request.release();
            queue.remove();
            Job following = queue.peek();
            if (following != null) {
                following.start();
            }
        }
    }

    private record Sent(Message message, Promise promise) {}

    @Override
    public @Nullable Message onPush(Session session, Message push) {
        return transform.onPush(session, push);
    }

    @Override
    public List<Chain> chains() {
        return transform.chains();
    }

    /** Not while something waits that the session's next requests must not overtake. */
    @Override
    public boolean leave(Session session) {
        ArrayDeque<Job> jobs = session.get(waiting);
        return transform.leave(session) && (jobs == null || jobs.isEmpty() || !session.isOrdered());
    }

    @Override
    public void onBuild(TransformContext context) {
        transform.onBuild(context);
    }

    @Override
    public String name() {
        return transform.name();
    }

    @Override
    public String toString() {
        return "blocking " + BuiltChain.describe(transform);
    }
}
