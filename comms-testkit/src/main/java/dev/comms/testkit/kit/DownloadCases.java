package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One request, many replies. The stream ends when its answerer's future does. */
abstract class DownloadCases extends RefusalCases {

  @Test
  void aDownloadDeliversAllInOrderAndEnds() {
    Pipe pipe = open(writing(500, i -> ("message " + i).getBytes(StandardCharsets.UTF_8)));

    for (int i = 0; i < 500; i++) {
      assertThat(next(pipe)).asString(StandardCharsets.UTF_8).isEqualTo("message " + i);
    }
    assertThat(next(pipe)).as("the regular end").isNull();
    bench.get(pipe.ended());
  }

  @Test
  void theHeadReachesTheAnswererAndAnEmptyDownloadJustEnds() {
    CompletableFuture<String> seen = new CompletableFuture<>();
    Pipe pipe =
        open(
            Answers.stream(
                (head, out) -> {
                  seen.complete(text(head) + " " + head.headers().get("tenant"));
                  return CompletableFuture.completedFuture(null);
                }));

    assertThat(next(pipe)).isNull();
    assertThat(bench.get(seen)).isEqualTo("watch blue");
  }

  @Test
  void anAnswererMayFinishThePipeItselfBeforeItIsDone() {
    Pipe pipe =
        open(
            Answers.stream(
                (head, out) -> out.write(new byte[] {7}).thenCompose(written -> out.finish())));

    assertThat(next(pipe)).containsExactly(7);
    assertThat(next(pipe)).isNull();
  }

  @Test
  void aDownloadThatBreaksDeliversWhatWasWrittenAndThenSaysWhy() {
    Pipe pipe =
        open(
            Answers.stream(
                (head, out) ->
                    out.write(new byte[] {7})
                        .thenCompose(
                            written ->
                                CompletableFuture.failedFuture(
                                    new CommsException.Rejected(
                                        Code.OUT_OF_RANGE, "no more stock")))));

    assertThat(next(pipe)).containsExactly(7);
    CommsException why = bench.failure(pipe.read());
    assertThat(why).isInstanceOf(CommsException.Rejected.class);
    assertThat(((CommsException.Rejected) why).code()).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(why.reason()).isEqualTo("no more stock");
  }

  @Test
  void cancellingADownloadReachesTheWriter() {
    CompletableFuture<Void> writer = new CompletableFuture<>();
    CompletableFuture<Pipe> far = new CompletableFuture<>();
    Pipe pipe =
        open(
            Answers.stream(
                (head, out) -> {
                  out.write(new byte[] {1});
                  far.complete(out);
                  return writer;
                }));
    next(pipe);

    pipe.cancel(new CancellationException("seen enough"));

    await().atMost(Bench.LONG).until(writer::isCancelled);
    await().atMost(Bench.LONG).until(() -> bench.get(far).ended().isDone());
    assertThat(bench.failure(pipe.read())).isInstanceOf(CommsException.Cancelled.class);
  }

  @Test
  void aDownloadEndsAtItsDeadline() {
    CompletableFuture<Void> writer = new CompletableFuture<>();
    CallTransport client = connect(serve(DOWNLOAD, Answers.stream((head, out) -> writer)));
    Pipe pipe = bench.get(client.open(DOWNLOAD, head(), bench.in(Duration.ofSeconds(1))));

    assertThat(bench.failure(pipe.read())).isInstanceOf(CommsException.DeadlineExceeded.class);
    await().atMost(Bench.LONG).until(writer::isCancelled);
  }

  @Test
  void aSlowReaderHoldsTheWriterBack() {
    int messages = 1_000;
    AtomicInteger written = new AtomicInteger();
    Pipe pipe =
        open(
            writing(
                messages,
                i -> {
                  written.set(i);
                  return new byte[32 * 1024];
                }));
    next(pipe);

    untilItStalls(written);
    assertThat(written.get()).as("messages written while nobody reads").isLessThan(500);

    int read = 1;
    while (next(pipe) != null) {
      read++;
    }
    assertThat(read).isEqualTo(messages);
  }

  /** The next message, or null at the end. */
  final byte @Nullable [] next(Pipe pipe) {
    return bench.get(pipe.read());
  }

  /** The text of the next message, which must come. */
  final String nextText(Pipe pipe) {
    return text(Objects.requireNonNull(next(pipe), "the stream has ended"));
  }

  /** Waits until the number has stayed the same for a while. */
  final void untilItStalls(AtomicInteger number) {
    List<Integer> progress = new ArrayList<>();
    await()
        .pollInterval(Bench.QUIET)
        .atMost(Bench.LONG)
        .until(
            () -> {
              progress.add(number.get());
              int last = progress.size() - 1;
              return last > 0 && progress.get(last).equals(progress.get(last - 1));
            });
  }

  private Pipe open(Answerer answerer) {
    CallTransport client = connect(serve(DOWNLOAD, answerer));
    return bench.get(client.open(DOWNLOAD, head(), bench.in(DOWNLOAD.totalWithin())));
  }

  /** Writes so many, each when the one before was taken. */
  private Answerer writing(int many, IntFunction<byte[]> message) {
    return Answers.stream((head, pipe) -> write(pipe, 0, many, message));
  }

  private CompletableFuture<Void> write(
      Pipe pipe, int next, int many, IntFunction<byte[]> message) {
    if (next == many) {
      return CompletableFuture.completedFuture(null);
    }
    return pipe.write(message.apply(next))
        .thenComposeAsync(written -> write(pipe, next + 1, many, message), bench.callbacks());
  }

  private static Envelope head() {
    return request(DOWNLOAD, "watch".getBytes(StandardCharsets.UTF_8)).header("tenant", "blue");
  }
}
