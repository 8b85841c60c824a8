package dev.comms.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.contract.CommsException.Overloaded;
import dev.comms.contract.Time;
import dev.comms.spi.Host;
import io.lettuce.core.RedisCommandExecutionException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a settlement that never succeeds. */
class SettlerTest {
  private final Settler settler =
      new Settler(
          new Host("lab", new SimpleMeterRegistry(), Time.system(), Runnable::run),
          "lab.happened",
          Duration.ofMillis(500),
          () -> false);
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger again = new AtomicInteger();

  @Test
  void aServerThatStaysFullForALeaseGetsItGivenBackAndTheSettlementFails() {
    CompletableFuture<Void> settled = settle(true);

    assertThatThrownBy(() -> settled.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(Overloaded.class);
    assertThat(again).hasValue(1);
    assertThat(ended).hasValue(0);
  }

  @Test
  void whatIsSomebodyElsesByThenIsVoid() throws Exception {
    settle(false).get(20, TimeUnit.SECONDS);

    assertThat(again).hasValue(1);
    assertThat(ended).hasValue(0);
  }

  private CompletableFuture<Void> settle(boolean stillOurs) {
    return settler.settle(
        () ->
            CompletableFuture.failedFuture(
                new RedisCommandExecutionException("OOM command not allowed")),
        ended::incrementAndGet,
        failure -> {
          again.incrementAndGet();
          return stillOurs;
        });
  }
}
