package dev.comms.fake;

import dev.comms.contract.Deadline;
import dev.comms.spi.Ability;
import dev.comms.spi.Health;
import dev.comms.spi.Host;
import dev.comms.spi.Transport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What the fakes share: a diary of what was asked, and answers as the test sets them. */
public abstract class FakeTransport implements Transport {
  public final List<String> diary;
  public volatile @Nullable Host host;
  public volatile Set<Ability> abilities = Set.of();
  public volatile CompletableFuture<Void> drained = CompletableFuture.completedFuture(null);
  public volatile CompletableFuture<Void> attached = CompletableFuture.completedFuture(null);
  private final String system;

  protected FakeTransport(String system, List<String> diary) {
    this.system = system;
    this.diary = diary;
  }

  protected static List<String> ownDiary() {
    return new CopyOnWriteArrayList<>();
  }

  @Override
  public String system() {
    return system;
  }

  @Override
  public Set<Ability> abilities() {
    return abilities;
  }

  @Override
  public CompletableFuture<Void> attach(Host host) {
    diary.add("attach " + system);
    this.host = host;
    return attached;
  }

  @Override
  public Health health() {
    return Health.of(List.of(new Health.Part(system, Health.State.UP, Instant.EPOCH, Map.of())));
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    diary.add("drain " + system);
    return drained;
  }

  @Override
  public void close() {
    diary.add("close " + system);
  }
}
