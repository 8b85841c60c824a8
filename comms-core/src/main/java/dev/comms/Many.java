package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import java.util.Arrays;
import java.util.List;
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

  private final Contract contract;
  private final List<T> payloads;
  private final Function<T, CompletableFuture<String>> send;
  private final @Nullable String[] ids;
  private int next;
  private int open;
  private boolean sending;
  private int failedAt = -1;
  private @Nullable CommsException failure;

  private Many(Contract contract, List<T> payloads, Function<T, CompletableFuture<String>> send) {
    this.contract = contract;
    this.payloads = payloads;
    this.send = send;
    this.ids = new String[payloads.size()];
  }

  static <T> CompletableFuture<List<String>> send(
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
      sent(payloads.get(position)).whenComplete((id, failed) -> confirmed(position, id, failed));
      synchronized (this) {
        sending = false;
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

  private CommsException partly(CommsException failed) {
    NotAll confirmed = new NotAll(ids);
    CommsException named =
        failed.with(
            failed
                .facts()
                .message(
                    confirmed.getMessage()
                        + "; the one at "
                        + failedAt
                        + " was not: "
                        + failed.reason()));
    named.addSuppressed(confirmed);
    return named;
  }
}
