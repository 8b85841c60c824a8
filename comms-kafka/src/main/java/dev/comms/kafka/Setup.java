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
import org.jspecify.annotations.Nullable;

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
      thread.execute(new Work<>(work, result));
    } catch (RejectedExecutionException full) {
      result.completeExceptionally(
          refusal("the transport is closed, or too many topics wait to be verified", full));
    }
    return result;
  }

  /** What is under way is interrupted, and what waits is told that its turn will not come. */
  @Override
  public void close() {
    thread.shutdownNow().forEach(one -> ((Work<?>) one).closed());
  }

  private static CommsException refusal(String why, @Nullable Throwable cause) {
    Facts facts = Facts.of("kafka").effect(Effect.NONE).fault(Fault.LOCAL).message(why);
    return new Unavailable(cause == null ? facts : facts.cause(cause));
  }

  private final class Work<T> implements Runnable {
    private final Callable<T> work;
    private final CompletableFuture<T> result;

    Work(Callable<T> work, CompletableFuture<T> result) {
      this.work = work;
      this.result = result;
    }

    @Override
    public void run() {
      try {
        result.complete(work.call());
      } catch (Exception failure) {
        result.completeExceptionally(Failures.admin("kafka", servers, failure));
      } catch (Error failure) {
        result.completeExceptionally(CommsException.of("kafka", failure));
        throw failure;
      }
    }

    void closed() {
      result.completeExceptionally(refusal("the transport was closed first", null));
    }
  }
}
