package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Incoming;
import dev.comms.Server;
import dev.comms.contract.Call;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Download;
import dev.comms.contract.Effect;
import dev.comms.contract.Handler;
import dev.comms.spi.CallServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a user is promised, through the verbs. */
abstract class CallVerbCases extends DialogueCases {
  private static final Call<Integer, Integer> DOUBLE =
      Call.named("kit.Numbers/Double", new Numbers(), new Numbers()).answeredWithin(Bench.LONG);
  private static final Download<Integer, Integer> COUNT =
      Download.named("kit.Numbers/Count", new Numbers(), new Numbers())
          .firstWithin(Bench.LONG)
          .idleWithin(Bench.LONG)
          .totalWithin(Duration.ofMinutes(2));

  @Test
  void aHandlersAnswerIsTheCallersResult() {
    Calls calls = calling((number, context) -> 2 * number);

    assertThat(calls.call(DOUBLE, 21)).isEqualTo(42);
  }

  @Test
  void aCallIsAnsweredUnderANameThatItHadBefore() {
    CallServer transport = server();
    Comms comms = comms();
    comms
        .serve(transport)
        .answer(DOUBLE.alias("kit.Numbers/Twice"), (number, context) -> 2 * number);
    comms.start();
    Calls calls = client(transport);

    assertThat(calls.call(DOUBLE.as("kit.Numbers/Twice"), 21)).isEqualTo(42);
    assertThat(calls.call(DOUBLE, 21)).isEqualTo(42);
  }

  @Test
  void aHandlersNoIsTheCallersRejection() {
    Calls calls =
        calling(
            (number, context) -> {
              throw new CommsException.Rejected(Code.NOT_FOUND, "unknown product " + number);
            });

    var no = catchThrowableOfType(CommsException.Rejected.class, () -> calls.call(DOUBLE, 7));

    assertThat(no.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(no.reason()).isEqualTo("unknown product 7");
  }

  @Test
  void aHandlersExceptionIsAFailureThatTellsTheCallerNoSecret() {
    Calls calls =
        calling(
            (number, context) -> {
              throw new IllegalStateException("jdbc password is s3cret");
            });

    var failed = catchThrowableOfType(CommsException.class, () -> calls.call(DOUBLE, 7));

    assertThat(failed).isInstanceOf(CommsException.Failed.class);
    assertThat(everythingSaidBy(failed)).doesNotContain("IllegalState", "s3cret");
  }

  @Test
  void aCallThatIsNotIdempotentRunsOnceThoughItFails() {
    AtomicInteger runs = new AtomicInteger();
    Calls calls =
        calling(
            (number, context) -> {
              runs.incrementAndGet();
              throw new IllegalStateException("after the card was charged");
            });

    var failed = catchThrowableOfType(CommsException.class, () -> calls.call(DOUBLE, 7));

    assertThat(failed.effect()).isEqualTo(Effect.POSSIBLE);
    assertThat(runs).hasValue(1);
  }

  @Test
  void theHandlersDeadlineIsWhatTheCallerHasLeft() {
    AtomicReference<Duration> seen = new AtomicReference<>();
    Calls calls =
        calling(
            (number, context) -> {
              seen.set(context.deadline().remaining());
              return number;
            });

    calls.within(Duration.ofSeconds(7)).header("tenant", "blue").call(DOUBLE, 1);

    assertThat(seen.get()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(7));
  }

  @Test
  void theHandlerSeesTheCallersHeaders() {
    AtomicReference<Context> seen = new AtomicReference<>();
    Calls calls =
        calling(
            (number, context) -> {
              seen.set(context);
              return number;
            });

    calls.header("tenant", "blue").call(DOUBLE, 1);

    assertThat(seen)
        .hasValueSatisfying(
            context -> assertThat(context.headers()).containsEntry("tenant", "blue"));
  }

  @Test
  void cancellingACallInterruptsItsHandler() {
    CountDownLatch entered = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Calls calls =
        calling(
            (number, context) -> {
              entered.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException cancelled) {
                interrupted.set(true);
              }
              return number;
            });
    CompletableFuture<Integer> call = calls.callAsync(DOUBLE, 1);
    await().atMost(Bench.LONG).until(() -> entered.getCount() == 0);

    call.cancel(true);

    await().atMost(Bench.LONG).untilTrue(interrupted);
  }

  @Test
  void aDownloadIsReadInOrderToItsEnd() {
    Calls calls =
        streaming(
            (number, out, context) -> {
              for (int i = 1; i <= number; i++) {
                out.accept(i);
              }
            });

    List<Integer> read = new ArrayList<>();
    try (Incoming<Integer> incoming = calls.open(COUNT, 100)) {
      incoming.forEachRemaining(read::add);
    }

    assertThat(read).hasSize(100).isSorted();
  }

  @Test
  void aReaderThatClosesEndsTheWriter() {
    AtomicReference<Throwable> end = new AtomicReference<>();
    Calls calls =
        streaming(
            (number, out, context) -> {
              try {
                for (int i = 1; ; i++) {
                  out.accept(i);
                }
              } catch (RuntimeException stopped) {
                end.set(stopped);
                throw stopped;
              }
            });

    try (Incoming<Integer> incoming = calls.open(COUNT, 0)) {
      assertThat(incoming.next()).isEqualTo(1);
    }

    await().atMost(Bench.LONG).until(() -> end.get() != null);
  }

  @Test
  void aDownloadThatBreaksGivesWhatCameAndThenFails() {
    Calls calls =
        streaming(
            (number, out, context) -> {
              out.accept(1);
              throw new CommsException.Rejected(Code.OUT_OF_RANGE, "no more stock");
            });

    try (Incoming<Integer> incoming = calls.open(COUNT, 0)) {
      assertThat(incoming.next()).isEqualTo(1);
      assertThatThrownBy(incoming::hasNext)
          .isInstanceOf(CommsException.Rejected.class)
          .hasMessageContaining("no more stock");
    }
  }

  private Calls calling(Handler.Answer<Integer, Integer> handler) {
    CallServer transport = server();
    Comms comms = comms();
    comms.serve(transport).answer(DOUBLE, handler);
    comms.start();
    return client(transport);
  }

  private Calls streaming(Handler.Stream<Integer, Integer> handler) {
    CallServer transport = server();
    Comms comms = comms();
    Server server = comms.serve(transport);
    server.stream(COUNT, handler);
    comms.start();
    return client(transport);
  }

  final Calls client(CallServer server) {
    Comms comms = comms();
    Calls calls = comms.calls(client(server.address()));
    comms.start();
    return calls;
  }

  final Comms comms() {
    return bench.owns(
        Comms.service("kit", bench.meters()).drainWithin(Duration.ofSeconds(5)).build());
  }
}
