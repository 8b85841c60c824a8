package dev.comms.spi;

import dev.comms.contract.Deadline;
import dev.comms.contract.Task;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Carries tasks: confirmed, persistent, delivered at least once, settled one by one. */
public interface TaskTransport extends Transport {

  /** How long a confirm may take; what the caller has left may be less. */
  Duration confirmedWithin();

  /**
   * Done when the broker has it. Fails with {@code UnknownOutcome} when it was sent and no confirm
   * came, and with an effect of NONE when it certainly was not stored.
   */
  CompletableFuture<Void> submit(Task<?> task, Envelope message, Order order, Deadline confirmBy);

  /** Begins to deliver, at most {@code slots} unsettled at a time; the consumer never blocks. */
  Subscription work(Task<?> task, int slots, Consumer<TaskDelivery> consumer);

  /** What failed for good. */
  DeadLetters deadTasks(Task<?> task);
}
