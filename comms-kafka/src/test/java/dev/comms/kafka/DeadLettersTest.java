package dev.comms.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.CommsException.Unavailable;
import dev.comms.contract.Time;
import dev.comms.spi.Health;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private static final TopicPartition P0 = new TopicPartition("t", 0);

  private final Desk desk = new Desk(5);
  private final AtomicInteger copies = new AtomicInteger();
  private final AtomicInteger voided = new AtomicInteger();
  private final DeadLetters deadLetters =
      new DeadLetters("g", desk, Time.system(), Runnable::run, voided::incrementAndGet);
  private volatile boolean refusing = true;

  @Test
  void aCopyThatIsRefusedIsMadeAgainInPlaceUntilItIsConfirmed() {
    Parcel parcel = deliver();
    CompletableFuture<Void> settled = deadLetters.settle(parcel, this::copy);

    await().atMost(Rig.LONG).until(() -> copies.get() >= 2);
    assertThat(settled).isNotDone();
    assertThat(desk.waitsForSlot()).as("it was given back").isFalse();
    assertThat(deadLetters.now().state()).isEqualTo(Health.State.DOWN);
    assertThat(deadLetters.now().why()).contains("t-0-7").contains("refused");
    refusing = false;

    Rig.get(settled);
    assertThat(deadLetters.now().state()).isEqualTo(Health.State.UP);
    assertThat(desk.toCommit().get(P0).offset()).isEqualTo(8);
  }

  @Test
  void whatCannotBeCopiedIsGivenBackWhenTheGroupEnds() {
    CompletableFuture<Void> settled = deadLetters.settle(deliver(), this::copy);
    desk.drain();

    CommsException why = Rig.failure(settled);
    assertThat(why).hasMessageContaining("refused");
    assertThat(desk.drained()).isTrue();
    assertThat(desk.toCommit()).isEmpty();
    assertThat(copies).hasValue(1);
    assertThat(deadLetters.now().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void whatWasTakenAwayMeanwhileCountsAsVoid() {
    CompletableFuture<Void> settled = deadLetters.settle(deliver(), this::copy);
    desk.end(List.of(P0));

    Rig.get(settled);
    assertThat(voided).hasValue(1);
    assertThat(copies).hasValue(1);
  }

  @Test
  void aCopyThatBreaksIsHeldToo() {
    CompletableFuture<Void> settled =
        deadLetters.settle(
            deliver(),
            () -> {
              if (refusing) {
                throw new IllegalStateException("broken");
              }
              return CompletableFuture.completedFuture(null);
            });

    assertThat(deadLetters.now().why()).contains("broken");
    refusing = false;
    assertThat(settled).succeedsWithin(Duration.ofSeconds(40));
  }

  private CompletableFuture<Void> copy() {
    copies.incrementAndGet();
    return refusing
        ? CompletableFuture.failedFuture(new Unavailable(Facts.of("kafka").message("refused")))
        : CompletableFuture.completedFuture(null);
  }

  private Parcel deliver() {
    desk.assign(List.of(P0));
    desk.add(List.of(new ConsumerRecord<>("t", 0, 7, new byte[0], new byte[0])));
    return Objects.requireNonNull(desk.next(1));
  }
}
