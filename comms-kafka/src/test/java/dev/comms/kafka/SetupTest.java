package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Effect;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SetupTest {

  @Test
  void whatStillWaitsAtTheCloseIsToldSo() throws Exception {
    Setup setup = new Setup("a:1");
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> running =
        setup.run(
            () -> {
              begun.countDown();
              new CountDownLatch(1).await();
              return true;
            });
    CompletableFuture<Boolean> waiting = setup.run(() -> true);
    begun.await();

    setup.close();

    CommsException told = Rig.failure(waiting);
    assertThat(told).isInstanceOf(Unavailable.class).hasMessageContaining("closed");
    assertThat(told.effect()).isEqualTo(Effect.NONE);
    assertThat(Rig.failure(running).effect()).isEqualTo(Effect.NONE);
    assertThat(Rig.failure(setup.run(() -> true)).effect()).isEqualTo(Effect.NONE);
  }
}
