package dev.comms.torture;

import dev.comms.Comms;
import dev.comms.policy.Policies;
import dev.comms.testkit.history.History;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The services of a rig, all recorded; closed in reverse order. */
final class Services {
  private static final Duration DRAIN = Duration.ofSeconds(15);

  private final Deque<Comms> open = new ArrayDeque<>();

  /** One more, which the caller starts. */
  Comms comms(String name, History history) {
    Comms comms =
        Comms.service(name, new SimpleMeterRegistry())
            .policies(history.policies(Policies.standard()))
            .drainWithin(DRAIN)
            .build();
    open.push(comms);
    return comms;
  }

  void close() {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
