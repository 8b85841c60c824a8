package dev.comms.shop.demo;

import dev.comms.contract.Deadline;
import dev.comms.contract.Time;
import dev.comms.spi.DeadLetters;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** Looks through the dead letters and leaves them where they are. */
final class Letters {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Letters() {}

  static Set<String> ids(DeadLetters letters) {
    Deadline deadline = Deadline.after(Time.system(), LIMIT);
    Set<String> ids = new ConcurrentSkipListSet<>();
    Time.system()
        .await(
            letters.sweep(
                letter -> {
                  ids.add(letter.message().id());
                  return DeadLetters.Choice.KEEP;
                },
                deadline),
            "the orders' dead letters",
            deadline);
    return new TreeSet<>(ids);
  }

  static long count(DeadLetters letters) {
    Deadline deadline = Deadline.after(Time.system(), Duration.ofSeconds(10));
    return Time.system().await(letters.count(), "the orders' dead letters", deadline);
  }
}
