package dev.comms.testkit.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ScopeTest {

  private final List<String> ended = new ArrayList<>();
  private final Scope scope = new Scope(new Watchdog());

  @Test
  void partsEndOnceAndTheYoungestFirst() {
    scope.own(() -> ended.add("mapper"));
    scope.own(() -> ended.add("node"));
    scope.close();
    scope.close();
    assertThat(ended).containsExactly("node", "mapper");
  }

  @Test
  void aPartThatComesAfterTheCloseIsEndedAtOnce() {
    scope.close();
    assertThatThrownBy(() -> scope.own(() -> ended.add("late")))
        .isInstanceOf(BrokerUnavailable.class)
        .hasMessageContaining("closed while a broker was starting");
    assertThat(ended).containsExactly("late");
  }

  @Test
  void aPartThatFailsToEndDoesNotKeepTheOthers() {
    scope.own(() -> ended.add("mapper"));
    scope.own(
        () -> {
          throw new IllegalStateException("cannot end");
        });
    scope.close();
    assertThat(ended).containsExactly("mapper");
  }

  @Test
  void aStopThatHangsIsLeftBehindInTime() {
    CountDownLatch never = new CountDownLatch(1);
    boolean inTime = Scope.within(Duration.ofMillis(50), "hangs", () -> awaitQuietly(never));
    assertThat(inTime).isFalse();
    never.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
