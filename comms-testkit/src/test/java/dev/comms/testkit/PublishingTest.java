package dev.comms.testkit;

import static dev.comms.testkit.Talks.MAIL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PublishingTest {
  private static final Duration BLOCKED = Duration.ofSeconds(1);
  private final TestClock clock = TestClock.create();
  private final List<String> stored = new ArrayList<>();

  @Test
  void aBrokerThatComesBackWhileAPublisherAsksIsNotMissed() {
    Meanwhile time = new Meanwhile();
    MemoryBroker broker = new MemoryBroker(time, 0, false);
    broker.faults().blockedPublisher().lasting(BLOCKED).on(MAIL);
    // The broker's fault looks at the clock once when asked; then it comes back.
    time.next = 2;

    CompletableFuture<Void> confirmed = publish(broker, time);

    assertThat(confirmed).isCompleted();
    assertThat(stored).containsExactly("1");
  }

  @Test
  void whatWaitedIsSentOnceHoweverOftenTheBrokerChanges() {
    MemoryBroker broker = new MemoryBroker(clock, 0, false);
    broker.faults().blockedPublisher().lasting(BLOCKED).on(MAIL);
    CompletableFuture<Void> confirmed = publish(broker, clock);
    assertThat(confirmed).isNotDone();

    clock.advance(BLOCKED);
    broker.faults().clear();

    assertThat(confirmed).isCompleted();
    assertThat(stored).containsExactly("1");
  }

  private CompletableFuture<Void> publish(MemoryBroker broker, Time time) {
    return Publishing.send(
        broker.faults(),
        time,
        Envelope.of("1", MAIL.name(), "x/y", clock.now(), new byte[0]),
        Deadline.after(clock, Duration.ofSeconds(5)),
        () -> stored.add("1"),
        () -> null);
  }

  /** A clock that is turned past the end of the fault just after it was looked at. */
  private final class Meanwhile implements Time {
    private int next = -1;

    @Override
    public long nanos() {
      long before = clock.nanos();
      if (next > 0 && --next == 0) {
        clock.advance(BLOCKED);
      }
      return before;
    }

    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public Cancellable schedule(Duration after, Runnable what) {
      return clock.schedule(after, what);
    }

    @Override
    public <T> T await(CompletableFuture<T> result, String contract, Deadline deadline) {
      return clock.await(result, contract, deadline);
    }
  }
}
