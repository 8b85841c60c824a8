package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.Comms;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Backoff;
import dev.comms.contract.Context;
import dev.comms.contract.Handler;
import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.spi.DeadLetters.Choice;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a user is promised, through the verbs. */
abstract class TaskVerbCases extends TaskDeadLetterCases {
  private static final Task<Integer> NUMBER =
      Task.named("kit.number", new Numbers())
          .eachAttemptWithin(Duration.ofSeconds(20))
          .attempts(3)
          .backoff(new Backoff(Duration.ofMillis(100), Duration.ofMillis(200)));

  private final Queue<Integer> handled = new ConcurrentLinkedQueue<>();
  private final Queue<Context> contexts = new ConcurrentLinkedQueue<>();

  @Test
  void aTaskRunsOnceUnderTheIdThatItsSubmitterGot() {
    Tasks tasks = working(this::note);

    String id = tasks.submit(NUMBER, 7);

    await().atMost(Bench.LONG).until(() -> !contexts.isEmpty());
    assertThat(handled).containsExactly(7);
    assertThat(contexts.peek().id()).isEqualTo(id);
    assertThat(contexts.peek().attempt()).isEqualTo(1);
    assertThat(bench.get(tasks.deadLetters(NUMBER).count())).isZero();
  }

  @Test
  void aHandlerThatThrowsIsCalledAgainUntilItsAttemptsAreUsedUp() {
    Tasks tasks =
        working(
            (number, context) -> {
              note(number, context);
              throw new IllegalStateException("the printer is on fire");
            });

    String id = tasks.submit(NUMBER, 7);

    Letter letter = onlyLetter(tasks);
    assertThat(contexts).extracting(Context::attempt).containsExactly(1, 2, 3);
    assertThat(contexts).extracting(Context::id).containsOnly(id);
    assertThat(letter.reason()).isEqualTo("attempts");
    assertThat(letter.error()).contains("the printer is on fire");
    assertThat(letter.attempts()).isEqualTo(3);
    assertThat(letter.message().id()).isEqualTo(id);
    assertThat(letter.message().body()).isEqualTo(new byte[] {'7'});
  }

  @Test
  void aRejectedTaskIsDeadAtOnce() {
    Tasks tasks =
        working(
            (number, context) -> {
              note(number, context);
              throw Verdict.reject("no such customer");
            });

    tasks.submit(NUMBER, 7);

    Letter letter = onlyLetter(tasks);
    assertThat(handled).hasSize(1);
    assertThat(letter.reason()).isEqualTo("rejected");
    assertThat(letter.error()).contains("no such customer");
    assertThat(letter.attempts()).isEqualTo(1);
  }

  @Test
  void aHandlerMayAskForALaterAttempt() {
    Queue<Long> moments = new ConcurrentLinkedQueue<>();
    Tasks tasks =
        working(
            (number, context) -> {
              moments.add(bench.time.nanos());
              note(number, context);
              if (context.attempt() == 1) {
                throw Verdict.retryAfter(Duration.ofMillis(1_500));
              }
            });

    tasks.submit(NUMBER, 7);

    await().atMost(Bench.LONG).until(() -> moments.size() >= 2);
    List<Long> both = List.copyOf(moments);
    assertThat(Duration.ofNanos(both.get(1) - both.get(0))).isGreaterThan(Duration.ofMillis(1_450));
  }

  @Test
  void whatCannotBeDecodedIsDeadWithItsBytesUntouchedAndTheLoopGoesOn() {
    byte[] hostile = {(byte) 0xff, 0, (byte) 0xfe, '{', 0x7f};
    put(Envelope.of("foreign 1", NUMBER.name(), "text/plain", now(), hostile));
    Tasks tasks = working(this::note);
    tasks.submit(NUMBER, 7);

    await().atMost(Bench.LONG).until(() -> handled.contains(7));
    Letter letter = onlyLetter(tasks);
    assertThat(letter.reason()).isEqualTo("malformed");
    assertThat(letter.message().id()).isEqualTo("foreign 1");
    assertThat(letter.message().body()).isEqualTo(hostile);
    assertThat(handled).containsExactly(7);
  }

  @Test
  void anExpiredTaskNeverRunsAndIsDeadAsExpired() {
    Instant longAgo = now().minusSeconds(60);
    put(
        Envelope.of("stale", NUMBER.name(), "text/plain", longAgo, new byte[] {'1'})
            .expires(longAgo.plusSeconds(30)));
    Tasks tasks = working(this::note);
    tasks.submit(NUMBER, 7, Submit.now().expiresAfter(Duration.ofMinutes(5)));

    await().atMost(Bench.LONG).until(() -> handled.contains(7));
    assertThat(onlyLetter(tasks).reason()).isEqualTo("expired");
    assertThat(handled).containsExactly(7);
  }

  @Test
  void aTaskSubmittedByAHandlerOutlivesTheHandlersDeadline() {
    Task<Integer> brief =
        Task.named("kit.brief", new Numbers()).eachAttemptWithin(Duration.ofSeconds(2));
    Comms comms = comms();
    Tasks tasks = comms.tasks(transport(bench.space));
    tasks.handle(
        brief,
        Workers.of(1),
        (number, context) -> tasks.submit(NUMBER, number, Submit.after(Duration.ofSeconds(3))));
    tasks.handle(NUMBER, Workers.of(1), this::note);
    comms.start();

    tasks.submit(brief, 9);

    await().atMost(Bench.LONG).until(() -> handled.contains(9));
    assertThat(bench.get(tasks.deadLetters(NUMBER).count())).isZero();
  }

  @Test
  void aTaskWhoseHandlerIsCutShortByTheEndOfTheServiceIsNotLost() {
    TaskTransport other = instance();
    try (Comms first = Comms.service("kit", bench.meters()).drainWithin(Duration.ZERO).build()) {
      Tasks tasks = first.tasks(transport(bench.space));
      tasks.handle(
          NUMBER,
          Workers.of(1),
          (number, context) -> {
            note(number, context);
            new CountDownLatch(1).await();
          });
      first.start();
      tasks.submit(NUMBER, 7);
      await().atMost(Bench.LONG).until(() -> handled.contains(7));
    }
    handled.clear();

    working(this::note);

    await().atMost(Bench.LONG).until(() -> handled.contains(7));
    assertThat(bench.get(other.deadTasks(NUMBER).count())).isZero();
  }

  private void note(Integer number, Context context) {
    handled.add(number);
    contexts.add(context);
  }

  private Comms comms() {
    return bench.owns(Comms.service("kit", bench.meters()).build());
  }

  /** A started service with one handler. */
  private Tasks working(Handler.Work<Integer> handler) {
    Comms comms = comms();
    Tasks tasks = comms.tasks(transport(bench.space));
    tasks.handle(NUMBER, Workers.of(2), handler);
    comms.start();
    return tasks;
  }

  /** Puts a message into the queue as some other client does. */
  private void put(Envelope message) {
    bench.get(instance().submit(NUMBER, message, Order.NOW, bench.inTime()));
  }

  private Instant now() {
    return Instant.ofEpochMilli(bench.time.now().toEpochMilli());
  }

  private Letter onlyLetter(Tasks tasks) {
    awaitCount(tasks.deadLetters(NUMBER), 1);
    List<Letter> letters = new ArrayList<>();
    sweep(tasks.deadLetters(NUMBER), letters, letter -> Choice.KEEP);
    assertThat(letters).hasSize(1);
    return letters.get(0);
  }
}
