package dev.comms.testkit;

import static dev.comms.testkit.Talks.ASK;
import static dev.comms.testkit.Talks.MAIL;
import static dev.comms.testkit.Talks.SEEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Submit;
import dev.comms.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A deadline ends waiting, not work: after hours and days of virtual time. */
class DeadlineLawTest {
  private final TestComms comms = TestComms.create();
  private final List<String> got = new ArrayList<>();

  @AfterEach
  void close() {
    comms.close();
  }

  @Test
  void aTaskSubmittedWithFiftyMillisecondsLeftRunsAnHourLater() {
    comms.tasks().handle(MAIL, Workers.of(1), (text, context) -> got.add(text));
    comms
        .serve()
        .answer(
            ASK,
            (question, context) -> {
              assertThat(context.deadline().remaining()).isLessThanOrEqualTo(Duration.ofMillis(50));
              return comms.tasks().submit(MAIL, question, Submit.after(Duration.ofHours(1)));
            });

    comms.calls().within(Duration.ofMillis(50)).call(ASK, "patient");
    comms.clock().advance(Duration.ofHours(1));

    assertThat(got).containsExactly("patient");
  }

  @Test
  void anEventReplayedAfterADayIsHandledWhateverItsHandlersLimit() {
    comms.events().publish(SEEN, "a-1");
    comms.clock().advance(Duration.ofDays(1));

    comms
        .events()
        .replay(SEEN)
        .since(Duration.ofDays(2))
        .each(
            (text, context) -> {
              assertThat(context.deadline().remaining()).isPositive();
              got.add(text);
            });

    assertThat(SEEN.handledWithin()).isLessThan(Duration.ofDays(1));
    assertThat(got).containsExactly("a-1");
  }
}
