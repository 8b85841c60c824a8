package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Time;
import dev.comms.contract.Upload;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calling side of a stream for which no thread waits. One timer for the whole stream looks now
 * and then when something last came or went, so that a message costs none. Messages in either
 * direction end a silence: who reads ahead, as stubs do, does not wait for an answer in particular.
 */
final class Unattended implements Pipe {
  private final StreamCall<?, ?> call;
  private final Pipe pipe;
  private final Engine engine;
  private final Deadline total;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicBoolean watched = new AtomicBoolean();
  private volatile boolean reading;
  private volatile boolean begun;
  private volatile long moved;
  private volatile Time.@Nullable Cancellable timer;
  private volatile @Nullable CommsException late;

  Unattended(StreamCall<?, ?> call, Pipe pipe, Engine engine, Deadline total) {
    this.call = call;
    this.pipe = pipe;
    this.engine = engine;
    this.total = total;
    this.moved = engine.time.nanos();
    pipe.ended().whenComplete(this::over);
  }

  private void over(@Nullable Void done, @Nullable Throwable failure) {
    Time.Cancellable set = timer;
    if (set != null) {
      set.cancel();
    }
    if (failure == null) {
      ended.complete(null);
    } else {
      ended.completeExceptionally(known(failure));
    }
  }

  @Override
  public CompletableFuture<Void> write(byte[] message) {
    return waited(pipe.write(message), () -> {});
  }

  @Override
  public CompletableFuture<Void> finish() {
    return waited(pipe.finish(), () -> {});
  }

  @Override
  public CompletableFuture<byte @Nullable []> read() {
    reading = true;
    return waited(pipe.read(), this::heard);
  }

  private void heard() {
    begun = true;
    reading = false;
  }

  private <T extends @Nullable Object> CompletableFuture<T> waited(
      CompletableFuture<T> under, Runnable then) {
    moved = engine.time.nanos();
    if (under.isDone()) {
      then.run();
      return under;
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    underWay.incrementAndGet();
    watch();
    under.whenComplete(
        (value, failure) -> {
          moved = engine.time.nanos();
          underWay.decrementAndGet();
          then.run();
          if (failure == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(known(failure));
          }
        });
    return result;
  }

  /** The limit that passed; a transport only says that it was the deadline. */
  private CommsException known(Throwable failure) {
    CommsException why = late;
    CommsException ours = CommsException.of(call.name(), failure);
    boolean outlived = ours.kind() == CommsException.Kind.DEADLINE_EXCEEDED && total.expired();
    return why != null ? why : outlived ? OpenStream.late(call, total, "", Fault.CALLER) : ours;
  }

  private void watch() {
    if (!watched.get() && watched.compareAndSet(false, true)) {
      look();
    }
  }

  /** On the timer's thread but for the first time: it hands on what takes longer. */
  private void look() {
    if (underWay.get() == 0) {
      watched.set(false);
      // What began meanwhile found the watch still on.
      if (underWay.get() > 0) {
        watch();
      }
      return;
    }
    Duration left = limit().minusNanos(engine.time.nanos() - moved);
    if (left.isNegative() || left.isZero()) {
      engine.callbacks.execute(this::giveUp);
    } else {
      // Which limit counts may change while the timer is set.
      Duration shortest = shorter(left, shorter(call.firstWithin(), call.idleWithin()));
      Time.Cancellable set = engine.time.schedule(shortest, this::look);
      timer = set;
      // Its end may have come while it was set.
      if (ended.isDone()) {
        set.cancel();
      }
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private Duration limit() {
    return waitsForFirst() ? call.firstWithin() : call.idleWithin();
  }

  /** The one reply to an upload comes after all that was sent, so it is no first message. */
  private boolean waitsForFirst() {
    return reading && !begun && !(call instanceof Upload<?, ?>);
  }

  private void giveUp() {
    // Something may have come while this waited for its thread.
    if (limit().minusNanos(engine.time.nanos() - moved).compareTo(Duration.ZERO) > 0) {
      look();
      return;
    }
    String what =
        !reading
            ? "the other side took nothing within idleWithin "
            : waitsForFirst()
                ? "no first message within firstWithin "
                : "silent for longer than idleWithin ";
    CommsException why = OpenStream.late(call, total, what + limit(), Fault.REMOTE);
    late = why;
    pipe.cancel(why);
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public void cancel(Throwable why) {
    pipe.cancel(why);
  }
}
