package dev.comms.testkit.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.comms.contract.CommsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The kits notice what is wrong: for each mutant the named case passes on the right transport and
 * fails on the mutant. It runs with a short patience, so what a mutant loses is missed soon.
 */
final class Hunt {
  private final List<String> report = new ArrayList<>();
  private final Set<String> right = new HashSet<>();

  /** What {@code ./comms test --only core} tells. */
  void report(String kit) throws IOException {
    Files.write(Path.of("target", "mutants-" + kit + ".txt"), report);
  }

  <T> Stream<DynamicTest> of(
      List<Mutant<T>> mutants, Class<?> kit, Consumer<UnaryOperator<T>> put) {
    return mutants.stream()
        .map(mutant -> dynamicTest(mutant.wrong(), () -> isKilled(mutant, kit, put)));
  }

  private <T> void isKilled(Mutant<T> mutant, Class<?> kit, Consumer<UnaryOperator<T>> put) {
    String killer = kit.getSimpleName() + "." + mutant.killer();
    if (right.add(killer)) {
      TestExecutionSummary passed = run(kit, mutant.killer());
      assertThat(passed.getTestsSucceededCount()).as("cases named " + killer).isEqualTo(1);
    }
    put.accept(mutant.change());
    try {
      TestExecutionSummary ended = run(kit, mutant.killer());
      boolean killed = ended.getTestsFailedCount() == 1;
      String why = killed ? why(ended) : "";
      report.add(
          (killed ? "killed" : "survived") + "\t" + mutant.wrong() + "\t" + killer + "\t" + why);
      assertThat(killed).as(killer + " must notice what " + mutant.wrong()).isTrue();
    } finally {
      put.accept(UnaryOperator.identity());
    }
  }

  /** What the case noticed; a mutant that only breaks the harness is noticed by nobody. */
  private static String why(TestExecutionSummary ended) {
    Throwable failure = ended.getFailures().get(0).getException();
    assertThat(failure)
        .as("how the case ended")
        .isInstanceOfAny(
            AssertionError.class, ConditionTimeoutException.class, CommsException.class);
    return String.valueOf(failure.getMessage()).strip().lines().findFirst().orElse("");
  }

  private static TestExecutionSummary run(Class<?> kit, String method) {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectMethod(kit, method)).build();
    LauncherFactory.create().execute(request, summary);
    return summary.getSummary();
  }
}
