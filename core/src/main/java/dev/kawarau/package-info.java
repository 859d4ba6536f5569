/**
 * The chain and what runs it. Whoever writes a {@link Transform} needs this page; whoever serves one starts at
 * {@link Chain#named} and at a protocol's {@link ListenerBuilder}.
 *
 * <p>A {@link Message} is one request or one response. A {@link Transform} is one step, a {@link Chain} is the rest of
 * them down to the {@link Sink}, a {@link Reply} is the response or the failure, now or later, and a {@link Session} is
 * the client's connection. {@link Query} tells what a request asks for, whatever its protocol.
 *
 * <pre>{@code
 * Transform noAdmin = (request, next) -> request.query().kind() != Query.Kind.ADMIN
 *         ? next.send(request)
 *         : Reply.failed(new Failure(Failure.Kind.DENIED, "administration is not done through this proxy"));
 * }</pre>
 *
 * <p><b>Ownership:</b> all that belongs to an exchange (its request, its response, and whatever a transform put in their
 * place) is released when the exchange ends, and a transform that keeps a message longer calls {@link Message#retain}
 * and {@link Message#release} itself. A message never changes; a changed one is a new one, made from the one at hand.
 *
 * <ol>
 *   <li>All of a session runs on its event loop, its requests in order: {@code handle}, callbacks of replies, pushes.
 *   <li>One transform object serves all loops at once. State of one connection lives in {@link Session#get} under a
 *       {@link Session.Key}; other state is shared and must be thread-safe.
 *   <li>Nothing blocks the loop. {@link Transform#blocking} runs on an executor what must; {@link Reply#from} and
 *       {@link Reply#toCompletionStage} cross threads.
 *   <li>Time comes from {@link Session#nanoTime}, delays from {@link Session#loop}; both are virtual under test.
 *   <li>Every request gets exactly one reply, once. One that never completes holds up all later responses of its
 *       connection (in RESP), keeps its place in flight, and leaks its memory if the client goes: nothing times it out.
 *   <li>What goes wrong is a {@link Failure}, thrown or in {@link Reply#failed}: the client gets the protocol's error
 *       for its kind. Any other throwable is a bug: it is logged, and the client reads "internal error".
 *   <li>{@code next} may be called never, once or often. The reply to a request of your own comes to you alone; make that
 *       request from the one at hand, so that it belongs to the same exchange.
 *   <li>What the database sends unasked (pub/sub, invalidations) passes {@link Transform#onPush}, from the sink up.
 * </ol>
 */
@NullMarked
package dev.kawarau;

import org.jspecify.annotations.NullMarked;
