package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Download;
import dev.comms.contract.Fault;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An opened stream that tells its attempt how it ended: well with the other side's first message,
 * and badly with a failure that comes before it. So a breaker sees a target that opens streams and
 * then breaks them, or says nothing; what comes later is between the two sides.
 */
final class Watched implements Pipe {
  private final StreamCall<?, ?> call;
  private final Pipe pipe;
  private final Exchange attempt;
  private final Time time;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean begun;
  private volatile boolean finished;
  private volatile long wrote;

  Watched(StreamCall<?, ?> call, Pipe pipe, Exchange attempt, Time time) {
    this.call = call;
    this.pipe = pipe;
    this.attempt = attempt;
    this.time = time;
    this.finished = call instanceof Download<?, ?>;
    this.wrote = time.nanos();
    pipe.ended().whenComplete((done, failure) -> told(failure));
  }

  @Override
  public CompletableFuture<Void> write(byte[] message) {
    CompletableFuture<Void> written = pipe.write(message);
    written.whenComplete((done, failure) -> wrote = time.nanos());
    return written;
  }

  @Override
  public CompletableFuture<Void> finish() {
    finished = true;
    return pipe.finish();
  }

  @Override
  public CompletableFuture<byte @Nullable []> read() {
    CompletableFuture<byte @Nullable []> message = pipe.read();
    if (!begun) {
      message.thenAccept(first -> begin(null));
    }
    return message;
  }

  @Override
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  @Override
  public void cancel(Throwable why) {
    // Told here first: the pipe would only know that somebody cancelled.
    failed(CommsException.of(call.name(), why));
    pipe.cancel(why);
  }

  private void told(@Nullable Throwable failure) {
    if (failure == null) {
      begin(null);
      ended.complete(null);
    } else {
      CommsException known = CommsException.of(call.name(), failure);
      failed(byUs(known) ? known.with(known.facts().fault(Fault.CALLER)) : known);
    }
  }

  private void failed(CommsException failure) {
    begin(failure);
    ended.completeExceptionally(failure);
  }

  private void begin(@Nullable CommsException failure) {
    if (!begun) {
      begun = true;
      attempt.end(failure);
    }
  }

  /**
   * A limit that passed since this side wrote nothing, or took too long, says nothing of a peer.
   */
  private boolean byUs(CommsException failure) {
    Duration silent = Duration.ofNanos(time.nanos() - wrote);
    Duration shorter =
        call.firstWithin().compareTo(call.idleWithin()) < 0
            ? call.firstWithin()
            : call.idleWithin();
    boolean wasSilent = !finished && silent.compareTo(shorter.multipliedBy(9).dividedBy(10)) >= 0;
    return failure.kind() == CommsException.Kind.DEADLINE_EXCEEDED
        && (wasSilent || attempt.deadline().expired());
  }
}
