package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.spi.DeadLetters;
import dev.comms.spi.DeadLetters.Choice;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.DeadLetters.Swept;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What failed for good: kept, shown, put back, deleted. */
abstract class TaskDeadLetterCases extends TaskSettlingCases {

  @Test
  void aDeadLetterIsNotDeliveredAndShowsWhy() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    Envelope sent = message("dead").key("k").headers(Map.of("tenant", "blue"));
    submit(tasks, sent, Order.NOW);
    bench.get(inbox.next().retry(Duration.ZERO, BROKE));
    bench.get(inbox.next().deadLetter("attempts", BROKE));

    inbox.staysEmpty();
    DeadLetters dead = tasks.deadTasks(TASK);
    awaitCount(dead, 1);
    List<Letter> letters = new ArrayList<>();
    Swept swept = sweep(dead, letters, letter -> Choice.KEEP);

    assertThat(swept).isEqualTo(new Swept(1, 1, 0, 0));
    Letter letter = letters.get(0);
    assertThat(letter.reason()).isEqualTo("attempts");
    assertThat(letter.error()).contains("the printer is on fire");
    assertThat(letter.attempts()).isEqualTo(2);
    assertThat(letter.redrive()).isZero();
    assertThat(letter.message().id()).isEqualTo(sent.id());
    assertThat(letter.message().key()).isEqualTo("k");
    assertThat(letter.message().headers()).isEqualTo(sent.headers());
    assertThat(letter.message().contentType()).isEqualTo(sent.contentType());
    assertThat(letter.message().body()).isEqualTo(sent.body());
  }

  @Test
  void aSweepThatKeepsShowsEachLetterOnceOldestFirstAndLeavesAll() {
    TaskTransport tasks = instance();
    DeadLetters dead = threeDead(tasks);
    List<Letter> first = new ArrayList<>();
    List<Letter> second = new ArrayList<>();

    assertThat(sweep(dead, first, letter -> Choice.KEEP)).isEqualTo(new Swept(3, 3, 0, 0));
    awaitCount(dead, 3);
    assertThat(sweep(dead, second, letter -> Choice.KEEP)).isEqualTo(new Swept(3, 3, 0, 0));

    assertThat(first).extracting(TaskDeadLetterCases::text).containsExactly("a", "b", "c");
    assertThat(second).extracting(TaskDeadLetterCases::text).containsExactly("a", "b", "c");
  }

  @Test
  void aRedrivenLetterComesBackAsItsFirstAttempt() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = consume(tasks, 1);
    Envelope sent = message("again").headers(Map.of("tenant", "blue"));
    submit(tasks, sent, Order.NOW);
    bench.get(inbox.next().deadLetter("rejected", BROKE));
    DeadLetters dead = tasks.deadTasks(TASK);
    awaitCount(dead, 1);

    assertThat(sweep(dead, new ArrayList<>(), letter -> Choice.REDRIVE))
        .isEqualTo(new Swept(1, 0, 1, 0));

    TaskDelivery again = inbox.next();
    assertThat(again.envelope().id()).isEqualTo(sent.id());
    assertThat(again.envelope().headers()).isEqualTo(sent.headers());
    assertThat(again.envelope().body()).isEqualTo(sent.body());
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(again.redrive()).isEqualTo(1);
    awaitCount(dead, 0);
    bench.get(again.deadLetter("rejected", BROKE));
    awaitCount(dead, 1);
    List<Letter> letters = new ArrayList<>();
    sweep(dead, letters, letter -> Choice.KEEP);
    assertThat(letters).extracting(Letter::redrive).containsExactly(1);
  }

  @Test
  void aDiscardedLetterIsGone() {
    TaskTransport tasks = instance();
    DeadLetters dead = threeDead(tasks);

    Swept swept =
        sweep(
            dead,
            new ArrayList<>(),
            letter -> text(letter).equals("b") ? Choice.DISCARD : Choice.KEEP);

    assertThat(swept).isEqualTo(new Swept(3, 2, 0, 1));
    awaitCount(dead, 2);
    List<Letter> rest = new ArrayList<>();
    sweep(dead, rest, letter -> Choice.KEEP);
    assertThat(rest).extracting(TaskDeadLetterCases::text).containsExactly("a", "c");
  }

  @Test
  void aSweepThatIsStoppedLeavesTheRest() {
    TaskTransport tasks = instance();
    DeadLetters dead = threeDead(tasks);
    List<Letter> shown = new ArrayList<>();

    Swept swept =
        sweep(dead, shown, letter -> text(letter).equals("a") ? Choice.DISCARD : Choice.STOP);

    assertThat(swept.discarded()).isEqualTo(1);
    assertThat(shown).extracting(TaskDeadLetterCases::text).containsExactly("a", "b");
    awaitCount(dead, 2);
    consume(tasks, 5).staysEmpty();
  }

  @Test
  void deadLettersOutliveTheTransport() {
    TaskTransport first = instance();
    threeDead(first);
    first.close();

    awaitCount(instance().deadTasks(TASK), 3);
  }

  @Test
  void aContractWithoutDeadLettersCountsNoneAndSweepsNone() {
    DeadLetters dead = instance().deadTasks(TASK);

    assertThat(bench.get(dead.count())).isZero();
    assertThat(sweep(dead, new ArrayList<>(), letter -> Choice.DISCARD))
        .isEqualTo(new Swept(0, 0, 0, 0));
  }

  /** The tasks a, b and c, dead in this order, with no consumer left. */
  private DeadLetters threeDead(TaskTransport tasks) {
    Inbox<TaskDelivery> inbox = new Inbox<>();
    try (var subscription = tasks.work(TASK, 1, inbox)) {
      for (String text : List.of("a", "b", "c")) {
        submit(tasks, text);
        bench.get(inbox.next().deadLetter("rejected", BROKE));
      }
      bench.get(subscription.drain(bench.inTime()));
    }
    DeadLetters dead = tasks.deadTasks(TASK);
    awaitCount(dead, 3);
    return dead;
  }

  private static String text(Letter letter) {
    return new String(letter.message().body(), StandardCharsets.UTF_8);
  }

  void awaitCount(DeadLetters dead, long count) {
    await()
        .atMost(Bench.LONG)
        .untilAsserted(() -> assertThat(bench.get(dead.count())).isEqualTo(count));
  }

  Swept sweep(DeadLetters dead, List<Letter> shown, Function<Letter, Choice> choose) {
    return bench.get(
        dead.sweep(
            letter -> {
              shown.add(letter);
              return choose.apply(letter);
            },
            bench.inTime()));
  }
}
