package dev.comms.outbox;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import dev.comms.spi.Store;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store for one process, for tests and for services that run once: what it knows ends with the
 * process. Several {@code Comms} of the process may share it; closing it therefore does nothing.
 * Lives are measured by the clock of the first that opens it. Safe for use by many threads.
 */
public final class MemoryStore implements Store {
  private static final int MOST = 100_000;

  private final int most;
  // Both guarded by this.
  private final Map<String, Entry> entries = new HashMap<>();
  private @Nullable Time time;

  private record Entry(String value, long ends) {}

  private MemoryStore(int most) {
    this.most = most;
  }

  /** A store of at most 100,000 entries. */
  public static MemoryStore create() {
    return create(MOST);
  }

  /**
   * A store of at most so many entries, 1 to 10,000,000; with all of them alive, a further claim
   * fails as {@code Overloaded}.
   */
  public static MemoryStore create(int most) {
    if (most < 1 || most > 10_000_000) {
      throw new IllegalArgumentException(
          "memory store: the bound is " + most + " entries but must be 1 to 10,000,000");
    }
    return new MemoryStore(most);
  }

  @Override
  public String system() {
    return "memory";
  }

  @Override
  public synchronized CompletableFuture<Void> open(Host host) {
    if (time == null) {
      time = host.time();
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<String> claim(String key, String value, Duration life) {
    return answer(
        () -> {
          Store.check(key, value, life);
          Entry entry = alive(key);
          if (entry != null) {
            return entry.value;
          }
          put(key, value, life);
          return value;
        });
  }

  @Override
  public CompletableFuture<Boolean> replace(
      String key, String expected, String value, Duration life) {
    return answer(
        () -> {
          Store.check(key, value, life);
          boolean same = holds(key, expected);
          if (same) {
            put(key, value, life);
          }
          return same;
        });
  }

  @Override
  public CompletableFuture<Boolean> release(String key, String value) {
    return answer(
        () -> {
          boolean same = holds(key, value);
          if (same) {
            entries.remove(key);
          }
          return same;
        });
  }

  @Override
  public CompletableFuture<@Nullable String> find(String key) {
    return answer(() -> Optional.ofNullable(alive(key)))
        .thenApply(found -> found.map(Entry::value).orElse(null));
  }

  @Override
  public void close() {
    // What it knows belongs to all who share it.
  }

  private synchronized <T> CompletableFuture<T> answer(Supplier<T> work) {
    try {
      return CompletableFuture.completedFuture(work.get());
    } catch (CommsException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private boolean holds(String key, String value) {
    Entry entry = alive(key);
    return entry != null && entry.value.equals(value);
  }

  private @Nullable Entry alive(String key) {
    Entry entry = entries.get(key);
    return entry == null || over(entry) ? null : entry;
  }

  private boolean over(Entry entry) {
    return clock().nanos() - entry.ends >= 0;
  }

  private void put(String key, String value, Duration life) {
    if (entries.size() >= most && !entries.containsKey(key)) {
      entries.values().removeIf(this::over);
      if (entries.size() >= most) {
        throw new CommsException.Overloaded(
            Facts.of("store")
                .effect(Effect.NONE)
                .fault(Fault.OVERLOAD)
                .message("the memory store has its " + most + " entries; raise its bound"));
      }
    }
    entries.put(key, new Entry(value, clock().nanos() + life.toNanos()));
  }

  private Time clock() {
    if (time == null) {
      throw new CommsException.Misconfigured(
          "store", "the memory store is not open; give it to Comms, or call open(host)");
    }
    return Objects.requireNonNull(time);
  }
}
