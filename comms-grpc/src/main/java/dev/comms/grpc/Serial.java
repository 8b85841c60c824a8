package dev.comms.grpc;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work on an executor, one after another and in order, as gRPC's listeners demand. What waits
 * is bounded by whoever submits: messages by the listener's demand.
 */
final class Serial implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Serial.class);

  private final Executor executor;
  // Both guarded by this; work runs outside.
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  Serial(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable work) {
    synchronized (this) {
      waiting.add(work);
      if (running) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::drain);
    } catch (RejectedExecutionException closed) {
      // The end of a call must be told, also to whoever has closed his executor.
      drain();
    }
  }

  private void drain() {
    for (Runnable next = next(); next != null; next = next()) {
      try {
        next.run();
      } catch (RuntimeException | Error thrown) {
        // What waits behind it, such as the end, must still run.
        LOG.error("what was told has thrown", thrown);
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable next = waiting.poll();
    running = next != null;
    return next;
  }
}
