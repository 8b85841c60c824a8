package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EndsTest {
  private final Ends ends = new Ends();
  private final List<String> ended = new CopyOnWriteArrayList<>();

  @Test
  void theYoungestEndsFirstAndTheLastLast() {
    ends.push(() -> ended.add("older"));
    ends.last(() -> ended.add("last"));
    ends.push(() -> ended.add("younger"));

    ends.close();

    assertThat(ended).containsExactly("younger", "older", "last");
  }

  @Test
  void theLastIsEndedAlsoIfAnotherNeverEnds() {
    CountDownLatch never = new CountDownLatch(1);
    ends.last(() -> ended.add("last"));
    ends.push(never::await);

    ends.closeWithin(Duration.ofMillis(50));

    assertThat(ended).containsExactly("last");
    never.countDown();
  }

  @Test
  void whatComesAfterTheEndIsEndedAtOnce() {
    ends.close();

    assertThatThrownBy(() -> ends.push(() -> ended.add("late")))
        .isInstanceOf(IllegalStateException.class);
    assertThat(ended).containsExactly("late");
  }
}
