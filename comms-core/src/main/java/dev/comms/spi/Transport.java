package dev.comms.spi;

import dev.comms.contract.Deadline;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A way to the other side. It does no I/O before {@link #attach}; what it fails with is always a
 * {@link dev.comms.contract.CommsException}. Safe for use by many threads.
 */
public interface Transport extends AutoCloseable {

  /** The name for metrics, such as {@code rabbitmq}, {@code kafka}, {@code redis}, {@code grpc}. */
  String system();

  /** What it can do of what not every transport can. */
  default Set<Ability> abilities() {
    return Set.of();
  }

  /** Connects; done when it can send and receive. Called once. */
  CompletableFuture<Void> attach(Host host);

  Health health();

  /** Takes nothing new, and is done when what was begun has ended, or at the deadline. */
  CompletableFuture<Void> drain(Deadline deadline);

  /** Gives everything back, bounded in time; a second call does nothing. */
  @Override
  void close();
}
