package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Task;
import dev.comms.spi.Delivery;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.TaskDelivery;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks of which one is queued at a time per unique key. The key is claimed in the store before the
 * task is submitted, with the task's id as its value, travels in a header, and is released by the
 * worker that settled the task as done or dead. It is released only by the id that holds it, so a
 * task that comes late cannot free the key of another.
 */
final class Uniques {
  /** Carries the unique key to whoever settles the task. */
  private static final String HEADER = "comms-unique";

  /** The first word of a stored key; the number is the format's. */
  private static final String PREFIX = "unique/1/";

  private static final Logger LOG = LoggerFactory.getLogger(Uniques.class);

  private final Engine engine;
  private final Memory memory;

  Uniques(Engine engine) {
    this.engine = engine;
    this.memory = engine.memory;
  }

  private static String key(String contract, String unique) {
    return PREFIX + contract + "/" + unique;
  }

  /**
   * Submits it if nobody holds its key, else answers with the holder's id.
   *
   * @param send submits; it is not called if the key is taken
   */
  CompletableFuture<String> submit(
      Task<?> task,
      Submit how,
      String unique,
      Order order,
      Envelope message,
      Function<Envelope, CompletableFuture<String>> send) {
    memory.need(task.name(), "unique");
    CommsException refusal = engine.refusal(task.name());
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    Duration life = how.uniqueAtMost().plus(order.after());
    String key = key(task.name(), unique);
    Submission submission = new Submission(task.name(), key, message.id());
    memory
        .claim(task.name(), key, message.id(), life)
        .whenComplete(
            (holder, failure) ->
                submission.claimed(
                    holder, failure, () -> guarded(send, message.header(HEADER, unique))));
    return submission;
  }

  private static CompletableFuture<String> guarded(
      Function<Envelope, CompletableFuture<String>> send, Envelope message) {
    try {
      return send.apply(message);
    } catch (RuntimeException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  /** Waits for the claim, then for the confirm; cancelling it reaches what is under way. */
  private final class Submission extends CompletableFuture<String> {
    private final String contract;
    private final String key;
    private final String id;
    private volatile @Nullable CompletableFuture<String> sending;

    Submission(String contract, String key, String id) {
      this.contract = contract;
      this.key = key;
      this.id = id;
    }

    void claimed(
        @Nullable String holder,
        @Nullable Throwable failure,
        Supplier<CompletableFuture<String>> send) {
      if (failure != null) {
        CommsException known = CommsException.of(contract, failure);
        if (known.effect() == Effect.POSSIBLE) {
          releasing(contract, key, id);
        }
        completeExceptionally(unclaimed(known));
      } else if (!id.equals(holder)) {
        complete(holder);
      } else {
        begin(send);
      }
    }

    private void begin(Supplier<CompletableFuture<String>> send) {
      if (isDone()) {
        // Cancelled meanwhile.
        releasing(contract, key, id);
        return;
      }
      CompletableFuture<String> sent = send.get();
      sending = sent;
      if (isCancelled()) {
        sent.cancel(true);
      }
      sent.whenComplete(this::ended);
    }

    /** The key is free again before the submitter knows, so that he may try again at once. */
    private void ended(@Nullable String sent, @Nullable Throwable failure) {
      if (failure == null) {
        complete(sent);
        return;
      }
      CommsException known = CommsException.of(contract, failure);
      if (known.effect() == Effect.NONE) {
        releasing(contract, key, id).whenComplete((done, never) -> completeExceptionally(known));
      } else {
        completeExceptionally(known);
      }
    }

    @Override
    public boolean cancel(boolean interrupt) {
      boolean cancelled = super.cancel(interrupt);
      CompletableFuture<String> under = sending;
      if (cancelled && under != null) {
        under.cancel(interrupt);
      }
      return cancelled;
    }

    private CommsException unclaimed(CommsException failure) {
      if (failure instanceof CommsException.Misconfigured) {
        return failure;
      }
      return new CommsException.Unavailable(
          Facts.of(contract)
              .effect(Effect.NONE)
              .fault(Fault.REMOTE)
              .message(
                  "not submitted, since its unique key could not be taken: " + failure.reason())
              .cause(failure));
    }
  }

  /** The same delivery, or one that frees the key when it is settled as done or dead. */
  TaskDelivery releasing(TaskDelivery delivery) {
    return delivery.envelope().headers().containsKey(HEADER)
        ? new Releasing(this, delivery)
        : delivery;
  }

  /** Never fails: a key that could not be released ends with its life. */
  private CompletableFuture<?> releasing(String contract, String key, String id) {
    return released(contract, key, id)
        .exceptionally(
            failure -> {
              LOG.warn(
                  "{} {}: its unique key {} could not be released: {};"
                      + " until its life ends, further submissions with it are not stored",
                  contract,
                  id,
                  key,
                  CommsException.of(contract, failure).getMessage());
              return false;
            });
  }

  private CompletableFuture<Boolean> released(String contract, String key, String id) {
    try {
      return memory.release(contract, key, id);
    } catch (CommsException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  /** What the broker took back runs again, so its key stays taken. */
  void ended(Delivery delivery) {
    Envelope message = delivery.envelope();
    String unique = message.headers().get(HEADER);
    if (unique != null && !delivery.revoked()) {
      releasing(message.contract(), key(message.contract(), unique), message.id());
    }
  }
}
