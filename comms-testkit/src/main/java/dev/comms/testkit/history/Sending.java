package dev.comms.testkit.history;

import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes down what is called, submitted and published, and how it ended for whoever asked. */
record Sending(History history) implements Policy {

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    Op op = op(exchange.verb());
    if (op == null) {
      return next.proceed(exchange);
    }
    Envelope message = exchange.message();
    history.declare(exchange.contract());
    write(op, Type.INVOKE, message, asked(exchange));
    return new Seen(next.proceed(exchange), (reply, failure) -> end(op, exchange, reply, failure));
  }

  private static @Nullable Op op(Exchange.Verb verb) {
    return switch (verb) {
      case CALL -> Op.CALL;
      case SUBMIT -> Op.SUBMIT;
      case PUBLISH -> Op.PUBLISH;
      default -> null;
    };
  }

  private Map<String, String> asked(Exchange exchange) {
    Envelope message = exchange.message();
    Map<String, String> facts = new HashMap<>();
    facts.put(Facts.HASH, Hash.of(message.body()));
    long left = exchange.deadline().remaining().toNanos();
    facts.put(Facts.DEADLINE, String.valueOf(history.time().nanos() + left));
    if (message.key() != null) {
      facts.put(Facts.KEY, message.key());
    }
    if (!exchange.order().after().isZero()) {
      facts.put(Facts.AFTER, String.valueOf(exchange.order().after().toMillis()));
    }
    if (exchange.verb() == Exchange.Verb.CALL) {
      facts.put(Facts.REPEATABLE, String.valueOf(exchange.contract().idempotent()));
    }
    return facts;
  }

  private void end(Op op, Exchange exchange, @Nullable Reply reply, @Nullable Throwable failure) {
    Map<String, String> facts = new HashMap<>();
    Type type = Type.OK;
    if (failure != null) {
      CommsException why = CommsException.of(exchange.contract().name(), failure);
      facts.put(Facts.WHY, why.kind().name());
      type = type(why);
    } else if (op == Op.CALL && reply instanceof Envelope answer) {
      facts.put(Facts.ANSWER, Hash.of(answer.body()));
    }
    write(op, type, exchange.message(), facts);
  }

  /** A refusal by the handler is an answer: it ran, and said no. */
  private static Type type(CommsException why) {
    if (why.kind() == CommsException.Kind.REJECTED) {
      return Type.INFO;
    }
    return why.effect() == Effect.NONE ? Type.FAIL : Type.INFO;
  }

  private void write(Op op, Type type, Envelope message, Map<String, String> facts) {
    history.write(op, type, message.contract(), message.id(), facts);
  }
}
