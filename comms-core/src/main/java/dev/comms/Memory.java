package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The service's store, if it has one, and how its latest answer was. Safe for many threads. */
final class Memory {
  private final @Nullable Store store;
  private final Time time;
  // All guarded by this.
  private Health.State state = Health.State.STARTING;
  private Instant since;
  private String latest = "";

  Memory(@Nullable Store store, Time time) {
    this.store = store;
    this.time = time;
    this.since = time.now();
  }

  /**
   * The store.
   *
   * @throws CommsException.Misconfigured if there is none
   */
  Store need(String contract, String what) {
    if (store == null) {
      throw new CommsException.Misconfigured(
          contract,
          what
              + " needs a memory that all instances share, and this service has none;"
              + " give it one: Comms.service(...).store(JdbcStore.over(dataSource)...)");
    }
    return store;
  }

  /** Opens it and waits, as long as the other attachments of a start may take. */
  void open(Host host, Duration limit) {
    if (store != null) {
      time.await(watched(store.open(host)), "store", Deadline.after(time, limit));
    }
  }

  /** Last of all: what is settled until then still releases its keys. */
  void close() {
    if (store != null) {
      store.close();
    }
  }

  CompletableFuture<String> claim(String contract, String key, String value, Duration life) {
    return watched(need(contract, "a claim").claim(key, value, life));
  }

  CompletableFuture<Boolean> replace(
      String contract, String key, String expected, String value, Duration life) {
    return watched(need(contract, "a change").replace(key, expected, value, life));
  }

  CompletableFuture<Boolean> release(String contract, String key, String value) {
    return watched(need(contract, "a release").release(key, value));
  }

  /** Empty if there is nothing. */
  CompletableFuture<String> find(String contract, String key) {
    return watched(need(contract, "a look").find(key))
        .thenApply(found -> found == null ? "" : found);
  }

  private <T extends @Nullable Object> CompletableFuture<T> watched(CompletableFuture<T> answer) {
    return answer.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            is(Health.State.UP, "");
          } else if (CommsException.of("store", failure) instanceof CommsException.Unavailable no) {
            is(Health.State.DOWN, no.reason());
          }
        });
  }

  private synchronized void is(Health.State now, String why) {
    if (state != now) {
      state = now;
      since = time.now();
    }
    latest = why;
  }

  synchronized List<Health.Part> parts() {
    if (store == null) {
      return List.of();
    }
    Map<String, String> facts = latest.isEmpty() ? Map.of() : Map.of("failure", latest);
    Health.Part part = new Health.Part("store " + store.system(), state, since, facts);
    return List.of(part.because(latest));
  }
}
