package dev.comms.redis;

import dev.comms.redis.Topology.TaskKeys;
import dev.comms.spi.Host;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** What a worker does by the clock: it renews its leases and promotes what is due. */
final class TaskTimers {
  private static final int LIMIT = 100;
  private static final long SOONEST_MS = 10;
  private static final long LATEST_MS = 250;
  private static final long AFTER_FAILURE_MS = 1_000;

  private final Session session;
  private final Host host;
  private final Flow flow;
  private final TaskKeys keys;
  private final Duration lease;
  private final Supplier<CompletableFuture<?>> renewal;

  TaskTimers(
      Session session,
      Host host,
      Flow flow,
      TaskKeys keys,
      Duration lease,
      Supplier<CompletableFuture<?>> renewal) {
    this.session = session;
    this.host = host;
    this.flow = flow;
    this.keys = keys;
    this.lease = lease;
    this.renewal = renewal;
  }

  void start() {
    long third = lease.toMillis() / 3;
    tick(third, renewal, renewed -> third);
    tick(SOONEST_MS, this::promote, TaskTimers::untilNext);
  }

  private CompletableFuture<?> promote() {
    return TaskScripts.PROMOTE.run(
        session.commands(), List.of(keys.delayed(), keys.payloads(), keys.work()), Args.of(LIMIT));
  }

  /** Others may add something that is due earlier, so it is looked at soon in any case. */
  private static long untilNext(Object millis) {
    long next = (Long) millis;
    return next < 0 ? LATEST_MS : Math.max(SOONEST_MS, Math.min(next, LATEST_MS));
  }

  private void tick(long millis, Supplier<CompletableFuture<?>> what, ToLongFunction<Object> next) {
    host.time()
        .schedule(
            Duration.ofMillis(millis),
            () -> {
              if (!flow.closed()) {
                attempt(what)
                    .whenComplete(
                        (answer, failure) ->
                            tick(
                                failure == null
                                    ? next.applyAsLong(answer)
                                    : Math.min(AFTER_FAILURE_MS, lease.toMillis() / 3),
                                what,
                                next));
              }
            });
  }

  private static CompletableFuture<?> attempt(Supplier<CompletableFuture<?>> what) {
    try {
      return what.get();
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }
}
