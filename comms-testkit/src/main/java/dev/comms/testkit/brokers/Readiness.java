package dev.comms.testkit.brokers;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Asks a broker again and again until it answers, its process ends or the time is up. */
final class Readiness {

  private static final long PAUSE_MILLIS = 50;

  private Readiness() {}

  interface Probe<T> {
    T ask() throws Exception;
  }

  /** The broker did not answer; the message is the last reason, in one line. */
  static final class NotReady extends Exception {
    private static final long serialVersionUID = 1;

    NotReady(String reason, Throwable cause) {
      super(reason, cause);
    }
  }

  /** A wrong answer that asking again would not better, such as a refused password. */
  static final class Final extends Exception {
    private static final long serialVersionUID = 1;

    Final(String reason) {
      super(reason);
    }
  }

  static <T> T await(Duration limit, BooleanSupplier alive, Probe<T> probe) throws NotReady {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      boolean wasAlive = alive.getAsBoolean();
      try {
        return probe.ask();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new NotReady("the wait was interrupted", e);
      } catch (Final e) {
        throw new NotReady(Secrets.reason(e), e);
      } catch (Exception e) {
        if (!wasAlive || System.nanoTime() - end >= 0) {
          throw new NotReady(Secrets.reason(e), e);
        }
      }
      pause();
    }
  }

  private static void pause() throws NotReady {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReady("the wait was interrupted", e);
    }
  }
}
