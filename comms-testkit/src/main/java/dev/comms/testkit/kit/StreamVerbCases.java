package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Talk;
import dev.comms.Uploading;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Handler;
import dev.comms.contract.StreamCall;
import dev.comms.contract.Upload;
import dev.comms.spi.CallServer;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a user is promised of uploads and dialogues, through the verbs. */
abstract class StreamVerbCases extends CallVerbCases {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration WHOLE = Duration.ofMinutes(2);
  private static final Upload<Integer, Integer> SUM = upload(Bench.LONG, Bench.LONG, WHOLE);
  private static final Dialogue<Integer, Integer> DOUBLES = dialogue(Bench.LONG, Bench.LONG, WHOLE);

  private static Upload<Integer, Integer> upload(Duration first, Duration idle, Duration total) {
    return limited(
        Upload.named("kit.Numbers/Sum", new Numbers(), new Numbers()), first, idle, total);
  }

  private static Dialogue<Integer, Integer> dialogue(
      Duration first, Duration idle, Duration total) {
    return limited(
        Dialogue.named("kit.Numbers/Doubles", new Numbers(), new Numbers()), first, idle, total);
  }

  private static <C> C limited(
      StreamCall.Named<C> named, Duration first, Duration idle, Duration total) {
    return named.firstWithin(first).idleWithin(idle).totalWithin(total);
  }

  private static int sum(Iterator<Integer> numbers, Context context) {
    int sum = 0;
    while (numbers.hasNext()) {
      sum += numbers.next();
    }
    return sum;
  }

  private static void doubles(Iterator<Integer> in, Consumer<Integer> out, Context context) {
    in.forEachRemaining(number -> out.accept(2 * number));
  }

  @Test
  void aStreamIsAnsweredUnderANameThatItHadBefore() {
    Calls calls = collecting(SUM.alias("kit.Numbers/Total"), StreamVerbCases::sum);

    try (Uploading<Integer, Integer> numbers = calls.open(SUM.as("kit.Numbers/Total"))) {
      numbers.send(1);
      assertThat(numbers.finish()).isEqualTo(1);
    }
  }

  @Test
  void anUploadsReplyIsWhatItsHandlerReturned() {
    Calls calls = collecting(SUM, StreamVerbCases::sum);

    try (Uploading<Integer, Integer> numbers = calls.open(SUM)) {
      for (int i = 1; i <= 1_000; i++) {
        assertThat(numbers.send(i)).isTrue();
      }
      assertThat(numbers.finish()).isEqualTo(500_500);
    }
  }

  @Test
  void aHandlerThatHasEnoughRepliesAndItsCallerIsToldToStop() {
    Calls calls = collecting(SUM, (numbers, context) -> numbers.next());

    try (Uploading<Integer, Integer> numbers = calls.open(SUM)) {
      numbers.send(7);
      await().atMost(Bench.LONG).until(() -> !numbers.send(8));
      assertThat(numbers.finish()).isEqualTo(7);
    }
  }

  @Test
  void aHandlersNoReachesTheUploader() {
    Calls calls =
        collecting(
            SUM,
            (numbers, context) -> {
              throw new CommsException.Rejected(Code.OUT_OF_RANGE, "no " + numbers.next());
            });

    try (Uploading<Integer, Integer> numbers = calls.open(SUM)) {
      numbers.send(7);
      assertThatThrownBy(numbers::finish)
          .isInstanceOfSatisfying(
              CommsException.Rejected.class,
              no -> {
                assertThat(no.code()).isEqualTo(Code.OUT_OF_RANGE);
                assertThat(no.reason()).isEqualTo("no 7");
              });
    }
  }

  @Test
  void closingAnUploadBeforeItsEndFailsItsHandlersIterator() {
    AtomicReference<Throwable> end = new AtomicReference<>();
    CountDownLatch entered = new CountDownLatch(1);
    Calls calls =
        collecting(
            SUM,
            (numbers, context) -> {
              numbers.next();
              entered.countDown();
              try {
                return sum(numbers, context);
              } catch (RuntimeException stopped) {
                end.set(stopped);
                throw stopped;
              }
            });

    try (Uploading<Integer, Integer> numbers = calls.open(SUM)) {
      numbers.send(7);
      await().atMost(Bench.LONG).until(() -> entered.getCount() == 0);
    }

    await().atMost(Bench.LONG).until(() -> end.get() != null);
    assertThat(end.get()).isInstanceOf(CommsException.Cancelled.class);
  }

  @Test
  void aDialogueIsTalkedInTurns() {
    Calls calls = conversing(DOUBLES, StreamVerbCases::doubles);

    try (Talk<Integer, Integer> talk = calls.open(DOUBLES)) {
      for (int i = 1; i <= 100; i++) {
        talk.send(i);
        assertThat(talk.next()).isEqualTo(2 * i);
      }
      talk.finishSending();
      assertThat(talk.hasNext()).isFalse();
    }
  }

  @Test
  void onTwoThreadsADialogueIsReadWhileItIsWritten() throws InterruptedException {
    Calls calls = conversing(DOUBLES, StreamVerbCases::doubles);
    AtomicInteger read = new AtomicInteger();

    try (Talk<Integer, Integer> talk = calls.open(DOUBLES)) {
      Thread reader = new Thread(() -> talk.forEachRemaining(read::addAndGet), "kit-reader");
      reader.start();
      for (int i = 1; i <= 5_000; i++) {
        talk.send(i);
      }
      talk.finishSending();
      reader.join(Bench.LONG.toMillis());
    }

    assertThat(read.get()).isEqualTo(5_000 * 5_001);
  }

  @Test
  void viewsApplyToUploadsAndDialogues() {
    CompletableFuture<Context> seen = new CompletableFuture<>();
    Calls calls =
        collecting(
            SUM,
            (numbers, context) -> {
              seen.complete(context);
              return sum(numbers, context);
            });

    try (Uploading<Integer, Integer> numbers =
        calls.within(Duration.ofSeconds(20)).header("tenant", "blue").open(SUM)) {
      numbers.finish();
    }

    assertThat(bench.get(seen).headers()).containsEntry("tenant", "blue");
    assertThat(bench.get(seen).deadline().remaining())
        .isBetween(Duration.ofMillis(1), Duration.ofSeconds(20));
  }

  @Test
  void theAsynchronousFormsOpenTheSame() {
    Calls sums = collecting(SUM, StreamVerbCases::sum);
    try (Uploading<Integer, Integer> numbers = bench.get(sums.openAsync(SUM))) {
      numbers.send(5);
      assertThat(numbers.finish()).isEqualTo(5);
    }
    Calls doubles = conversing(DOUBLES, StreamVerbCases::doubles);
    try (Talk<Integer, Integer> talk = bench.get(doubles.openAsync(DOUBLES))) {
      talk.send(5);
      assertThat(talk.next()).isEqualTo(10);
    }
  }

  @Test
  void aCallerThatIsSilentFromTheBeginningIsToldOfFirstWithin() {
    Upload<Integer, Integer> hurried = upload(SHORT, Bench.LONG, WHOLE);
    Calls calls = collecting(hurried, StreamVerbCases::sum);

    // Opened by the patient form of the contract: it is the handler that waits.
    try (Talk<Integer, Integer> silent = calls.open(asDialogue(hurried))) {
      assertThat(late(silent)).contains("firstWithin PT1S");
    }
  }

  @Test
  void aCallerThatFallsSilentIsToldOfIdleWithin() {
    Upload<Integer, Integer> hurried = upload(Bench.LONG, SHORT, WHOLE);
    Calls calls = collecting(hurried, StreamVerbCases::sum);

    try (Talk<Integer, Integer> silent = calls.open(asDialogue(hurried))) {
      silent.send(1);
      assertThat(late(silent)).contains("idleWithin PT1S");
    }
  }

  /** The same conversation, of which the caller reads without having finished. */
  private static Dialogue<Integer, Integer> asDialogue(Upload<Integer, Integer> upload) {
    return limited(
        Dialogue.named(upload.name(), upload.request(), upload.reply()),
        Bench.LONG,
        Bench.LONG,
        WHOLE);
  }

  @Test
  void eachLimitThatAHandlerLetsPassEndsTheDialogueOnBothSidesAndIsNamed() {
    assertThat(lateHandler(dialogue(SHORT, Bench.LONG, WHOLE), 0)).contains("firstWithin PT1S");
    assertThat(lateHandler(dialogue(Bench.LONG, SHORT, WHOLE), 1)).contains("idleWithin PT1S");
    assertThat(lateHandler(dialogue(Bench.LONG, Bench.LONG, Duration.ofSeconds(6)), 1))
        .contains("totalWithin PT6S");
  }

  private String lateHandler(Dialogue<Integer, Integer> contract, int saysFirst) {
    CountDownLatch interrupted = new CountDownLatch(1);
    Calls calls =
        conversing(
            contract,
            (in, out, context) -> {
              for (int i = 0; i < saysFirst; i++) {
                out.accept(i);
              }
              try {
                new CountDownLatch(1).await();
              } finally {
                interrupted.countDown();
              }
            });
    try (Talk<Integer, Integer> talk = calls.open(contract)) {
      for (int i = 0; i < saysFirst; i++) {
        talk.next();
      }
      String said = late(talk);
      await().atMost(Bench.LONG).until(() -> interrupted.getCount() == 0);
      return said;
    }
  }

  private static String late(Talk<Integer, Integer> talk) {
    var late = catchThrowableOfType(CommsException.DeadlineExceeded.class, talk::hasNext);
    assertThat(late).as("the stream must end by a limit").isNotNull();
    return String.valueOf(late.getMessage());
  }

  private Calls collecting(
      Upload<Integer, Integer> upload, Handler.Collect<Integer, Integer> handler) {
    CallServer transport = server();
    Comms comms = comms();
    comms.serve(transport).collect(upload, handler);
    comms.start();
    return client(transport);
  }

  private Calls conversing(
      Dialogue<Integer, Integer> dialogue, Handler.Converse<Integer, Integer> handler) {
    CallServer transport = server();
    Comms comms = comms();
    comms.serve(transport).converse(dialogue, handler);
    comms.start();
    return client(transport);
  }
}
