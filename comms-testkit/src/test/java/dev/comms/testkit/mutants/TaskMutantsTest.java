package dev.comms.testkit.mutants;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** See {@link Hunt}. */
class TaskMutantsTest {
  private static final Hunt HUNT = new Hunt();

  @TestFactory
  Stream<DynamicTest> aTaskTransportThat() {
    return HUNT.of(TaskMutants.all(), MutantTasks.class, change -> MutantTasks.change = change);
  }

  @AfterAll
  static void report() throws IOException {
    HUNT.report("tasks");
  }
}
