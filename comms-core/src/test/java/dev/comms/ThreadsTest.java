package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.fake.FakeDelivery;
import dev.comms.fake.ManualTime;
import dev.comms.policy.Exchange;
import dev.comms.policy.Exchange.Verb;
import dev.comms.policy.Policies;
import dev.comms.policy.Policy.Next;
import dev.comms.spi.Envelope;
import dev.comms.spi.Reply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadsTest {
  private final ManualTime time = new ManualTime();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Engine engine =
      new Engine(
          "threads-test", meters, time, Policies.standard(), OpenTelemetry.noop(), Runnable::run);
  private final Crew crew =
      new Crew("threads-test", HandlerThreads.of(engine, "threads-test"), 1, 1, () -> {});
  private final Threads threads = new Threads(crew, engine, MAIL);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  @AfterEach
  void close() {
    release.countDown();
    crew.close(Deadline.after(Time.system(), Duration.ofSeconds(10)));
  }

  private Exchange exchange(Deadline deadline) {
    Envelope message = FakeDelivery.message("test.mail", "id-1", "hello");
    return Exchange.of(Verb.WORK, MAIL, "", message, deadline, 1);
  }

  private Exchange exchange() {
    return exchange(Deadline.never(time));
  }

  /** Waits until released; an interrupt ends it. */
  private CompletableFuture<Reply> waiting(Exchange exchange) {
    begun.countDown();
    try {
      release.await();
      return CompletableFuture.completedFuture(Envelope.EMPTY);
    } catch (InterruptedException stopped) {
      interrupted.set(true);
      return CompletableFuture.failedFuture(stopped);
    }
  }

  /** Tells whether the thread came with an interrupt that was not meant for it. */
  private boolean nextIsInterrupted() {
    AtomicBoolean flag = new AtomicBoolean();
    Next next =
        exchange -> {
          flag.set(Thread.currentThread().isInterrupted());
          return CompletableFuture.completedFuture(Envelope.EMPTY);
        };
    valueOf(threads.apply(exchange(), next));
    return flag.get();
  }

  @Test
  void theHandlerGetsItsOwnLimitOrLess() {
    Duration limit = MAIL.eachAttemptWithin();
    CompletableFuture<Duration> seen = new CompletableFuture<>();
    Next next =
        exchange -> {
          seen.complete(exchange.deadline().remaining());
          return CompletableFuture.completedFuture(Envelope.EMPTY);
        };
    valueOf(threads.apply(exchange(), next));
    assertThat(seen).isCompletedWithValue(limit);
    assertThat(time.timers()).as("its timer is gone").isZero();
  }

  @Test
  void whenTheLimitPassesTheResultIsThereAtOnceAndTheThreadInterrupted() throws Exception {
    CompletableFuture<? extends Reply> result = threads.apply(exchange(), this::waiting);
    begun.await();
    time.advance(MAIL.eachAttemptWithin());
    assertThat(result).isCompletedExceptionally();
    CommsException failure = failureOf(result);
    assertThat(failure.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(failure.effect()).isEqualTo(Effect.POSSIBLE);
    assertThat(failure.fault()).isEqualTo(Fault.REMOTE);
    assertThat(failure).hasMessageContainingAll("test.mail", "not done within PT20S");
    await().untilTrue(interrupted);
    assertThat(nextIsInterrupted()).isFalse();
  }

  @Test
  void anInterruptOfOneThatIgnoresItDoesNotMeetTheNext() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    Next stubborn =
        exchange -> {
          begun.countDown();
          boolean done = false;
          while (!done) {
            try {
              late.await();
              done = true;
            } catch (InterruptedException ignored) {
              interrupted.set(true);
            }
          }
          Thread.currentThread().interrupt();
          return CompletableFuture.completedFuture(Envelope.EMPTY);
        };
    threads.apply(exchange(), stubborn);
    begun.await();
    time.advance(MAIL.eachAttemptWithin());
    await().untilTrue(interrupted);
    late.countDown();
    assertThat(nextIsInterrupted()).isFalse();
  }

  @Test
  void cancellingInterruptsTheHandlerAndSaysSo() throws Exception {
    CompletableFuture<? extends Reply> result = threads.apply(exchange(), this::waiting);
    begun.await();
    assertThat(result.cancel(true)).isTrue();
    assertThat(failureOf(result).kind()).isEqualTo(Kind.CANCELLED);
    assertThat(failureOf(result)).hasMessageContaining("the caller has gone");
    await().untilTrue(interrupted);
  }

  @Test
  void whatIsCancelledBeforeItHasAThreadIsNotBegun() throws Exception {
    threads.apply(exchange(), this::waiting);
    begun.await();
    AtomicBoolean ran = new AtomicBoolean();
    CompletableFuture<? extends Reply> second =
        threads.apply(
            exchange(),
            exchange -> {
              ran.set(true);
              return CompletableFuture.completedFuture(Envelope.EMPTY);
            });
    second.cancel(true);
    release.countDown();
    valueOf(crew.quiet());
    assertThat(ran).isFalse();
    assertThat(interrupted).as("the one that ran was left alone").isFalse();
  }

  @Test
  void whatIsLateByNowHasNoLimitToWatchAndIsLeftToTheNextStep() {
    CompletableFuture<? extends Reply> late =
        threads.apply(
            exchange(Deadline.after(time, Duration.ZERO)),
            exchange -> CompletableFuture.completedFuture(Envelope.EMPTY));
    assertThat(valueOf(late)).isSameAs(Envelope.EMPTY);
    assertThat(time.timers()).isZero();
  }

  @Test
  void withoutAThreadAndAPlaceItIsRefused() throws Exception {
    threads.apply(exchange(), this::waiting);
    begun.await();
    threads.apply(exchange(), this::waiting);
    CommsException refusal = failureOf(threads.apply(exchange(), this::waiting));
    assertThat(refusal.kind()).isEqualTo(Kind.OVERLOADED);
    assertThat(refusal.effect()).isEqualTo(Effect.NONE);
    assertThat(refusal.retryAfter()).isPositive();
  }

  @Test
  void whatFollowsALimitDoesNotRunOnTheTimersThread() {
    List<Runnable> callbacks = new CopyOnWriteArrayList<>();
    Engine handingOn =
        new Engine(
            "threads-test",
            new SimpleMeterRegistry(),
            time,
            Policies.standard(),
            OpenTelemetry.noop(),
            callbacks::add);
    Exchange limited = exchange(Deadline.after(time, Duration.ofSeconds(1)));
    CompletableFuture<?> result =
        new Threads(crew, handingOn, MAIL)
            .apply(
                limited,
                inner -> {
                  begun.countDown();
                  awaitRelease();
                  return CompletableFuture.completedFuture(Envelope.EMPTY);
                });
    awaitBegun();
    time.advance(Duration.ofSeconds(2));
    assertThat(result).isNotDone();
    assertThat(callbacks).hasSize(1);
    callbacks.get(0).run();
    assertThat(result).isCompletedExceptionally();
  }

  private void awaitBegun() {
    try {
      assertThat(begun.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException none) {
      throw new AssertionError(none);
    }
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException expected) {
      interrupted.set(true);
    }
  }
}
