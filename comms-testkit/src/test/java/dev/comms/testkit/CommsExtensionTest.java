package dev.comms.testkit;

import static dev.comms.testkit.Talks.MAIL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

@CommsTest(seed = 5)
class CommsExtensionTest {
  private final TestComms mine;

  CommsExtensionTest(TestComms mine) {
    this.mine = mine;
  }

  @BeforeEach
  void begin(TestComms comms) {
    comms.tasks().submit(MAIL, "from before");
  }

  @AfterEach
  void end(TestComms comms) {
    CommsAssertions.assertThat(comms).submitted(MAIL);
  }

  @Test
  void everyParameterOfOneTestIsTheSameComms(TestComms comms, TestClock clock) {
    assertThat(comms).isSameAs(mine);
    assertThat(comms.clock()).isSameAs(clock);
    assertThat(comms.seed()).isEqualTo(5);
  }

  @Nested
  class Inside {
    @Test
    void aNestedTestHasTheSeedOfTheClassAroundIt(TestComms comms) {
      assertThat(comms.seed()).isEqualTo(5);
    }
  }

  @Test
  void everyTestHasItsOwn(TestComms comms) {
    CommsAssertions.assertThat(comms).submitted(MAIL).once();
  }

  @Test
  void aFailedTestShowsItsSeedAndWhatHappenedAndIsClosed() {
    List<Throwable> failures = run();

    assertThat(failures).hasSize(1);
    StringWriter shown = new StringWriter();
    failures.get(0).printStackTrace(new PrintWriter(shown, true));
    assertThat(shown.toString())
        .contains("no reason", "What happened (seed 11):", "submitted     mail #1  lost");
    assertThat(Failing.last).isNotNull();
    assertThat(Failing.last.tasks().submitAsync(MAIL, "after")).isCompletedExceptionally();
  }

  private static List<Throwable> run() {
    List<Throwable> failures = new ArrayList<>();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Failing.class)).build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(failures::add);
              }
            });
    return failures;
  }

  /** Run by the test above only: it is meant to fail. */
  @Tag("fails")
  @CommsTest(seed = 11)
  static class Failing {
    static TestComms last;

    @Test
    void fails(TestComms comms) {
      last = comms;
      comms.tasks().submit(MAIL, "lost");
      throw new AssertionError("no reason");
    }
  }
}
