package dev.comms.redis;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Subscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** The readers of one subscription, and the slots that they share. */
final class RedisSubscription implements Subscription {
  private final Host host;
  private final Flow flow;
  private final List<? extends ConsumerLoop> readers;
  private final Runnable closed;
  private final AtomicBoolean closing = new AtomicBoolean();

  RedisSubscription(Host host, Flow flow, List<? extends ConsumerLoop> readers, Runnable closed) {
    this.host = host;
    this.flow = flow;
    this.readers = readers;
    this.closed = closed;
  }

  RedisSubscription start() {
    readers.forEach(ConsumerLoop::start);
    return this;
  }

  @Override
  public void pause() {
    flow.pause();
    wake();
  }

  @Override
  public void resume() {
    flow.resume();
  }

  @Override
  public Health health() {
    return Health.of(readers.stream().map(ConsumerLoop::part).toList());
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    CompletableFuture<Void> drained = new CompletableFuture<>();
    Time.Cancellable timer = host.time().schedule(deadline.remaining(), () -> done(drained));
    flow.drain()
        .whenComplete(
            (ok, never) -> {
              timer.cancel();
              done(drained);
            });
    wake();
    return drained;
  }

  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      flow.close();
      wake();
      readers.forEach(ConsumerLoop::end);
      closed.run();
    }
  }

  private void wake() {
    readers.forEach(ConsumerLoop::wake);
  }

  private void done(CompletableFuture<Void> drained) {
    host.callbacks().execute(() -> drained.complete(null));
  }
}
