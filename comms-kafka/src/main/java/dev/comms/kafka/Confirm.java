package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.CommsException.UnknownOutcome;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The wait of one record for its confirm. The caller's deadline and the producer race: whoever is
 * first completes the future, and the record counts as under way until the producer lets it go.
 */
final class Confirm implements Gate.Passer, SendThread.Turn, Callback {
  private static final AtomicLong TICKETS = new AtomicLong();

  private final long ticket = TICKETS.incrementAndGet();
  private final Publisher publisher;
  private final Gate gate;
  private final String contract;
  private final String id;
  private final ProducerRecord<byte[], byte[]> event;
  private final int bytes;
  private final Executor callbacks;
  private final CompletableFuture<Void> future = new CompletableFuture<>();
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private volatile Time.@Nullable Cancellable timer;
  private volatile @Nullable Thread sender;

  private enum Stage {
    /** Not given to the producer: it can still be called off. */
    WAITING,
    /** Given to the producer: nobody can recall it. */
    SENT,
    /** Never given to the producer. */
    CALLED_OFF
  }

  Confirm(
      Publisher publisher,
      Gate gate,
      String contract,
      String id,
      ProducerRecord<byte[], byte[]> event,
      int bytes) {
    this.publisher = publisher;
    this.gate = gate;
    this.contract = contract;
    this.id = id;
    this.event = event;
    this.bytes = bytes;
    // Never the producer's own thread, which must go on sending.
    this.callbacks = publisher.host().callbacksHere();
  }

  CompletableFuture<Void> future() {
    return future;
  }

  void endAt(Deadline confirmBy) {
    Duration left = confirmBy.remaining();
    timer = publisher.host().time().schedule(left, () -> late(left));
  }

  @Override
  public long ticket() {
    return ticket;
  }

  @Override
  public void pass() {
    publisher.turns().add(this);
  }

  @Override
  public void closed() {
    refuse(
        new Unavailable(
            facts(Effect.NONE)
                .fault(Fault.LOCAL)
                .message("event " + id + " was not sent: the transport was closed first")));
  }

  /** On the sending thread. */
  @Override
  public void run() {
    // Its topic may have gone since it passed: a send would hold up every other topic's then.
    if (stage.get() != Stage.WAITING
        || !gate.stillOpen(this)
        || !stage.compareAndSet(Stage.WAITING, Stage.SENT)) {
      return;
    }
    sender = Thread.currentThread();
    try {
      publisher.producer().send(event, this);
    } catch (RuntimeException refused) {
      refusedAtOnce(refused);
    } finally {
      sender = null;
    }
  }

  @Override
  public void refuse(CommsException why) {
    if (stage.compareAndSet(Stage.WAITING, Stage.CALLED_OFF)) {
      end(why.with(why.facts().contract(contract)));
    }
  }

  /** On the producer's thread; on the sending one if the producer refused the record at once. */
  @Override
  public void onCompletion(@Nullable RecordMetadata where, @Nullable Exception failure) {
    if (failure == null) {
      end(null);
    } else if (sender == Thread.currentThread()) {
      refusedAtOnce(failure);
    } else {
      end(Failures.publish(contract, id, true, failure));
    }
  }

  private void refusedAtOnce(Exception failure) {
    if (Failures.isTopicUnknown(failure)) {
      gate.shut();
    }
    end(Failures.publish(contract, id, false, failure));
  }

  private void end(@Nullable CommsException failure) {
    Time.Cancellable pending = timer;
    if (pending != null) {
      pending.cancel();
    }
    publisher.left(bytes);
    if (failure == null) {
      publisher.noteSuccess();
      callbacks.execute(() -> future.complete(null));
    } else {
      publisher.noteFailure(failure);
      callbacks.execute(() -> future.completeExceptionally(failure));
    }
  }

  private void late(Duration limit) {
    if (stage.compareAndSet(Stage.WAITING, Stage.CALLED_OFF)) {
      end(
          new Unavailable(
              facts(Effect.NONE)
                  .message(
                      "event "
                          + id
                          + " was not sent: no broker could be asked for its topic within "
                          + limit.toMillis()
                          + " ms; look at the brokers")));
      return;
    }
    UnknownOutcome unknown =
        new UnknownOutcome(
            id,
            facts(Effect.POSSIBLE)
                .message(
                    "no confirm for event "
                        + id
                        + " within "
                        + limit.toMillis()
                        + " ms: it may be stored or not; publish it again under the same id"));
    // Says nothing about the brokers: the caller may have had little time.
    callbacks.execute(() -> future.completeExceptionally(unknown));
  }

  private Facts facts(Effect effect) {
    return Facts.of(contract).effect(effect).fault(Fault.NETWORK);
  }
}
