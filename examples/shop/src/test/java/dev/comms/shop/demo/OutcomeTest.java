package dev.comms.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

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
  private final Map<String, String> stream = new HashMap<>();
  private final Set<String> watched = new TreeSet<>();

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

    assertThat(outcome(1).duplicateEffects()).isEqualTo(1 + 2 + 1);
    assertThat(outcome(1).ok()).isFalse();
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
    accepted(id, "rejected");
    stream.put("status-" + id, id);
    watched.add("status-" + id);
  }

  private void complete(String id) {
    accepted(id, "completed");
    attempts.put(id, 1);
    captured.put(id, 1);
    mails.put(id, List.of("mail-" + id));
    topic.put("activity-" + id, id);
    analytics.put("activity-" + id, id);
    purchases.put("activity-" + id, id);
    stream.put("status-" + id, id);
    watched.add("status-" + id);
  }

  private Outcome outcome(int sent) {
    return Outcome.of(
        new Findings(
            sent, Map.of(), accepted, status, dead, attempts, captured, mails, topic, analytics,
            purchases, stream, watched));
  }
}
