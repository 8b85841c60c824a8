package dev.comms.redis;

import dev.comms.contract.Time;
import dev.comms.spi.Health;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection that all commands share. It is asked for a PING every second: TCP alone
 * notices a half-open connection after a quarter of an hour, and the client drops none because
 * commands time out. One that does not answer in time is closed and replaced. Never blocks; safe
 * for use by many threads.
 */
final class SharedConnection {
  private static final Logger LOG = LoggerFactory.getLogger(SharedConnection.class);
  private static final Duration BEAT = Duration.ofSeconds(1);

  private final PartState state;
  private final Object lock = new Object();
  private volatile @Nullable StatefulRedisConnection<String, byte[]> current; // set under lock
  private volatile boolean closed; // set under lock

  SharedConnection(PartState state) {
    this.state = state;
  }

  /** Null before the first, and while a silent one is replaced. */
  @Nullable StatefulRedisConnection<String, byte[]> current() {
    return current;
  }

  void use(StatefulRedisConnection<String, byte[]> made) {
    synchronized (lock) {
      if (!closed) {
        current = made;
        return;
      }
    }
    made.closeAsync();
  }

  /**
   * Starts to ask, until this is closed.
   *
   * @param connect makes the next one; it is done when the server has answered the handshake
   */
  void watch(
      Time time, Supplier<CompletableFuture<StatefulRedisConnection<String, byte[]>>> connect) {
    time.schedule(
        BEAT,
        () -> {
          if (!closed) {
            beat(connect).whenComplete((done, failure) -> watch(time, connect));
          }
        });
  }

  void close() {
    synchronized (lock) {
      closed = true;
      state.is(Health.State.DOWN, "closed");
    }
  }

  /** What the client says of its connections; only the present one counts. */
  void heard(Object which, Health.State now) {
    synchronized (lock) {
      if (which == current && !closed) {
        state.is(now);
      }
    }
  }

  private CompletableFuture<?> beat(
      Supplier<CompletableFuture<StatefulRedisConnection<String, byte[]>>> connect) {
    StatefulRedisConnection<String, byte[]> asked = current;
    try {
      if (asked == null) {
        return replace(connect);
      }
      // The connection's own timeout ends this; a refusal is an answer, and while disconnected
      // the client connects again by itself.
      return asked
          .async()
          .ping()
          .toCompletableFuture()
          .exceptionallyCompose(
              failure -> {
                if (!(Failures.root(failure) instanceof RedisCommandTimeoutException)) {
                  return CompletableFuture.failedFuture(failure);
                }
                drop(asked);
                return replace(connect).thenApply(made -> "");
              });
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private void drop(StatefulRedisConnection<String, byte[]> silent) {
    synchronized (lock) {
      current = null;
      state.is(Health.State.DOWN, "it did not answer a PING in time; connecting anew");
    }
    LOG.warn("redis: no answer to PING within {}; the connection is replaced", silent.getTimeout());
    silent.closeAsync();
  }

  private CompletableFuture<?> replace(
      Supplier<CompletableFuture<StatefulRedisConnection<String, byte[]>>> connect) {
    return connect
        .get()
        .thenAccept(
            made -> {
              use(made);
              heard(made, made.isOpen() ? Health.State.UP : Health.State.DOWN);
              LOG.info("redis: the connection was replaced");
            });
  }
}
