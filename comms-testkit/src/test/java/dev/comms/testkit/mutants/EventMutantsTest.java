package dev.comms.testkit.mutants;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** See {@link Hunt}. */
class EventMutantsTest {
  private static final Hunt HUNT = new Hunt();

  @TestFactory
  Stream<DynamicTest> anEventTransportThat() {
    return HUNT.of(EventMutants.all(), MutantEvents.class, change -> MutantEvents.change = change);
  }

  @AfterAll
  static void report() throws IOException {
    HUNT.report("events");
  }
}
