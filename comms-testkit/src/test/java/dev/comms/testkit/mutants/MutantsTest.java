package dev.comms.testkit.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The kits notice what is wrong: for each mutant the named case passes on the right transport and
 * fails on the mutant. It runs with a short patience, so what a mutant loses is missed soon.
 */
class MutantsTest {
  private static final List<String> REPORT = new ArrayList<>();
  private static final Set<String> CHECKED = new HashSet<>();

  @TestFactory
  Stream<DynamicTest> aTaskTransportThat() {
    return tests(TaskMutants.all(), MutantTasks.class, change -> MutantTasks.change = change);
  }

  @TestFactory
  Stream<DynamicTest> anEventTransportThat() {
    return tests(EventMutants.all(), MutantEvents.class, change -> MutantEvents.change = change);
  }

  @TestFactory
  Stream<DynamicTest> aClientThat() {
    return tests(CallMutants.clients(), MutantCalls.class, change -> MutantCalls.client = change);
  }

  @TestFactory
  Stream<DynamicTest> aServerThat() {
    return tests(CallMutants.servers(), MutantCalls.class, change -> MutantCalls.server = change);
  }

  /** What {@code ./comms test --only core} tells. */
  @AfterAll
  static void report() throws IOException {
    Files.write(Path.of("target", "mutants.txt"), REPORT);
  }

  private static <T> Stream<DynamicTest> tests(
      List<Mutant<T>> mutants, Class<?> kit, Consumer<UnaryOperator<T>> put) {
    return mutants.stream()
        .map(mutant -> dynamicTest(mutant.wrong(), () -> isKilled(mutant, kit, put)));
  }

  private static <T> void isKilled(Mutant<T> mutant, Class<?> kit, Consumer<UnaryOperator<T>> put) {
    String killer = kit.getSimpleName() + "." + mutant.killer();
    if (CHECKED.add(killer)) {
      TestExecutionSummary right = run(kit, mutant.killer());
      assertThat(right.getTestsSucceededCount()).as("cases named " + killer).isEqualTo(1);
    }
    put.accept(mutant.change());
    try {
      boolean killed = run(kit, mutant.killer()).getTestsFailedCount() == 1;
      REPORT.add((killed ? "killed" : "survived") + "\t" + mutant.wrong() + "\t" + killer);
      assertThat(killed).as(killer + " must notice a transport that " + mutant.wrong()).isTrue();
    } finally {
      put.accept(UnaryOperator.identity());
    }
  }

  private static TestExecutionSummary run(Class<?> kit, String method) {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectMethod(kit, method)).build();
    LauncherFactory.create().execute(request, summary);
    return summary.getSummary();
  }
}
