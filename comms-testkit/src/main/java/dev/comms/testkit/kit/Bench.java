package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import dev.comms.spi.Transport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The service around one case: a host to attach to, bounded waiting, and what closes everything in
 * reverse order at the end.
 */
final class Bench implements AutoCloseable {
  /**
   * The longest wait for what must happen: real brokers on a busy machine are slow. The system
   * property {@code comms.kit.patience} sets another, such as {@code PT3S}.
   */
  static final Duration LONG = Duration.parse(System.getProperty("comms.kit.patience", "PT30S"));

  /** How long nothing must happen before it is taken as never. */
  static final Duration QUIET = Duration.ofMillis(700);

  final Time time = Time.system();

  /** A name that no other case uses: lower-case letters and digits. */
  final String space = "kit" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ThreadPoolExecutor callbacks =
      new ThreadPoolExecutor(
          4,
          4,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(100_000),
          work -> {
            Thread thread = new Thread(work, "kit-callbacks");
            thread.setDaemon(true);
            return thread;
          });

  SimpleMeterRegistry meters() {
    return meters;
  }

  /**
   * How many settlements came when the broker had taken the delivery back; all transports count.
   */
  double voided() {
    return meters.find("comms.settle.void").counters().stream().mapToDouble(Counter::count).sum();
  }

  Executor callbacks() {
    return callbacks;
  }

  /** Attaches, and closes at the end of the case. */
  <T extends Transport> T attach(T transport) {
    owns(transport);
    get(transport.attach(new Host("kit", meters, time, callbacks)));
    return transport;
  }

  <T extends AutoCloseable> T owns(T resource) {
    open.push(resource);
    return resource;
  }

  Deadline in(Duration duration) {
    return Deadline.after(time, duration);
  }

  Deadline inTime() {
    return in(LONG);
  }

  <T extends @Nullable Object> T get(CompletableFuture<T> result) {
    return time.await(result, "kit", inTime());
  }

  /** The failure of what must fail, in bounded time, and with one of our exceptions. */
  CommsException failure(CompletableFuture<?> result) {
    return CommsException.of("kit", cause(result));
  }

  /** The failure of what must fail, whatever it is. */
  Throwable cause(CompletableFuture<?> result) {
    try {
      Object value = result.get(LONG.toMillis(), TimeUnit.MILLISECONDS);
      throw new AssertionError("expected a failure but it succeeded with " + value);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      return cause == null ? failed : cause;
    } catch (TimeoutException hung) {
      throw new AssertionError("expected a failure but it hung for " + LONG, hung);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    }
  }

  /** Lets time pass, where the case is about time that passes. */
  void waits(Duration pause) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    time.schedule(pause, () -> over.complete(null));
    get(over);
  }

  /** Asserts that it is still open after a while. */
  void staysOpen(CompletableFuture<?> result) {
    try {
      result.get(QUIET.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException expected) {
      return;
    } catch (ExecutionException failed) {
      throw new AssertionError("expected it to wait, but it failed", failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    assertThat(result).as("must still wait").isNotDone();
  }

  @Override
  public void close() {
    try {
      while (!open.isEmpty()) {
        close(open.pop());
      }
    } finally {
      callbacks.shutdownNow();
      meters.close();
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception failed) {
      throw new AssertionError("closing must not fail", failed);
    }
  }
}
