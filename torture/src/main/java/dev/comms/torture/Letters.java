package dev.comms.torture;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.DeadLetters;
import dev.comms.testkit.history.History;
import java.time.Duration;

/** Writes down all dead letters, and leaves them where they are. */
final class Letters {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Letters() {}

  static void of(History history, String contract, String group, DeadLetters letters) {
    Time time = Time.system();
    Deadline deadline = Deadline.after(time, LIMIT);
    time.await(
        letters.sweep(
            letter -> {
              history.dead(contract, group, letter.message().id(), letter.reason());
              return DeadLetters.Choice.KEEP;
            },
            deadline),
        contract,
        deadline);
  }
}
