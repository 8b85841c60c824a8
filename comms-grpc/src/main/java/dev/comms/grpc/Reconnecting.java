package dev.comms.grpc;

import dev.comms.contract.Time;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shortens gRPC's waits between two attempts to connect, which grow from 1 s to 2 minutes (its
 * connection backoff): while there is no connection, and somebody asked for one, it tries again
 * after an eighth of the time that it has been away, 250 ms at least and 5 s at most, plus or minus
 * a fifth. So a server that comes back is found soon, and is not overrun by all its clients at
 * once.
 */
final class Reconnecting {
  private static final long SHORTEST = Duration.ofMillis(250).toNanos();
  private static final long LONGEST = Duration.ofSeconds(5).toNanos();
  private static final long PART = 8;

  private final Time time;
  private final Executor callbacks;
  private final BooleanSupplier away;
  private final Runnable again;
  // All guarded by this.
  private Time.@Nullable Cancellable timer;
  private long lostAt;
  private boolean closed;
  private volatile boolean asked;

  /**
   * At rest.
   *
   * @param callbacks where both actions run
   * @param away whether there is no connection
   * @param again ends gRPC's wait
   */
  Reconnecting(Time time, Executor callbacks, BooleanSupplier away, Runnable again) {
    this.time = time;
    this.callbacks = callbacks;
    this.away = away;
    this.again = again;
  }

  /** Somebody wants to send; without that it is left to gRPC. */
  void asked() {
    if (!asked) {
      asked = true;
    }
  }

  /** The last connection was lost, or the first could not be made. */
  synchronized void lost() {
    lostAt = time.nanos();
    next();
  }

  private synchronized void next() {
    if (timer != null) {
      timer.cancel();
    }
    if (!closed) {
      long wait = Math.max(SHORTEST, Math.min(LONGEST, (time.nanos() - lostAt) / PART));
      long jittered = (long) (wait * (0.8 + 0.4 * time.random()));
      timer = time.schedule(Duration.ofNanos(jittered), () -> callbacks.execute(this::tick));
    }
  }

  private void tick() {
    if (!away.getAsBoolean()) {
      return;
    }
    if (asked) {
      asked = false;
      again.run();
    }
    next();
  }

  synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
  }
}
