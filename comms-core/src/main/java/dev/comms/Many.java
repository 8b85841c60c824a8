package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends many messages of one contract in their order, so many unconfirmed at a time. After the
 * first failure nothing more is sent; what is under way ends first. The lock guards the counters;
 * nothing is sent or completed under it.
 */
final class Many<T> extends CompletableFuture<List<String>> {
  /** Far below what any transport lets wait for its confirm. */
  private static final int WINDOW = 256;

  private static final Duration GRACE = Duration.ofMillis(500);

  private final Contract contract;
  private final List<T> payloads;
  private final Function<T, CompletableFuture<String>> send;
  private final @Nullable String[] ids;
  private int next;
  private int open;
  private boolean sending;
  private int failedAt = -1;
  // At most the window.
  private final Map<Integer, CompletableFuture<String>> unconfirmed = new LinkedHashMap<>();
  private @Nullable CommsException failure;

  private Many(Contract contract, List<T> payloads, Function<T, CompletableFuture<String>> send) {
    this.contract = contract;
    this.payloads = payloads;
    this.send = send;
    this.ids = new String[payloads.size()];
  }

  static <T> Many<T> send(
      Contract contract, List<? extends T> payloads, Function<T, CompletableFuture<String>> send) {
    Many<T> many = new Many<>(contract, List.copyOf(payloads), send);
    many.proceed();
    return many;
  }

  /** One thread sends, so that the order is kept; whoever comes meanwhile leaves it to that one. */
  private void proceed() {
    while (true) {
      int position;
      synchronized (this) {
        if (sending || !more()) {
          break;
        }
        sending = true;
        position = next++;
        open++;
      }
      CompletableFuture<String> one = sent(payloads.get(position));
      synchronized (this) {
        unconfirmed.put(position, one);
      }
      one.whenComplete((id, failed) -> confirmed(position, id, failed));
      synchronized (this) {
        sending = false;
      }
      if (isCancelled()) {
        one.cancel(true);
      }
    }
    finish();
  }

  private boolean more() {
    return failure == null && !isDone() && next < ids.length && open < WINDOW;
  }

  private CompletableFuture<String> sent(T payload) {
    try {
      return send.apply(payload);
    } catch (RuntimeException failed) {
      return CompletableFuture.failedFuture(failed);
    }
  }

  private void confirmed(int position, @Nullable String id, @Nullable Throwable failed) {
    boolean resume;
    synchronized (this) {
      open--;
      unconfirmed.remove(position);
      ids[position] = failed == null ? id : null;
      if (failed != null && failure == null) {
        failure = CommsException.of(contract.name(), failed);
        failedAt = position;
      }
      // While one is sending, that one goes on: a long chain of confirms must not nest.
      resume = !sending;
    }
    if (resume) {
      proceed();
    }
  }

  private void finish() {
    CommsException failed;
    synchronized (this) {
      if (open > 0 || sending || (failure == null && next < ids.length)) {
        return;
      }
      failed = failure;
    }
    if (failed == null) {
      complete(Arrays.asList(ids).stream().map(String::valueOf).toList());
    } else {
      completeExceptionally(partly(failed));
    }
  }

  /** Sends no more, and gives up waiting for what was sent. */
  @Override
  public boolean cancel(boolean interrupt) {
    boolean cancelled = super.cancel(interrupt);
    List<CompletableFuture<String>> left;
    synchronized (this) {
      left = List.copyOf(unconfirmed.values());
    }
    left.forEach(one -> one.cancel(interrupt));
    return cancelled;
  }

  /**
   * Waits for all; if the wait ends first, the failure says which were confirmed by then.
   *
   * @param by each confirm has a limit of its own, and may need a moment more to say why it failed
   */
  List<String> await(Engine engine, Deadline by) {
    try {
      return engine.time.await(this, contract.name(), by.later(GRACE));
    } catch (CommsException.DeadlineExceeded | CommsException.Cancelled ended) {
      boolean told = Arrays.stream(ended.getSuppressed()).anyMatch(NotAll.class::isInstance);
      throw told ? ended : partly(ended, "; then the wait ended: ");
    }
  }

  private CommsException partly(CommsException failed) {
    return partly(failed, "; the one at " + failedAt + " was not: ");
  }

  private CommsException partly(CommsException failed, String how) {
    NotAll confirmed;
    synchronized (this) {
      confirmed = new NotAll(ids);
    }
    CommsException named =
        failed.with(failed.facts().message(confirmed.getMessage() + how + failed.reason()));
    named.addSuppressed(confirmed);
    return named;
  }
}
