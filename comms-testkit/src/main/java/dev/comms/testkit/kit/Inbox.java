package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.spi.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes deliveries without blocking and hands them to the case, in the order of arrival. */
final class Inbox<D extends Delivery> implements Consumer<D> {
  private final BlockingQueue<D> arrived = new LinkedBlockingQueue<>(100_000);

  @Override
  public void accept(D delivery) {
    arrived.add(delivery);
  }

  /** The next delivery, which must come. */
  D next() {
    D delivery = poll(Bench.LONG.toMillis());
    assertThat(delivery).as("a delivery within " + Bench.LONG).isNotNull();
    return delivery;
  }

  List<D> next(int many) {
    List<D> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      all.add(next());
    }
    return all;
  }

  /** Asserts that nothing comes for a while. */
  void staysEmpty() {
    assertThat(poll(Bench.QUIET.toMillis())).as("nothing must be delivered now").isNull();
  }

  boolean isEmpty() {
    return arrived.isEmpty();
  }

  /** What has arrived by now. */
  List<D> taken() {
    List<D> all = new ArrayList<>();
    arrived.drainTo(all);
    return all;
  }

  static String text(Delivery delivery) {
    return new String(delivery.envelope().body(), StandardCharsets.UTF_8);
  }

  private @Nullable D poll(long millis) {
    try {
      return arrived.poll(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", interrupted);
    }
  }
}
