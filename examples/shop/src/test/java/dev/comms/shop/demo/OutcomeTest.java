package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.shop.demo.Findings.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OutcomeTest {
  private final Map<String, String> status = new TreeMap<>();
  private final Set<String> accepted = new TreeSet<>();
  private final Set<String> dead = new TreeSet<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Map<String, Integer> captured = new HashMap<>();
  private final Map<String, List<String>> mails = new HashMap<>();
  private final Map<String, String> topic = new HashMap<>();
  private final Map<String, String> analytics = new HashMap<>();
  private final Map<String, String> purchases = new HashMap<>();
  private final List<Told> stream = new ArrayList<>();
  private final Set<String> watched = new TreeSet<>();
  private int rejected;

  @Test
  void everyAcceptedOrderIsExactlyOneOfFour() {
    complete("a");
    complete("b");
    rejected("c");
    accepted("d", "accepted");
    dead.add("d");
    accepted("e", "accepted");
    accepted("f", "no row");
    status.remove("f");

    Outcome outcome = outcome(9);

    assertThat(outcome.accepted()).isEqualTo(6);
    assertThat(outcome.completed()).isEqualTo(2);
    assertThat(outcome.rejected()).isEqualTo(1);
    assertThat(outcome.deadLettered()).isEqualTo(1);
    assertThat(outcome.lost()).isEqualTo(2);
    assertThat(outcome.refusedAtGateway()).isEqualTo(3);
    assertThat(outcome.ok()).isFalse();
  }

  @Test
  void aRunWhereEverythingArrivedOnceIsOk() {
    complete("a");
    complete("b");
    rejected("c");
    attempts.put("b", 2);

    Outcome outcome = outcome(3);

    assertThat(outcome.ok()).isTrue();
    assertThat(outcome.emails()).isEqualTo(2);
    assertThat(outcome.analyticsEvents()).isEqualTo(2);
    assertThat(outcome.recommendations()).isEqualTo(2);
    assertThat(outcome.notifications()).isEqualTo(3);
    assertThat(outcome.paymentRetries()).isEqualTo(1);
  }

  @Test
  void anOrderThatIsCompletedAndInTheDeadLettersCountsOnce() {
    complete("a");
    dead.add("a");

    Outcome outcome = outcome(1);

    assertThat(outcome.completed()).isEqualTo(1);
    assertThat(outcome.deadLettered()).isZero();
    assertThat(outcome.lost()).isZero();
  }

  @Test
  void deadLettersAndEventsOfOthersDoNotCount() {
    complete("a");
    dead.add("of another run");
    topic.put("x", "of another run");
    analytics.put("x", "of another run");

    Outcome outcome = outcome(1);

    assertThat(outcome.deadLettered()).isZero();
    assertThat(outcome.analyticsEvents()).isEqualTo(1);
  }

  @Test
  void whatHappensTwiceForOneOrderIsADuplicateEffect() {
    complete("a");
    captured.put("a", 2);
    mails.put("a", List.of("mail-a", "other", "third"));
    topic.put("again", "a");
    analytics.put("again", "a");
    purchases.put("again", "a");
    purchases.put("once more", "a");

    assertThat(outcome(1).duplicateEffects()).isEqualTo(1 + 2 + 1 + 2);
    assertThat(outcome(1).ok()).isFalse();
  }

  @Test
  void aStatusThatIsToldTwiceIsADuplicateEffectAndTwoStatusesAreNot() {
    complete("a");
    tell("a", "accepted");
    assertThat(outcome(1).duplicateEffects()).isZero();

    stream.add(new Told("another event", "a", "completed"));
    stream.add(new Told("status-a", "a", "completed"));

    assertThat(outcome(1).duplicateEffects()).isEqualTo(2);
    assertThat(outcome(1).ok()).isFalse();
  }

  @Test
  void aGatewayThatAnswersEverythingWithAnErrorIsNotOk() {
    Outcome outcome = outcome(3, Map.of(500, 1, 503, 2), new Expected(0, 0, 0, 0));

    assertThat(outcome.lost() + outcome.duplicateEffects() + outcome.missingEffects()).isZero();
    assertThat(outcome.ok()).isFalse();
    assertThat(outcome.unmet())
        .contains("expected every answer 202 or 409, found also {500=1, 503=2}");
  }

  @Test
  void exactlyThoseThatComeTooLateMustBeOutOfStock() {
    complete("a");

    assertThat(outcome(3, Map.of(202, 1, 409, 2), new Expected(2, 0, 0, 0)).ok()).isTrue();
    Outcome tooMany = outcome(3, Map.of(202, 1, 409, 2), new Expected(1, 0, 0, 0));
    assertThat(tooMany.ok()).isFalse();
    assertThat(tooMany.unmet()).contains("expected 1 answers 409 (out of stock), found 2");
  }

  @Test
  void theKindsOfOrdersThatWerePlannedMustHaveHappened() {
    complete("a");

    assertThat(outcome(1, Map.of(202, 1), new Expected(0, 1, 1, 1)).unmet())
        .containsExactly(
            "expected 1 or more charged on a retry, found 0",
            "expected 1 in the dead letters, found 0",
            "expected 1 rejected, found 0");
    attempts.put("a", 2);
    assertThat(outcome(1, Map.of(202, 1), new Expected(0, 1, 0, 0)).ok()).isTrue();
  }

  @Test
  void ofWhatWasLostNobodyKnowsTheKind() {
    accepted("a", "accepted");

    Outcome outcome = outcome(1, Map.of(202, 1), new Expected(0, 1, 0, 0));

    assertThat(outcome.lost()).isEqualTo(1);
    assertThat(outcome.unmet()).isEmpty();
    assertThat(outcome.ok()).isFalse();
  }

  @Test
  void anEffectThatDidNotHappenMakesTheRunFail() {
    complete("a");
    mails.remove("a");
    analytics.clear();
    watched.clear();

    assertThat(outcome(1).missingEffects()).isEqualTo(3);
    assertThat(outcome(1).lost()).isZero();
    assertThat(outcome(1).ok()).isFalse();
  }

  private void accepted(String id, String row) {
    accepted.add(id);
    status.put(id, row);
  }

  private void rejected(String id) {
    rejected++;
    accepted(id, "rejected");
    tell(id, "rejected");
  }

  private void complete(String id) {
    accepted(id, "completed");
    attempts.put(id, 1);
    captured.put(id, 1);
    mails.put(id, List.of("mail-" + id));
    topic.put("activity-" + id, id);
    analytics.put("activity-" + id, id);
    purchases.put("activity-" + id, id);
    tell(id, "completed");
  }

  private void tell(String id, String status) {
    stream.add(new Told("status-" + id, id, status));
    watched.add("status-" + id);
  }

  /** As planned: all that were not accepted found no stock, and the others went as they went. */
  private Outcome outcome(int sent) {
    int no = sent - accepted.size();
    return outcome(
        sent, Map.of(202, accepted.size(), 409, no), new Expected(no, 0, dead(), rejected));
  }

  private int dead() {
    return (int) dead.stream().filter(id -> "accepted".equals(status.get(id))).count();
  }

  private Outcome outcome(int sent, Map<Integer, Integer> answers, Expected expected) {
    return Outcome.of(
        new Findings(
            sent, answers, accepted, status, dead, attempts, captured, mails, topic, analytics,
            purchases, stream, watched),
        expected);
  }
}
