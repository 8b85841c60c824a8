package dev.comms.rabbit;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Task;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One message on its way to a confirm. Its result is the only thing that ends it. */
final class Outgoing {
  final Task<?> task;
  final Topology.Target target;
  final BasicProperties properties;
  final byte[] body;
  final Deadline deadline;
  final CompletableFuture<Void> result = new CompletableFuture<>();

  // set by whoever publishes it, before the lane sees it
  private @Nullable Executor callbacks;

  // written by the lane's thread, read by the timer's
  private volatile int sendings;
  private volatile long sentNanos;
  private volatile long sequence;

  // written and read by the connection's I/O thread; a sending clears it
  private volatile @Nullable String returned;

  Outgoing(
      Task<?> task,
      Topology.Target target,
      BasicProperties properties,
      byte[] body,
      Deadline deadline) {
    this.task = task;
    this.target = target;
    this.properties = properties;
    this.body = body;
    this.deadline = deadline;
  }

  void calledBackOn(Executor here) {
    callbacks = here;
  }

  /** Where its publisher wants to hear of it. */
  Executor callbacks(Executor otherwise) {
    Executor here = callbacks;
    return here == null ? otherwise : here;
  }

  boolean ended() {
    return result.isDone();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the lane's thread writes it
  void sending(long nanos) {
    returned = null;
    sentNanos = nanos;
    sendings++;
  }

  /** Its number on the channel that sends it now. */
  void sequence(long number) {
    sequence = number;
  }

  long sequence() {
    return sequence;
  }

  /** The client refused before it wrote anything. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the lane's thread writes it
  void notSent() {
    sendings--;
  }

  boolean sent() {
    return sendings > 0;
  }

  long sentNanos() {
    return sentNanos;
  }

  void returned(String why) {
    returned = why;
  }

  boolean matches(String id, String exchange, String key) {
    return returned == null
        && target.exchange().equals(exchange)
        && target.key().equals(key)
        && id.equals(properties.getMessageId());
  }

  boolean unroutable() {
    return returned != null;
  }

  /** What the broker's positive confirm means: stored, or returned before. */
  void acknowledged() {
    String why = returned;
    if (why == null) {
      result.complete(null);
    } else {
      fail(
          new CommsException.Unroutable(
              facts(Fault.REMOTE)
                  .message(
                      "the broker has no queue for exchange '"
                          + target.exchange()
                          + "', key '"
                          + target.key()
                          + "' ("
                          + why
                          + "); it is declared anew at the next submission")));
    }
  }

  void refused() {
    fail(
        new CommsException.Overloaded(
            facts(Fault.OVERLOAD)
                .message("the broker refused it: the queue is full or cannot take it now")));
  }

  /**
   * The deadline passed: with no confirm after a sending, or without a sending, for this reason.
   */
  void expired(CommsException whyNotSent) {
    fail(
        sent()
            ? new CommsException.UnknownOutcome(
                properties.getMessageId(),
                facts(Fault.NETWORK)
                    .message(
                        "sent as "
                            + properties.getMessageId()
                            + ", but no confirm came in time; it may be stored or not"))
            : whyNotSent);
  }

  void fail(CommsException why) {
    result.completeExceptionally(why);
  }

  /** An earlier sending of the same message may have been stored. */
  private Facts facts(Fault fault) {
    return Facts.of(task.name()).effect(sendings > 1 ? Effect.POSSIBLE : Effect.NONE).fault(fault);
  }
}
