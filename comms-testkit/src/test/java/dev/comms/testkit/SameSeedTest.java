package dev.comms.testkit;

import static dev.comms.testkit.Talks.ASK;
import static dev.comms.testkit.Talks.MAIL;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Workers;
import org.junit.jupiter.api.Test;

class SameSeedTest {
  @Test
  void theSameSeedMakesTheSameHistory() {
    assertThat(run(7)).isEqualTo(run(7)).isNotEqualTo(run(8));
  }

  private static String run(long seed) {
    try (TestComms one = TestComms.create(seed)) {
      one.tasks()
          .handle(
              MAIL,
              Workers.of(4),
              (text, context) -> {
                one.clock().sleep(ofMillis(text.length()));
                throw new IllegalStateException("broken");
              });
      for (int i = 0; i < 20; i++) {
        one.tasks().submit(MAIL, "x".repeat(i + 1));
      }
      one.clock().advance(ofMinutes(10));
      return one.history();
    }
  }

  @Test
  void theSameSeedMakesTheSameHistoryOfACloseWithWorkUnderWay() {
    assertThat(closed(7)).contains("answered").isEqualTo(closed(7));
  }

  private static String closed(long seed) {
    TestComms one = TestComms.create(seed, settings -> settings.drainWithin(ofMillis(10)));
    one.serve()
        .answer(
            ASK,
            (question, context) -> {
              one.clock().sleep(ofHours(1));
              return question;
            });
    one.tasks().handle(MAIL, Workers.of(8), (text, context) -> one.clock().sleep(ofHours(1)));
    for (int i = 0; i < 20; i++) {
      one.calls().callAsync(ASK, "question " + i);
      one.tasks().submit(MAIL, "mail " + i);
    }
    one.settle();
    one.close();
    return one.history();
  }
}
