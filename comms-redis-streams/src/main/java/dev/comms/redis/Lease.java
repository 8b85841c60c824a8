package dev.comms.redis;

import dev.comms.redis.Topology.EventKeys;
import dev.comms.spi.Host;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The right to read for a group: one member has it at a time, for a while, and renews it. */
final class Lease {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  /**
   * One time of having the lease.
   *
   * @param value what stands in the lease's key; its number makes it unlike every other
   */
  record Tenure(String value) {}

  private final Session session;
  private final Host host;
  private final Flow flow;
  private final EventKeys keys;
  private final String member;
  private final Duration length;
  private final Object lock = new Object();
  private @Nullable Tenure tenure; // guarded by lock
  private long validUntil; // guarded by lock

  Lease(Session session, Host host, Flow flow, EventKeys keys, String member, Duration length) {
    this.session = session;
    this.host = host;
    this.flow = flow;
    this.keys = keys;
    this.member = member;
    this.length = length;
  }

  /** The tenure, as far as this process can know without asking. */
  @Nullable Tenure current() {
    synchronized (lock) {
      return host.time().nanos() - validUntil < 0 ? tenure : null;
    }
  }

  /** Takes the lease if nobody has it. */
  CompletableFuture<Boolean> take() {
    long asked = host.time().nanos();
    return EventScripts.TAKE
        .run(
            session.commands(),
            List.of(keys.lease(), keys.fence()),
            Args.of(member, length.toMillis()))
        .thenApply(
            number -> {
              if (number > 0) {
                begin(new Tenure(member + "/" + number), asked);
              }
              return number > 0;
            });
  }

  void lost(Tenure which) {
    synchronized (lock) {
      if (which.equals(tenure)) {
        tenure = null;
        LOG.warn(
            "{}: the lease was lost; what is unsettled is delivered again by who has it", member);
      }
    }
  }

  /** Starts to renew, until the subscription is closed. */
  void keep() {
    host.time()
        .schedule(
            length.dividedBy(3),
            () -> {
              if (!flow.closed()) {
                renew().whenComplete((done, failure) -> keep());
              }
            });
  }

  private void begin(Tenure now, long asked) {
    synchronized (lock) {
      tenure = now;
      validUntil = asked + length.toNanos();
    }
  }

  private CompletableFuture<?> renew() {
    Tenure now = current();
    if (now == null) {
      return CompletableFuture.completedFuture(null);
    }
    long asked = host.time().nanos();
    try {
      return EventScripts.KEEP
          .run(session.commands(), List.of(keys.lease()), Args.of(now.value(), length.toMillis()))
          .thenAccept(kept -> renewed(now, kept == 1, asked));
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  private void renewed(Tenure which, boolean kept, long asked) {
    if (!kept) {
      lost(which);
      return;
    }
    synchronized (lock) {
      if (which.equals(tenure)) {
        validUntil = asked + length.toNanos();
      }
    }
  }
}
