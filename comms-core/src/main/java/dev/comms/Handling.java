package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Event;
import dev.comms.contract.Handler;
import dev.comms.contract.Verdict;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.CallServer;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import dev.comms.spi.Reply;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The last step of receiving: the handler, inside its context, trace and MDC. */
final class Handling {
  /** In a handler's reply: it is a checkpoint, which waits so long. */
  private static final String GOES_ON = "comms-goes-on";

  private Handling() {}

  /** Decodes, handles and encodes. */
  @FunctionalInterface
  interface Body {
    Reply run(Exchange exchange, Context context) throws Exception;
  }

  static Next of(Body body) {
    return exchange -> {
      try {
        return CompletableFuture.completedFuture(run(exchange, body));
      } catch (Throwable thrown) {
        return failed(thrown);
      }
    };
  }

  /** What the transport answers itself, which may be done after this thread has left it. */
  static Next own(CallServer.Own own, Pipe pipe) {
    return exchange -> {
      try {
        return inside(
                exchange,
                context(exchange),
                () -> own.answer(exchange.message(), pipe, exchange.deadline()))
            .thenApply(done -> Envelope.EMPTY);
      } catch (Throwable thrown) {
        return failed(thrown);
      }
    };
  }

  private static CompletableFuture<Reply> failed(Throwable thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return CompletableFuture.failedFuture(thrown);
  }

  /** The whole way of a task or an event, from its delivery to its handler. */
  static <T> Lane.Route each(
      Engine engine, Steps steps, Crew crew, Terms<T> terms, Handler.Work<T> handler) {
    Threads threads = new Threads(crew, engine, terms.contract());
    List<Policy> order = Pipeline.receiving(steps, engine.policies, Optional.empty(), threads);
    if (terms.once()) {
      // Each delivery settles itself on its way, so each has a way of its own.
      return lane -> Pipeline.chain(order, of(once(engine, terms, handler, lane)));
    }
    Next shared =
        Pipeline.chain(
            order,
            of((exchange, context) -> done(terms, handler, decoded(terms, exchange), context)));
    return lane -> shared;
  }

  /** The way of an event that is read again: there is nothing to settle. */
  static <T> Next replayed(
      Engine engine, Steps steps, Crew crew, Event<T> event, Handler.Work<T> handler) {
    Threads threads = new Threads(crew, engine, event);
    List<Policy> order = Pipeline.receiving(steps, engine.policies, Optional.empty(), threads);
    Body body =
        (exchange, context) -> {
          handler.handle(Sender.decode(event, event.codec(), exchange.message().body()), context);
          return Envelope.EMPTY;
        };
    return Pipeline.chain(order, of(body));
  }

  /** As late as may be: what cannot be decoded, or finds no thread, is not lost. */
  private static <T> Body once(Engine engine, Terms<T> terms, Handler.Work<T> handler, Lane lane) {
    return (exchange, context) -> {
      T payload = decoded(terms, exchange);
      engine.time.await(lane.settleFirst(), terms.contract().name(), exchange.deadline());
      return done(terms, handler, payload, context);
    };
  }

  static <T> T decoded(Terms<T> terms, Exchange exchange) {
    return Sender.decode(terms.contract(), terms.codec(), exchange.message().body());
  }

  private static <T> Envelope done(
      Terms<T> terms, Handler.Work<T> handler, T payload, Context context) throws Exception {
    try {
      handler.handle(payload, context);
      return Envelope.EMPTY;
    } catch (Verdict.ContinueLater later) {
      if (!terms.noCheckpoint().isEmpty()) {
        throw terms.noCheckpoint(terms.noCheckpoint());
      }
      String name = terms.contract().name();
      return Envelope.of("", name, "", Instant.EPOCH, later.state())
          .header(GOES_ON, later.after().toString());
    } catch (CommsException failed) {
      throw nested(terms, failed);
    }
  }

  /**
   * A verb in the handler that uses the contract which is being handled, as a task that submits
   * itself does: its failure says nothing of this message. {@code Rejected} is the handler's word.
   */
  static CommsException nested(Terms<?> terms, CommsException failed) {
    boolean same = failed.contract().equals(terms.contract().name());
    return same && !(failed instanceof CommsException.Rejected)
        ? new CommsException.Failed(failed.facts().cause(failed))
        : failed;
  }

  /** Whether a handler's reply is a checkpoint. */
  static boolean goesOn(Envelope reply) {
    return reply.headers().containsKey(GOES_ON);
  }

  /** How long a checkpoint is to wait. */
  static Duration pauseOf(Envelope reply) {
    return Duration.parse(reply.headers().getOrDefault(GOES_ON, "PT0S"));
  }

  static Context context(Exchange exchange) {
    return new Context(
        exchange.contract().name(),
        exchange.message().id(),
        exchange.message().key(),
        exchange.attempt(),
        exchange.deadline(),
        exchange.message().headers(),
        exchange.message().peer());
  }

  private static Reply run(Exchange exchange, Body body) throws Exception {
    Context context = context(exchange);
    return inside(exchange, context, () -> body.run(exchange, context));
  }

  /** Runs users' code with its context, trace and MDC, and leaves the thread as it was. */
  @SuppressWarnings("try") // the scope is there to be closed
  static <T> T inside(Exchange exchange, Context context, Callable<T> work) throws Exception {
    String contract = mdc("contract", context.contract());
    String id = mdc("id", context.id());
    String attempt = mdc("attempt", Integer.toString(context.attempt()));
    String trace = MDC.get("trace");
    try (Scope scope = exchange.activate()) {
      SpanContext span = Span.current().getSpanContext();
      if (span.isValid()) {
        MDC.put("trace", span.getTraceId());
      }
      return context.wrap(work).call();
    } finally {
      back("contract", contract);
      back("id", id);
      back("attempt", attempt);
      back("trace", trace);
    }
  }

  private static @Nullable String mdc(String key, String value) {
    String before = MDC.get(key);
    MDC.put(key, value);
    return before;
  }

  /** A thread that was lent by a user may come with values of his. */
  private static void back(String key, @Nullable String before) {
    if (before == null) {
      MDC.remove(key);
    } else {
      MDC.put(key, before);
    }
  }
}
