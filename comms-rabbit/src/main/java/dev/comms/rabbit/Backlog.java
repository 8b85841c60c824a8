package dev.comms.rabbit;

import dev.comms.contract.Deadline;
import dev.comms.spi.Host;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent, bounded, and the count of what has not ended. While something has not
 * ended, a supervisor is called every 20 ms: one timer for all deadlines costs less than one each.
 */
final class Backlog {
  private static final Duration TICK = Duration.ofMillis(20);

  /** The most bytes of bodies that have not ended; one message alone may be larger. */
  static final long MOST_BYTES = 64L * 1024 * 1024;

  private final BlockingQueue<Outgoing> fresh;

  /** Sent before and not confirmed; never more than a window, since only the lane fills it. */
  private final ConcurrentLinkedDeque<Outgoing> again = new ConcurrentLinkedDeque<>();

  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean ticking = new AtomicBoolean();
  private final Host host;
  private final Runnable supervisor;
  private volatile @Nullable CompletableFuture<Void> idle;

  Backlog(int most, Host host, Runnable supervisor) {
    this.fresh = new LinkedBlockingQueue<>(most);
    this.host = host;
    this.supervisor = supervisor;
  }

  /** False if it does not fit; then the caller must end it, as everything that was offered. */
  boolean offer(Outgoing message) {
    int size = message.body.length;
    pending.incrementAndGet();
    long total = bytes.addAndGet(size);
    message.result.whenComplete((done, failure) -> ended(size));
    boolean taken = (total <= MOST_BYTES || total == size) && fresh.offer(message);
    tickIfNeeded();
    return taken;
  }

  /** The next to be sent; the lane's thread only. */
  @Nullable Outgoing poll(long millis) throws InterruptedException {
    Outgoing first = again.pollFirst();
    return first != null ? first : fresh.poll(millis, TimeUnit.MILLISECONDS);
  }

  /** Puts these, oldest first, before all others; the lane's thread only. */
  void again(List<Outgoing> unconfirmed) {
    for (int i = unconfirmed.size() - 1; i >= 0; i--) {
      if (!unconfirmed.get(i).ended()) {
        again.addFirst(unconfirmed.get(i));
      }
    }
  }

  /** What has ended needs no place, also while nothing can be sent. */
  void dropEnded() {
    again.removeIf(Outgoing::ended);
    fresh.removeIf(Outgoing::ended);
  }

  void forEach(Consumer<Outgoing> each) {
    again.forEach(each);
    fresh.forEach(each);
  }

  int pending() {
    return pending.get();
  }

  /** Done when nothing is pending, or at the deadline. */
  CompletableFuture<Void> idle(Deadline deadline) {
    CompletableFuture<Void> wanted = new CompletableFuture<>();
    idle = wanted;
    if (pending.get() == 0) {
      wanted.complete(null);
    }
    return Timeouts.orAt(deadline, wanted, host);
  }

  private void ended(int size) {
    bytes.addAndGet(-size);
    if (pending.decrementAndGet() == 0) {
      CompletableFuture<Void> wanted = idle;
      if (wanted != null) {
        wanted.complete(null);
      }
    }
  }

  private void tickIfNeeded() {
    if (pending.get() > 0 && ticking.compareAndSet(false, true)) {
      host.time().schedule(TICK, this::tick);
    }
  }

  private void tick() {
    try {
      supervisor.run();
    } finally {
      ticking.set(false);
      tickIfNeeded();
    }
  }
}
