package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Time;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One side of an open stream. Whoever waits for the other side waits within the contract's limits,
 * and a limit that passes ends the stream. One thread may read while another writes.
 */
final class OpenStream {
  private final StreamCall<?, ?> contract;
  private final Pipe pipe;
  private final Time time;
  private final Deadline total;
  private final Fault silence;
  private final CompletableFuture<Void> ended;

  private OpenStream(
      StreamCall<?, ?> contract, Pipe pipe, Time time, Deadline total, Fault silence) {
    this.contract = contract;
    this.pipe = pipe;
    this.time = time;
    this.total = total;
    this.silence = silence;
    this.ended = pipe.ended();
  }

  /** The side that opened it. */
  static OpenStream callers(StreamCall<?, ?> contract, Pipe pipe, Time time, Deadline total) {
    return new OpenStream(contract, pipe, time, total, Fault.REMOTE);
  }

  /** The side that answers it. */
  static OpenStream answerers(StreamCall<?, ?> contract, Pipe pipe, Time time, Deadline total) {
    return new OpenStream(contract, pipe, time, total, Fault.CALLER);
  }

  StreamCall<?, ?> contract() {
    return contract;
  }

  /** The first message, or null at the regular end. */
  byte @Nullable [] readFirst() {
    Duration limit = contract.firstWithin();
    return await(pipe.read(), limit, "no first message within firstWithin ");
  }

  /** The next message, or null at the regular end. */
  byte @Nullable [] readNext() {
    Duration limit = contract.idleWithin();
    return await(pipe.read(), limit, "silent for longer than idleWithin ");
  }

  /** The one reply to all that was written, or null if none came. */
  byte @Nullable [] readReply() {
    Duration limit = contract.idleWithin();
    return await(pipe.read(), limit, "no reply to the last message within idleWithin ");
  }

  void write(byte[] message) {
    Duration limit = contract.idleWithin();
    await(pipe.write(message), limit, "the other side took nothing within idleWithin ");
  }

  void finish() {
    Duration limit = contract.idleWithin();
    await(pipe.finish(), limit, "the other side did not take the end within idleWithin ");
  }

  /** Whether it has come to its regular end, after which nobody takes what is written. */
  boolean over() {
    return ended.isDone() && !ended.isCompletedExceptionally();
  }

  void cancel(Throwable why) {
    pipe.cancel(why);
  }

  void close() {
    pipe.cancel(new CancellationException("closed before its end"));
  }

  private <T extends @Nullable Object> T await(
      CompletableFuture<T> under, Duration limit, String what) {
    try {
      return time.await(under, contract.name(), total.within(limit));
    } catch (CommsException failure) {
      CommsException why = failure;
      if (failure.kind() == CommsException.Kind.DEADLINE_EXCEEDED) {
        boolean told = under.isCompletedExceptionally() && !under.isCancelled();
        // What the other side says of its own limits is left as it is.
        why = told && !total.expired() ? failure : late(contract, total, what + limit, silence);
      }
      pipe.cancel(why);
      throw why;
    }
  }

  /** The end by a limit: the whole one if that has passed, else the one that is named. */
  static CommsException late(
      StreamCall<?, ?> contract, Deadline total, String otherwise, Fault silence) {
    boolean whole = total.expired();
    String outlived =
        "the stream outlived totalWithin "
            + contract.totalWithin()
            + ", or what its caller had left of it";
    return new CommsException.DeadlineExceeded(
        Facts.of(contract.name())
            .effect(Effect.POSSIBLE)
            .fault(whole ? Fault.CALLER : silence)
            .message(whole ? outlived : otherwise));
  }
}
