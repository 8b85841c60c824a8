package dev.comms.fake;

import dev.comms.contract.Deadline;
import dev.comms.spi.Delivery;
import dev.comms.spi.Health;
import dev.comms.spi.Subscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A subscription whose deliveries the test makes; it is drained when all are settled. */
public final class FakeConsumer<D extends Delivery> implements Subscription {
  private final String name;
  private final List<String> diary;
  private final List<FakeDelivery> delivered = new CopyOnWriteArrayList<>();
  private volatile @Nullable Consumer<D> to;
  public volatile int slots;
  public volatile @Nullable RuntimeException closing;

  FakeConsumer(String name, List<String> diary) {
    this.name = name;
    this.diary = diary;
  }

  Subscription begin(int most, Consumer<D> consumer) {
    diary.add("consume " + name);
    slots = most;
    to = consumer;
    return this;
  }

  /** Delivers on this thread. */
  @SuppressWarnings("unchecked") // a fake delivery is both kinds
  public FakeDelivery deliver(FakeDelivery delivery) {
    Consumer<D> consumer = to;
    if (consumer == null) {
      throw new AssertionError("nobody consumes " + name + " yet");
    }
    delivered.add(delivery);
    consumer.accept((D) delivery);
    return delivery;
  }

  @Override
  public void pause() {
    diary.add("pause " + name);
  }

  @Override
  public void resume() {
    diary.add("resume " + name);
  }

  @Override
  public Health health() {
    return Health.of(List.of());
  }

  @Override
  public CompletableFuture<Void> drain(Deadline deadline) {
    diary.add("drain " + name);
    return CompletableFuture.allOf(
        delivered.stream().map(one -> one.settled).toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    diary.add("close " + name);
    delivered.forEach(FakeDelivery::end);
    RuntimeException bug = closing;
    if (bug != null) {
      throw bug;
    }
  }
}
