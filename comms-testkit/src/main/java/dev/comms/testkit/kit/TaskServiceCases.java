package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.Batch;
import dev.comms.Comms;
import dev.comms.Submit;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Backoff;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Priority;
import dev.comms.contract.Task;
import dev.comms.contract.Verdict;
import dev.comms.spi.Ability;
import dev.comms.spi.DeadLetters.Choice;
import dev.comms.spi.DeadLetters.Letter;
import dev.comms.spi.Health;
import dev.comms.spi.Order;
import dev.comms.spi.Subscription;
import dev.comms.spi.TaskDelivery;
import dev.comms.spi.TaskTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** More of what a user is promised of a service that works on tasks. */
abstract class TaskServiceCases extends TaskVerbCases {
  private static final Task<Integer> NUMBER =
      Task.named("kit.number", new Numbers())
          .eachAttemptWithin(Duration.ofSeconds(20))
          .attempts(3)
          .backoff(new Backoff(Duration.ofMillis(100), Duration.ofMillis(200)));

  private final List<Integer> seen = new CopyOnWriteArrayList<>();
  private final List<Context> with = new CopyOnWriteArrayList<>();

  @Test
  void aTaskAtMostOnceIsNotWorkedAgainWhenItsHandlerFails() {
    Task<Integer> once = NUMBER.atMostOnce();
    Tasks tasks = service();
    tasks.handle(
        once,
        Workers.of(1),
        (number, context) -> {
          seen.add(number);
          throw new IllegalStateException("lost, as declared");
        });
    start();

    tasks.submit(once, 1);
    tasks.submit(once, 2);

    await().atMost(Bench.LONG).until(() -> seen.size() >= 2);
    bench.waits(Bench.QUIET);
    assertThat(bench.get(tasks.deadLetters(once).count())).isZero();
    assertThat(seen).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void tasksQueuedUnderAFormerNameAreWorkedToo() {
    Task<Integer> former = Task.named("kit.former", new Numbers()).eachAttemptWithin(Bench.LONG);
    Task<Integer> renamed = NUMBER.alias("kit.former");
    Tasks tasks = service();
    tasks.handle(renamed, Workers.of(2), this::note);
    start();

    tasks.submit(former, 1);
    tasks.submit(renamed, 2);

    await().atMost(Bench.LONG).until(() -> seen.containsAll(List.of(1, 2)));
    assertThat(seen).containsOnly(1, 2);
  }

  @Test
  void aHandlerPastItsLimitIsInterruptedAndItsTaskTriedAgain() {
    Task<Integer> brief =
        Task.named("kit.number", new Numbers())
            .eachAttemptWithin(Duration.ofMillis(500))
            .backoff(new Backoff(Duration.ofMillis(100), Duration.ofMillis(100)));
    AtomicInteger interrupted = new AtomicInteger();
    Tasks tasks = service();
    tasks.handle(
        brief,
        Workers.of(1),
        (number, context) -> {
          if (context.attempt() == 1) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException limit) {
              interrupted.incrementAndGet();
              throw limit;
            }
          }
          note(number, context);
        });
    start();

    tasks.submit(brief, 7);

    await().atMost(Bench.LONG).until(() -> seen.contains(7));
    assertThat(interrupted).hasValue(1);
    assertThat(with.get(0).attempt()).isEqualTo(2);
  }

  @Test
  void aBatchThatFailsIsWorkedAgainOneByOne() {
    Tasks tasks = service();
    tasks.handleBatch(
        NUMBER,
        Batch.of(3).within(Duration.ofMillis(300)),
        Workers.of(1),
        (numbers, contexts) -> {
          if (numbers.size() > 1 && numbers.contains(2)) {
            throw new IllegalStateException("not together");
          }
          seen.addAll(numbers);
        });
    start();

    tasks.submitAll(NUMBER, List.of(1, 2, 3));

    await().atMost(Bench.LONG).until(() -> seen.containsAll(List.of(1, 2, 3)));
    assertThat(seen).containsOnly(1, 2, 3);
    assertThat(bench.get(tasks.deadLetters(NUMBER).count())).isZero();
  }

  @Test
  void higherPrioritiesGoFirstOrAreRefusedClearly() {
    TaskTransport transport = instance();
    Tasks tasks = service();
    if (!transport.abilities().contains(Ability.PRIORITIES)) {
      start();
      Assertions.assertThatExceptionOfType(CommsException.Misconfigured.class)
          .isThrownBy(() -> tasks.submit(NUMBER, 1, Submit.now().priority(Priority.HIGH)))
          .withMessageContainingAll(NUMBER.name(), transport.system(), "priorities");
      return;
    }
    for (int i = 0; i < 20; i++) {
      submit(transport, message("low " + i), new Order(Duration.ZERO, Priority.LOW));
    }
    submit(transport, message("normal"), Order.NOW);
    submit(transport, message("high"), new Order(Duration.ZERO, Priority.HIGH));

    Inbox<TaskDelivery> inbox = consume(instance(), 1);

    TaskDelivery first = inbox.next();
    assertThat(Inbox.text(first)).isEqualTo("high");
    bench.get(first.done());
    assertThat(Inbox.text(inbox.next())).isEqualTo("normal");
  }

  @Test
  void aLongTaskGoesOnWithItsCheckpointOrIsRefusedClearly() {
    Tasks tasks = service();
    boolean able = transport(bench.space).abilities().contains(Ability.CONTINUE_LATER);
    tasks.handle(
        NUMBER,
        Workers.of(1),
        (number, context) -> {
          byte[] state = context.state();
          int done = state == null ? 0 : state[0];
          seen.add(done);
          if (done < 3) {
            throw Verdict.continueLater(new byte[] {(byte) (done + 1)}, Duration.ZERO);
          }
        });
    start();

    tasks.submit(NUMBER, 7);

    if (able) {
      await().atMost(Bench.LONG).until(() -> seen.size() == 4);
      assertThat(seen).containsExactly(0, 1, 2, 3);
      assertThat(bench.get(tasks.deadLetters(NUMBER).count())).isZero();
    } else {
      awaitCount(tasks.deadLetters(NUMBER), 1);
      List<Letter> letters = new ArrayList<>();
      sweep(tasks.deadLetters(NUMBER), letters, letter -> Choice.KEEP);
      assertThat(letters).extracting(Letter::reason).containsExactly("misconfigured");
      assertThat(letters.get(0).error()).contains("continueLater", "use another transport");
      assertThat(seen).containsExactly(0);
    }
  }

  @Test
  void itLacksWhatTheListSaysAndNothingElse() {
    TaskTransport tasks = instance();

    assertThat(Refusal.lacking(tasks, Refusal.OF_TASKS))
        .containsExactlyInAnyOrderElementsOf(Refusal.listed(tasks, Refusal.OF_TASKS));
  }

  @Test
  void aWorkerSaysThatItIsUp() {
    TaskTransport tasks = instance();
    Subscription worker = bench.owns(tasks.work(TASK, 1, new Inbox<>()));

    await()
        .atMost(Bench.LONG)
        .untilAsserted(() -> assertThat(worker.health().state()).isEqualTo(Health.State.UP));
    assertThat(tasks.health().state()).isEqualTo(Health.State.UP);
  }

  @Test
  void aWorkerThatClosesGetsNothingMore() {
    TaskTransport tasks = instance();
    Inbox<TaskDelivery> inbox = new Inbox<>();
    Subscription worker = bench.owns(tasks.work(TASK, 5, inbox));
    submit(tasks, "before");
    bench.get(inbox.next().done());

    worker.close();
    worker.close();
    submit(tasks, "after");

    inbox.staysEmpty();
    assertThat(Inbox.text(consume(instance(), 1).next())).isEqualTo("after");
  }

  @Test
  void aTaskIsDeliveredUnderTheContractThatItWasSubmittedUnder() {
    TaskTransport tasks = instance();
    submit(tasks, "named");

    assertThat(consume(instance(), 1).next().envelope().contract()).isEqualTo(TASK.name());
  }

  private @Nullable Comms comms;

  private Tasks service() {
    Comms made = bench.owns(Comms.service("kit", bench.meters()).build());
    comms = made;
    return made.tasks(transport(bench.space));
  }

  private void start() {
    Objects.requireNonNull(comms, "service() comes first").start();
  }

  private void note(Integer number, Context context) {
    // Whoever waits for what was seen then looks at what it came with.
    with.add(context);
    seen.add(number);
  }
}
