package dev.comms.testkit;

import static dev.comms.testkit.CommsAssertions.assertThat;
import static dev.comms.testkit.Talks.ASK;
import static dev.comms.testkit.Talks.MAIL;
import static dev.comms.testkit.Talks.SEEN;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.comms.Group;
import dev.comms.Submit;
import dev.comms.Workers;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Effect;
import dev.comms.spi.EventTransport.Start;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private final TestComms comms = TestComms.create();
  private final List<String> got = new ArrayList<>();

  @AfterEach
  void close() {
    comms.close();
  }

  private void note(String text, Context context) {
    got.add(text);
  }

  private void handleMail() {
    comms.tasks().handle(MAIL, Workers.of(1), this::note);
  }

  private void handleSeen() {
    comms.events().handle(SEEN, Group.named("g").startsAt(Start.EARLIEST), this::note);
  }

  @Test
  void aLostConfirmOfATaskIsAnUnknownOutcomeWithItsIdAndTheTaskRuns() {
    handleMail();
    comms.faults().lostConfirm().times(1).on(MAIL);

    CommsException.UnknownOutcome unknown =
        catchThrowableOfType(
            CommsException.UnknownOutcome.class, () -> comms.tasks().submit(MAIL, "x"));

    assertThat(comms).handled(MAIL).once().withId(unknown.id());
    comms.tasks().submit(MAIL, "y");
    assertThat(comms).handled(MAIL).times(2);
  }

  @Test
  void aLostConfirmOfAnEventIsAnUnknownOutcomeAndTheEventIsHandled() {
    handleSeen();
    comms.faults().lostConfirm().times(1).on(SEEN);

    assertThatThrownBy(() -> comms.events().publish(SEEN, "a-1"))
        .isInstanceOf(CommsException.UnknownOutcome.class);

    assertThat(comms).handled(SEEN).once();
  }

  @Test
  void aLostAnswerEndsTheCallAtItsLimitThoughTheServerHasAnswered() {
    comms.serve().answer(ASK, (question, context) -> "42");
    comms.faults().lostConfirm().on(ASK);

    assertThatThrownBy(() -> comms.calls().call(ASK, "why"))
        .isInstanceOfSatisfying(
            CommsException.DeadlineExceeded.class,
            late -> assertThat(late.effect()).isEqualTo(Effect.POSSIBLE));
  }

  @Test
  void aLostAckMakesTheHandlerRunAgain() {
    handleMail();
    comms.faults().lostAck().times(1).on(MAIL);

    comms.tasks().submit(MAIL, "x");
    comms.settle();

    assertThat(got).containsExactly("x", "x");
    assertThat(comms).submitted(MAIL).once().handled(MAIL).once();
  }

  @Test
  void aLostAckOfAnEventBringsItAgain() {
    handleSeen();
    comms.faults().lostAck().times(1).on(SEEN);

    comms.events().publish(SEEN, "a-1");
    comms.settle();

    assertThat(got).containsExactly("a-1", "a-1");
  }

  @Test
  void aDuplicateComesTwiceUnderOneId() {
    handleMail();
    comms.faults().duplicate().times(1).everywhere();

    String id = comms.tasks().submit(MAIL, "x");

    assertThat(comms).submitted(MAIL).once().handled(MAIL).times(2).withId(id);
  }

  @Test
  void reorderingMixesKeysAndKeepsTheOrderOfEach() {
    comms.faults().reorderAcrossKeys().on(SEEN);
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sent.add("k" + i % 8 + "-" + i);
    }
    sent.forEach(text -> comms.events().publish(SEEN, text));

    handleSeen();
    comms.settle();

    assertThat(got).containsExactlyInAnyOrderElementsOf(sent).isNotEqualTo(sent);
    for (int key = 0; key < 8; key++) {
      String prefix = "k" + key + "-";
      assertThat(got.stream().filter(text -> text.startsWith(prefix)))
          .containsExactlyElementsOf(
              sent.stream().filter(text -> text.startsWith(prefix)).toList());
    }
  }

  @Test
  void withoutAFaultEventsComeInTheOrderOfTheirPublishing() {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      sent.add("k" + i % 8 + "-" + i);
    }
    sent.forEach(text -> comms.events().publish(SEEN, text));

    handleSeen();
    comms.settle();

    assertThat(got).containsExactlyElementsOf(sent);
  }

  @Test
  void aCrashAfterTheHandlerBringsBackAllThatTheConsumerHad() {
    comms
        .tasks()
        .handle(
            MAIL,
            Workers.of(2),
            (text, context) -> {
              got.add(text);
              if (text.equals("slow")) {
                comms.clock().sleep(ofSeconds(1));
              }
            });
    comms.faults().crashAfterHandler().times(1).on(MAIL);
    comms.tasks().submit(MAIL, "slow");
    comms.tasks().submit(MAIL, "x");

    comms.clock().advance(ofMinutes(1));

    assertThat(got).containsExactlyInAnyOrder("slow", "slow", "x", "x");
    assertThat(comms).handled(MAIL).times(2).neverDeadLettered(MAIL);
  }

  @Test
  void aMessageThatCrashesItsConsumerEachTimeIsGivenUp() {
    handleMail();
    comms.faults().crashAfterHandler().on(MAIL);

    comms.tasks().submit(MAIL, "x");

    assertThat(comms).deadLettered(MAIL).once().because("crashes");
    assertThat(got).hasSize(3);
  }

  @Test
  void aCrashAfterTheRetryCopyMakesTwoOfOne() {
    comms
        .tasks()
        .handle(
            MAIL,
            Workers.of(1),
            (text, context) -> {
              got.add(text + " " + context.attempt());
              if (got.size() == 1) {
                throw new IllegalStateException("once");
              }
            });
    comms.faults().crashAfterRetryCopy().times(1).on(MAIL);

    comms.tasks().submit(MAIL, "x");
    comms.clock().advance(ofMinutes(1));

    assertThat(got).containsExactly("x 1", "x 1", "x 2");
  }

  @Test
  void aBlockedPublisherWaitsAndIsThenOverloadedWithoutEffect() {
    handleMail();
    comms.faults().blockedPublisher().on(MAIL);

    assertThatThrownBy(() -> comms.tasks().submit(MAIL, "x"))
        .isInstanceOfSatisfying(
            CommsException.Overloaded.class,
            full -> assertThat(full.effect()).isEqualTo(Effect.NONE));

    assertThat(comms).neverSent(MAIL);
  }

  @Test
  void aPublisherThatIsBlockedForAWhileGetsThrough() {
    handleMail();
    comms.faults().blockedPublisher().lasting(ofSeconds(2)).on(MAIL);

    comms.tasks().submit(MAIL, "x");

    assertThat(comms.clock().elapsed()).isEqualTo(ofSeconds(2));
    assertThat(comms).handled(MAIL).once();
  }

  @Test
  void whileTheBrokerIsDownNothingIsSentOrDeliveredAndThenAllGoesOn() {
    handleMail();
    comms.tasks().submit(MAIL, "before");
    comms.settle();
    comms.tasks().submit(MAIL, "due while it is down", Submit.after(ofMinutes(1)));
    comms.faults().brokerDown(ofMinutes(2));

    assertThatThrownBy(() -> comms.tasks().submit(MAIL, "during"))
        .isInstanceOf(CommsException.Unavailable.class);
    comms.clock().advance(ofMinutes(1));
    assertThat(got).containsExactly("before");
    comms.clock().advance(ofMinutes(1));
    comms.tasks().submit(MAIL, "after");
    comms.settle();

    assertThat(got).containsExactly("before", "due while it is down", "after");
  }

  @Test
  void aSlowNetworkTakesItsTimeThereAndBack() {
    comms.serve().answer(ASK, (question, context) -> "42");
    comms.faults().slowNetwork(ofMillis(200)).everywhere();

    comms.calls().call(ASK, "why");
    assertThat(comms.clock().elapsed()).isEqualTo(ofMillis(400));
    comms.events().publish(SEEN, "a-1");

    assertThat(comms.clock().elapsed()).isEqualTo(ofMillis(800));
  }

  @Test
  void aRebalanceTakesWhatIsUnderWayAndBringsItAgain() {
    comms
        .events()
        .handle(
            SEEN,
            Group.named("g").startsAt(Start.EARLIEST),
            (text, context) -> {
              got.add(text);
              comms.clock().sleep(ofSeconds(1));
            });
    comms.events().publish(SEEN, "a-1");
    comms.settle();

    comms.faults().rebalanceNow();
    comms.clock().advance(ofSeconds(5));

    assertThat(got).containsExactly("a-1", "a-1");
    assertThat(comms).handled(SEEN).once();
  }

  @Test
  void faultsCompose() {
    handleMail();
    comms.faults().lostConfirm().times(1).on(MAIL);
    comms.faults().duplicate().times(1).on(MAIL);

    assertThatThrownBy(() -> comms.tasks().submit(MAIL, "x"))
        .isInstanceOf(CommsException.UnknownOutcome.class);

    assertThat(comms).submitted(MAIL).once().handled(MAIL).times(2);
  }

  @Test
  void chanceComesFromTheSeed() {
    assertThat(struck(1)).isEqualTo(struck(1)).isNotEqualTo(struck(2)).hasSizeBetween(5, 35);
  }

  private static List<Integer> struck(long seed) {
    List<Integer> lost = new ArrayList<>();
    try (TestComms one = TestComms.create(seed)) {
      one.faults().lostConfirm().chance(0.5).on(SEEN);
      for (int i = 0; i < 40; i++) {
        try {
          one.events().publish(SEEN, "a-" + i);
        } catch (CommsException.UnknownOutcome unknown) {
          lost.add(i);
        }
      }
    }
    return lost;
  }

  @Test
  void clearingEndsAllFaults() {
    comms.faults().lostConfirm().everywhere();
    comms.faults().brokerDown(ofMinutes(5));

    comms.faults().clear();

    comms.events().publish(SEEN, "a-1");
    assertThat(comms).published(SEEN).once();
  }

  @Test
  void absurdFaultsAreRefused() {
    assertThatThrownBy(() -> comms.faults().duplicate().times(0))
        .hasMessageContaining("times is 0");
    assertThatThrownBy(() -> comms.faults().duplicate().chance(2)).hasMessageContaining("chance");
    assertThatThrownBy(() -> comms.faults().slowNetwork(ofMillis(0))).hasMessageContaining("PT0S");
    assertThatThrownBy(() -> comms.faults().duplicate().lasting(ofMillis(-1)))
        .hasMessageContaining("PT-0.001S");
  }

  @Test
  void whatCouldDoNothingIsRefused() {
    assertThatThrownBy(() -> comms.faults().lostAck().on(MAIL, ASK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("lost ack", ASK.name(), "tasks and events");
    assertThatThrownBy(() -> comms.faults().crashAfterRetryCopy().on(SEEN))
        .hasMessageContainingAll("crash after retry copy", SEEN.name(), "it strikes tasks");
    assertThatThrownBy(() -> comms.faults().brokerDown(ofMillis(0))).hasMessageContaining("PT0S");
  }

  @Test
  void aShorterTimeDownDoesNotEndALongerOne() {
    comms.faults().brokerDown(ofSeconds(2));
    comms.faults().brokerDown(ofMillis(10));
    comms.clock().advance(ofSeconds(1));

    var sent = comms.tasks().submitAsync(MAIL, "x");

    comms.clock().advance(ofMillis(500));
    assertThat(sent).isNotDone();
    comms.clock().advance(ofSeconds(1));
    assertThat(sent).isCompleted();
  }

  @Test
  void oneReorderedTaskOvertakesTheFirst() {
    for (String text : List.of("a", "b", "c")) {
      comms.tasks().submit(MAIL, text);
    }
    comms.faults().reorderAcrossKeys().times(1).on(MAIL);

    handleMail();
    comms.settle();

    assertThat(got).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(got.get(0)).as("the one time is never spent on nothing").isNotEqualTo("a");
  }

  @Test
  void aSeedThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> TestComms.seed("abc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("comms.seed", "'abc'", "must be a number");
  }
}
