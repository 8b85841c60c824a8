package dev.comms.testkit.brokers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one broker holds while it starts and runs: processes, servers, folders. Each part is handed
 * over as soon as it exists, so that a close in the middle of a start leaves nothing behind.
 */
final class Scope {

  private static final Logger LOG = LoggerFactory.getLogger(Scope.class);

  private final Watchdog watchdog;
  private final Deque<Runnable> stops = new ArrayDeque<>();
  private boolean closed;

  Scope(Watchdog watchdog) {
    this.watchdog = watchdog;
  }

  /** Starts a process and owns it: at the close it has so long to end by itself. */
  Child start(
      Path folder, Path log, List<String> command, Map<String, String> environment, Duration grace)
      throws IOException {
    Child child = launch(folder, log, command, environment);
    own(() -> child.stop(grace));
    return child;
  }

  /** Starts a process that its caller ends; it ends with the JVM all the same. */
  Child launch(Path folder, Path log, List<String> command, Map<String, String> environment)
      throws IOException {
    return watchdog.start(folder, log, command, environment);
  }

  /** Hands over how to end a part; a part that comes after the close is ended at once. */
  void own(Runnable stop) {
    synchronized (this) {
      if (!closed) {
        stops.push(stop);
        return;
      }
    }
    stop.run();
    throw new BrokerUnavailable("brokers: closed while a broker was starting: open new ones");
  }

  /** Ends the parts, the youngest first; a second call waits for the first and does nothing. */
  void close() {
    Deque<Runnable> ending;
    synchronized (this) {
      closed = true;
      ending = new ArrayDeque<>(stops);
      stops.clear();
    }
    ending.forEach(Scope::run);
  }

  private static void run(Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException e) {
      LOG.warn("brokers: a part could not be ended: {}", Secrets.reason(e));
    }
  }

  /**
   * Runs a foreign library's stop on a thread of its own and waits at most so long for it.
   *
   * @return whether it ended in time
   */
  static boolean within(Duration limit, String thread, Runnable stop) {
    Thread stopper = new Thread(stop, thread);
    stopper.setDaemon(true);
    stopper.start();
    try {
      stopper.join(limit.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !stopper.isAlive();
  }
}
