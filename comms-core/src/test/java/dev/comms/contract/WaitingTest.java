package dev.comms.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitingTest {
  private final Time time = Time.system();
  private final ExecutorService pool = Executors.newFixedThreadPool(2, named("pool"));
  private final ExecutorService io = Executors.newFixedThreadPool(2, named("io"));

  @AfterEach
  void end() throws InterruptedException {
    io.shutdownNow();
    pool.shutdownNow();
    assertThat(io.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anAnswerIsCalledBackOnTheThreadThatWaitsForIt() {
    String where = await(() -> answered(Time.callbacksHere(pool)), 10_000);

    assertThat(where).isEqualTo(Thread.currentThread().getName());
  }

  @Test
  void whoDoesNotWaitIsCalledBackByThePool() {
    assertThat(answered(Time.callbacksHere(pool)).join()).startsWith("pool");
  }

  @Test
  void whatFindsNoRoomIsThePools() {
    List<String> where = new ArrayList<>();
    await(
        () -> {
          CompletableFuture<String> first = new CompletableFuture<>();
          Executor here = Time.callbacksHere(pool);
          here.execute(() -> first.complete(Thread.currentThread().getName()));
          // This thread does not wait yet, so they lie there.
          for (int more = 1; more < 16; more++) {
            here.execute(() -> {});
          }
          CompletableFuture<String> second = new CompletableFuture<>();
          here.execute(() -> second.complete(Thread.currentThread().getName()));
          where.add(second.join());
          return first.thenApply(done -> where.add(done) ? done : "");
        },
        10_000);

    assertThat(where.get(0)).startsWith("pool");
    assertThat(where.get(1)).isEqualTo(Thread.currentThread().getName());
  }

  @Test
  void whatComesAfterTheWaitIsThePools() {
    AtomicReference<Executor> kept = new AtomicReference<>();
    await(
        () -> {
          kept.set(Time.callbacksHere(pool));
          return CompletableFuture.completedFuture("");
        },
        10_000);

    assertThat(answered(kept.get()).join()).startsWith("pool");
  }

  @Test
  void whatWasHandedOverAndNotBegunIsThePools() {
    CompletableFuture<String> left = new CompletableFuture<>();
    await(
        () -> {
          Time.callbacksHere(pool).execute(() -> left.complete(Thread.currentThread().getName()));
          return CompletableFuture.completedFuture("");
        },
        10_000);

    assertThat(left.join()).startsWith("pool");
  }

  @Test
  void aResultThatComesElsewhereEndsTheWaitToo() {
    CompletableFuture<String> late = new CompletableFuture<>();
    time.schedule(Duration.ofMillis(20), () -> late.complete("from elsewhere"));

    assertThat(await(() -> late, 10_000)).isEqualTo("from elsewhere");
  }

  @Test
  void aWaitEndsAtItsDeadlineAndCancels() {
    CompletableFuture<String> never = new CompletableFuture<>();

    assertThatThrownBy(() -> await(() -> never, 20))
        .isInstanceOf(CommsException.DeadlineExceeded.class);
    assertThat(never).isCancelled();
  }

  @Test
  void anInterruptedWaitEndsAndKeepsTheFlag() {
    CompletableFuture<String> never = new CompletableFuture<>();
    Thread waiting = Thread.currentThread();
    time.schedule(Duration.ofMillis(20), waiting::interrupt);

    assertThatThrownBy(() -> await(() -> never, 10_000))
        .isInstanceOf(CommsException.Cancelled.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(never).isCancelled();
  }

  @Test
  void aCallbackThatThrowsDoesNotEndTheWait() {
    AtomicReference<Throwable> told = new AtomicReference<>();
    Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> told.set(failure));
    CompletableFuture<String> result = new CompletableFuture<>();
    String answer =
        await(
            () -> {
              Executor here = Time.callbacksHere(pool);
              here.execute(
                  () -> {
                    io.execute(() -> here.execute(() -> result.complete("answer")));
                    throw new IllegalStateException("broken");
                  });
              return result;
            },
            10_000);
    Thread.currentThread().setUncaughtExceptionHandler(null);

    assertThat(answer).isEqualTo("answer");
    assertThat(told.get()).hasMessage("broken");
  }

  @Test
  void aCallbackIsKnownAsOneAndIsNoPlaceToWait() {
    List<Boolean> callsBack = new ArrayList<>();
    String where =
        await(
            () -> {
              Executor here = Time.callbacksHere(pool);
              CompletableFuture<String> result = new CompletableFuture<>();
              io.execute(
                  () ->
                      here.execute(
                          () -> {
                            callsBack.add(Time.callsBack());
                            answered(Time.callbacksHere(pool)).thenAccept(result::complete);
                          }));
              return result;
            },
            10_000);

    assertThat(callsBack).containsExactly(true);
    assertThat(where).startsWith("pool");
    assertThat(Time.callsBack()).isFalse();
  }

  @Test
  void aWaitWithinAWaitLeavesTheOuterOneAsItWas() {
    String where =
        await(
            () -> {
              await(() -> answered(Time.callbacksHere(pool)), 10_000);
              return answered(Time.callbacksHere(pool));
            },
            10_000);

    assertThat(where).isEqualTo(Thread.currentThread().getName());
  }

  /** With real contention at the end of the wait, where work may meet a thread that leaves. */
  @Test
  void nothingIsLostAndNothingRunsTwice() throws InterruptedException {
    int rounds = 5_000;
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(3 * rounds);
    for (int round = 0; round < rounds; round++) {
      await(
          () -> {
            Executor here = Time.callbacksHere(pool);
            CompletableFuture<String> result = new CompletableFuture<>();
            io.execute(() -> here.execute(() -> count(runs, all)));
            io.execute(
                () -> {
                  here.execute(() -> result.complete(count(runs, all)));
                  here.execute(() -> count(runs, all));
                });
            return result;
          },
          30_000);
    }

    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(runs).hasValue(3 * rounds);
  }

  private static String count(AtomicInteger runs, CountDownLatch all) {
    runs.incrementAndGet();
    all.countDown();
    return "";
  }

  private String await(Supplier<CompletableFuture<String>> begin, long millis) {
    Deadline deadline = Deadline.after(time, Duration.ofMillis(millis));
    return time.await(begin, "waiting", deadline, pool);
  }

  /** From a thread of a broker's client. */
  private CompletableFuture<String> answered(Executor callbacks) {
    CompletableFuture<String> result = new CompletableFuture<>();
    io.execute(() -> callbacks.execute(() -> result.complete(Thread.currentThread().getName())));
    return result;
  }

  private static ThreadFactory named(String name) {
    return work -> new Thread(work, name);
  }
}
