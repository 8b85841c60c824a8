package dev.comms.testkit.history;

import dev.comms.contract.Deadline;
import dev.comms.spi.Ability;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Transport;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** What every recorded transport only passes on. */
abstract class RecordedTransport<T extends Transport> implements Transport {
  final History history;
  final T inner;

  RecordedTransport(History history, T inner) {
    this.history = history;
    this.inner = inner;
  }

  @Override
  public String system() {
    return inner.system();
  }

  @Override
  public Set<Ability> abilities() {
    return inner.abilities();
  }

  @Override
  public CompletableFuture<Void> attach(Host host) {
    return inner.attach(host);
  }

  @Override
  public Health health() {
    return inner.health();
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    return inner.drain(deadline);
  }

  @Override
  public void close() {
    inner.close();
  }
}
