package dev.comms.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InFlightTest {
  private final TestClock clock = TestClock.create();
  private final InFlight inFlight = new InFlight();

  @Test
  void nothingBeginsOnceItDrains() {
    CompletableFuture<Void> first = new CompletableFuture<>();
    assertThat(inFlight.begin(first)).isTrue();

    CompletableFuture<Void> drained =
        inFlight.drain(clock, Deadline.after(clock, Duration.ofSeconds(1)));

    assertThat(inFlight.begin(new CompletableFuture<>())).isFalse();
    assertThat(drained).isNotDone();
    first.complete(null);
    assertThat(drained).isCompleted();
  }

  @Test
  void whatRunsIsEndedInTheOrderOfItsBeginning() {
    List<CompletableFuture<?>> begun = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      CompletableFuture<Void> one = new CompletableFuture<>();
      begun.add(one);
      inFlight.begin(one);
    }

    assertThat(inFlight.close()).containsExactlyElementsOf(begun);
    assertThat(inFlight.begin(new CompletableFuture<>())).isFalse();
  }
}
