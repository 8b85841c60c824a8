package dev.comms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.comms.PolicyMutants.Mutant;
import dev.comms.policy.Exchange.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** {@link PipelineStepsTest} notices every wrong order: the named case fails on it. */
class PolicyMutantsTest {
  private static final List<String> REPORT = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> anOrderOfPoliciesThat() {
    return PolicyMutants.all().stream()
        .map(mutant -> dynamicTest(mutant.wrong(), () -> isKilled(mutant)));
  }

  /** What {@code ./comms test --only core} tells. */
  @AfterAll
  static void report() throws IOException {
    Files.write(Path.of("target", "mutants-policies.txt"), REPORT);
  }

  private static void isKilled(Mutant mutant) {
    TestExecutionSummary right = run(mutant.killer());
    assertThat(right.getTestsSucceededCount()).as("cases named " + mutant.killer()).isPositive();
    assertThat(right.getTestsFailedCount()).as("without the mutant").isZero();
    PipelineStepsTest.mutant = mutant;
    try {
      boolean killed = run(mutant.killer()).getTestsFailedCount() > 0;
      REPORT.add(
          (killed ? "killed" : "survived")
              + "\t"
              + mutant.wrong()
              + "\tPipelineStepsTest."
              + mutant.killer());
      assertThat(killed)
          .as(mutant.killer() + " must notice an order that " + mutant.wrong())
          .isTrue();
    } finally {
      PipelineStepsTest.mutant = PolicyMutants.RIGHT;
    }
  }

  private static TestExecutionSummary run(String method) {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selector(method)).build(), summary);
    return summary.getSummary();
  }

  private static MethodSelector selector(String name) {
    boolean perVerb =
        Arrays.stream(PipelineStepsTest.class.getDeclaredMethods())
            .anyMatch(m -> m.getName().equals(name) && m.getParameterCount() == 1);
    return perVerb
        ? selectMethod(PipelineStepsTest.class, name, Verb.class.getName())
        : selectMethod(PipelineStepsTest.class, name);
  }
}
