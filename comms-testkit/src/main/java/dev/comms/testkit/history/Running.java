package dev.comms.testkit.history;

import dev.comms.contract.CommsException;
import dev.comms.policy.Exchange;
import dev.comms.policy.Policy;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Writes down when a handler begins, and how it ends. */
record Running(History history) implements Policy {
  /** What is longer is no deadline. */
  private static final Duration LONGEST = Duration.ofDays(1_000);

  /** What core calls the group of a replay. */
  private static final String REPLAY = "replay";

  @Override
  public CompletableFuture<? extends Reply> apply(Exchange exchange, Next next) {
    if (!recorded(exchange)) {
      return next.proceed(exchange);
    }
    Envelope message = exchange.message();
    Map<String, String> facts = new HashMap<>();
    facts.put(Facts.KIND, exchange.verb().name().toLowerCase(Locale.ROOT));
    facts.put(Facts.GROUP, exchange.target());
    facts.put(Facts.HASH, Hash.of(message.body()));
    facts.put(Facts.ATTEMPT, String.valueOf(exchange.attempt()));
    Duration left = exchange.deadline().remaining();
    if (left.compareTo(LONGEST) < 0) {
      facts.put(Facts.DEADLINE, String.valueOf(history.time().nanos() + left.toNanos()));
    }
    if (message.key() != null) {
      facts.put(Facts.KEY, message.key());
    }
    Instant expires = message.expires();
    if (expires != null) {
      facts.put(Facts.EXPIRES, String.valueOf(expires.toEpochMilli()));
      facts.put(Facts.NOW, String.valueOf(history.time().now().toEpochMilli()));
    }
    history.write(Op.RUN, Type.INVOKE, message.contract(), message.id(), facts);
    // What ends later than that is a handler that outlived its limit: nobody heeds how.
    AtomicBoolean over = new AtomicBoolean();
    exchange.onEnd(failure -> over.set(true));
    return new Seen(
        next.proceed(exchange), (reply, failure) -> end(exchange, reply, failure, over.get()));
  }

  /** A stream is no answer to one message, and what is replayed was handled before. */
  private static boolean recorded(Exchange exchange) {
    return switch (exchange.verb()) {
      case ANSWER, WORK -> true;
      case HANDLE -> !exchange.target().equals(REPLAY);
      default -> false;
    };
  }

  private void end(
      Exchange exchange, @Nullable Reply reply, @Nullable Throwable failure, boolean over) {
    Envelope message = exchange.message();
    Map<String, String> facts = new HashMap<>();
    facts.put(Facts.KIND, exchange.verb().name().toLowerCase(Locale.ROOT));
    facts.put(Facts.GROUP, exchange.target());
    facts.put(Facts.ATTEMPT, String.valueOf(exchange.attempt()));
    if (failure != null) {
      facts.put(Facts.WHY, CommsException.of(message.contract(), failure).kind().name());
    } else if (reply instanceof Envelope answer) {
      facts.put(Facts.ANSWER, Hash.of(answer.body()));
    }
    Type type = over ? Type.INFO : failure == null ? Type.OK : Type.FAIL;
    history.write(Op.RUN, type, message.contract(), message.id(), facts);
  }
}
