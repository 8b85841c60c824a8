package dev.comms.kafka;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One thread for what blocks on the brokers and is rare: connecting, verifying, creating. */
final class Setup implements AutoCloseable {
  private static final int MOST_WAITING = 1_000;

  private final String servers;
  private final ThreadPoolExecutor thread;

  Setup(String servers) {
    this.servers = servers;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            work -> {
              Thread made = new Thread(work, "comms-kafka-setup");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /** Runs it there; what it throws comes back as one of ours. */
  <T> CompletableFuture<T> run(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      thread.execute(
          () -> {
            try {
              result.complete(work.call());
            } catch (Exception failure) {
              result.completeExceptionally(Failures.admin("kafka", servers, failure));
            } catch (Error failure) {
              result.completeExceptionally(CommsException.of("kafka", failure));
              throw failure;
            }
          });
    } catch (RejectedExecutionException full) {
      result.completeExceptionally(
          new Unavailable(
              Facts.of("kafka")
                  .effect(Effect.NONE)
                  .fault(Fault.LOCAL)
                  .cause(full)
                  .message("the transport is closed, or too many topics wait to be verified")));
    }
    return result;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
