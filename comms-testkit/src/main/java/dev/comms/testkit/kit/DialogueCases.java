package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Messages both ways, each side at its own pace. */
abstract class DialogueCases extends UploadCases {

  @Test
  void eachMessageOfADialogueMayBeAnsweredBeforeTheNext() {
    Pipe pipe = talk(Answers.stream((head, far) -> echo(far)));

    for (int i = 0; i < 200; i++) {
      bench.get(pipe.write(bytes("n" + i)));
      assertThat(nextText(pipe)).isEqualTo("n" + i);
    }
    bench.get(pipe.finish());

    assertThat(next(pipe)).as("the regular end").isNull();
    bench.get(pipe.ended());
  }

  private CompletableFuture<Void> echo(Pipe far) {
    return far.read()
        .thenComposeAsync(
            message ->
                message == null
                    ? CompletableFuture.completedFuture(null)
                    : far.write(message).thenCompose(written -> echo(far)),
            bench.callbacks());
  }

  @Test
  void bothSidesMayWriteBeforeTheyRead() {
    Pipe pipe =
        talk(
            Answers.stream(
                (head, far) -> {
                  AtomicInteger read = new AtomicInteger();
                  return pour.write(far, 5, i -> bytes("down " + i))
                      .thenCompose(all -> pour.read(far, message -> read.incrementAndGet()))
                      .thenCompose(end -> far.write(bytes("read " + read)));
                }));

    bench.get(pour.write(pipe, 10, i -> bytes("up " + i)));
    bench.get(pipe.finish());

    for (int i = 0; i < 5; i++) {
      assertThat(nextText(pipe)).isEqualTo("down " + i);
    }
    assertThat(nextText(pipe)).isEqualTo("read 10");
    assertThat(next(pipe)).isNull();
  }

  @Test
  void theAnswerersEndIsTheDialoguesAndWhatIsWrittenThenIsDropped() {
    Pipe pipe = talk(Answers.stream((head, far) -> far.write(bytes("good-bye"))));

    assertThat(nextText(pipe)).isEqualTo("good-bye");
    assertThat(next(pipe)).isNull();

    bench.get(pipe.ended());
    bench.get(pour.write(pipe, 1_000, i -> new byte[1024]));
    bench.get(pipe.finish());
  }

  @Test
  void aWriterThatIsHeldBackIsReleasedWhenTheAnswererEnds() {
    AtomicInteger written = new AtomicInteger();
    CompletableFuture<Void> end = new CompletableFuture<>();
    Pipe pipe =
        talk(Answers.stream((head, far) -> far.write(bytes("unread")).thenCompose(w -> end)));
    CompletableFuture<Void> all =
        pour.write(
            pipe,
            100_000,
            i -> {
              written.set(i);
              return new byte[1024];
            });
    untilItStalls(written);

    end.complete(null);

    bench.get(all);
    assertThat(nextText(pipe)).isEqualTo("unread");
    assertThat(next(pipe)).isNull();
  }

  @Test
  void aDialogueThatBreaksDeliversWhatWasWrittenAndThenSaysWhy() {
    Pipe pipe =
        talk(
            Answers.stream(
                (head, far) ->
                    far.write(bytes("so far"))
                        .thenCompose(
                            written ->
                                CompletableFuture.failedFuture(
                                    new CommsException.Rejected(
                                        Code.FAILED_PRECONDITION, "not like this")))));

    assertThat(nextText(pipe)).isEqualTo("so far");
    CommsException why = bench.failure(pipe.read());
    assertThat(why).isInstanceOf(CommsException.Rejected.class);
    assertThat(why.reason()).isEqualTo("not like this");
    assertThat(bench.failure(pipe.write(bytes("more"))))
        .isInstanceOf(CommsException.Rejected.class);
  }

  @Test
  void cancellingADialogueReachesWhoAnswers() {
    CompletableFuture<Void> answering = new CompletableFuture<>();
    CompletableFuture<Pipe> far = new CompletableFuture<>();
    Pipe pipe =
        talk(
            Answers.stream(
                (head, there) -> {
                  far.complete(there);
                  return answering;
                }));
    Pipe there = bench.get(far);

    pipe.cancel(new CancellationException("enough"));

    await().atMost(Bench.LONG).until(answering::isCancelled);
    await().atMost(Bench.LONG).until(() -> there.ended().isDone());
    assertThat(bench.failure(there.read())).isInstanceOf(CommsException.Cancelled.class);
    assertThat(bench.failure(there.write(bytes("x")))).isInstanceOf(CommsException.Cancelled.class);
    assertThat(bench.failure(pipe.read())).isInstanceOf(CommsException.Cancelled.class);
  }

  @Test
  void aDialogueEndsAtItsDeadline() {
    CompletableFuture<Void> answering = new CompletableFuture<>();
    CallTransport client = connect(serve(DIALOGUE, Answers.stream((head, far) -> answering)));
    Pipe pipe = bench.get(client.open(DIALOGUE, opening(), bench.in(Duration.ofSeconds(1))));

    assertThat(bench.failure(pipe.read())).isInstanceOf(CommsException.DeadlineExceeded.class);
    await().atMost(Bench.LONG).until(answering::isCancelled);
  }

  @Test
  void aSlowCallerHoldsTheAnswererOfADialogueBack() {
    AtomicInteger written = new AtomicInteger();
    AtomicInteger read = new AtomicInteger();
    AtomicInteger mostBuffered = new AtomicInteger();
    Pipe pipe =
        talk(
            Answers.stream(
                (head, far) ->
                    pour.write(
                        far,
                        100_000,
                        i -> {
                          written.set(i);
                          mostBuffered.accumulateAndGet(i - read.get(), Math::max);
                          return new byte[1024];
                        })));

    untilItStalls(written);
    bench.get(pour.read(pipe, message -> read.incrementAndGet()));

    assertThat(read.get()).isEqualTo(100_000);
    assertThat(mostBuffered.get()).as("messages on their way").isLessThan(MOST_BUFFERED);
  }

  private Pipe talk(Answerer answerer) {
    CallTransport client = connect(serve(DIALOGUE, answerer));
    return bench.get(client.open(DIALOGUE, opening(), bench.in(DIALOGUE.totalWithin())));
  }

  private static Envelope opening() {
    return request(DIALOGUE, new byte[0]);
  }
}
