package dev.comms.testkit.mutants;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** See {@link Hunt}. */
class CallMutantsTest {
  private static final Hunt HUNT = new Hunt();

  @TestFactory
  Stream<DynamicTest> aClientThat() {
    return HUNT.of(CallMutants.clients(), MutantCalls.class, change -> MutantCalls.client = change);
  }

  @TestFactory
  Stream<DynamicTest> aStreamsCallerThat() {
    return HUNT.of(
        StreamMutants.clients(), MutantCalls.class, change -> MutantCalls.client = change);
  }

  @TestFactory
  Stream<DynamicTest> aStreamsAnswererThat() {
    return HUNT.of(
        StreamMutants.servers(), MutantCalls.class, change -> MutantCalls.server = change);
  }

  @TestFactory
  Stream<DynamicTest> aServerThat() {
    return HUNT.of(CallMutants.servers(), MutantCalls.class, change -> MutantCalls.server = change);
  }

  @AfterAll
  static void report() throws IOException {
    HUNT.report("calls");
  }
}
