package dev.comms.fake;

import dev.comms.contract.CommsException;
import dev.comms.outbox.MemoryStore;
import dev.comms.spi.Host;
import dev.comms.spi.Store;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A store in memory that the test may hold up or break, with a diary of what was asked. */
public final class FakeStore implements Store {
  public final List<String> diary = new CopyOnWriteArrayList<>();
  public final MemoryStore memory = MemoryStore.create();
  public volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
  public volatile @Nullable CommsException broken;

  @Override
  public String system() {
    return "fake-store";
  }

  @Override
  public CompletableFuture<Void> open(Host host) {
    diary.add("open");
    return memory.open(host);
  }

  @Override
  public CompletableFuture<String> claim(String key, String value, Duration life) {
    diary.add("claim " + key);
    return passed(memory.claim(key, value, life));
  }

  @Override
  public CompletableFuture<Boolean> replace(
      String key, String expected, String value, Duration life) {
    diary.add("replace " + key);
    return passed(memory.replace(key, expected, value, life));
  }

  @Override
  public CompletableFuture<Boolean> release(String key, String value) {
    diary.add("release " + key);
    return passed(memory.release(key, value));
  }

  @Override
  public CompletableFuture<@Nullable String> find(String key) {
    return memory.find(key);
  }

  @Override
  public void close() {
    diary.add("close");
  }

  private <T> CompletableFuture<T> passed(CompletableFuture<T> answer) {
    CommsException failure = broken;
    return failure == null
        ? gate.thenCompose(open -> answer)
        : CompletableFuture.failedFuture(failure);
  }
}
