package dev.comms.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that calls the producer's send. It blocks for max.block.ms when the metadata are
 * missing, and since version 4 of the client they are forgotten when no broker answers: on the
 * callers' threads each publish would then outlast its deadline. One thread keeps the order.
 */
final class SendThread {
  private final ThreadPoolExecutor thread;

  /** With room for so many. */
  SendThread(int most) {
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(most),
            work -> {
              Thread made = new Thread(work, "comms-kafka-publish");
              made.setDaemon(true);
              return made;
            });
  }

  /** One record's turn. */
  interface Turn extends Runnable {
    /** It will not come any more. */
    void closed();
  }

  void add(Turn turn) {
    try {
      thread.execute(turn);
    } catch (RejectedExecutionException closed) {
      turn.closed();
    }
  }

  /** Lets what waits go on for a while, and then tells the rest. */
  void close(Duration limit) {
    thread.shutdown();
    try {
      thread.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    List<Runnable> rest = thread.shutdownNow();
    rest.forEach(one -> ((Turn) one).closed());
  }
}
