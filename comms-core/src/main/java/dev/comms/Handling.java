package dev.comms;

import dev.comms.contract.Codec;
import dev.comms.contract.Context;
import dev.comms.contract.Contract;
import dev.comms.contract.Handler;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy.Next;
import dev.comms.policy.Steps;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import io.opentelemetry.context.Scope;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.MDC;

/** The last step of receiving: the handler, inside its context, trace and MDC. */
final class Handling {
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
        if (thrown instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        return CompletableFuture.failedFuture(thrown);
      }
    };
  }

  /** The whole way of a task or an event, from its delivery to its handler. */
  static <T> Next work(
      Engine engine,
      Steps steps,
      Executor pool,
      Contract contract,
      Codec<T> codec,
      Handler.Work<T> handler) {
    Next last =
        of(
            (exchange, context) -> {
              byte[] body = exchange.message().body();
              handler.handle(Sender.decode(contract, codec, body), context);
              return Envelope.EMPTY;
            });
    return Pipeline.chain(
        Pipeline.receiving(steps, engine.policies, Optional.empty(), new Threads(pool, engine)),
        last);
  }

  @SuppressWarnings("try") // the scope is there to be closed
  private static Reply run(Exchange exchange, Body body) throws Exception {
    Context context =
        new Context(
            exchange.contract().name(),
            exchange.message().id(),
            exchange.message().key(),
            exchange.attempt(),
            exchange.deadline(),
            exchange.message().headers());
    MDC.put("contract", context.contract());
    MDC.put("id", context.id());
    MDC.put("attempt", Integer.toString(context.attempt()));
    try (Scope scope = exchange.activate()) {
      return context.wrap(() -> body.run(exchange, context)).call();
    } finally {
      MDC.remove("contract");
      MDC.remove("id");
      MDC.remove("attempt");
    }
  }
}
