package dev.comms.testkit.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Upload;
import dev.comms.spi.Ability;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.CallTransport;
import dev.comms.spi.Envelope;
import dev.comms.spi.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many messages, one reply. The stream ends when its answerer's future does. */
abstract class UploadCases extends DownloadCases {
  /** What may be on its way while nobody reads: 8 MiB in messages of 1 KiB. */
  static final int MOST_BUFFERED = 8 * 1024;

  private static final Upload<byte[], byte[]> UNKNOWN_UPLOAD =
      Upload.named("kit.Service/Nobody", UPLOAD.request(), UPLOAD.reply())
          .firstWithin(Bench.LONG)
          .idleWithin(Bench.LONG)
          .totalWithin(Bench.LONG);

  final Pour pour = new Pour(bench.callbacks());

  @Test
  void bothSidesSayThatTheyCarryUploadsAndDialogues() {
    assertThat(server().abilities()).contains(Ability.CLIENT_STREAMS);
    assertThat(client("127.0.0.1:1").abilities()).contains(Ability.CLIENT_STREAMS);
  }

  @Test
  void anUploadDeliversAllInOrderAndThenItsReply() {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    Pipe pipe =
        upload(
            Answers.stream(
                (head, in) ->
                    pour.read(in, message -> seen.add(text(message)))
                        .thenCompose(end -> in.write(bytes(seen.size() + " taken")))));

    for (int i = 0; i < 500; i++) {
      bench.get(pipe.write(bytes("message " + i)));
    }
    bench.get(pipe.finish());

    assertThat(nextText(pipe)).isEqualTo("500 taken");
    assertThat(next(pipe)).as("the regular end").isNull();
    bench.get(pipe.ended());
    assertThat(seen.get(0)).isEqualTo("message 0");
    assertThat(seen).isEqualTo(inOrder(500));
  }

  private static List<String> inOrder(int many) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      all.add("message " + i);
    }
    return all;
  }

  @Test
  void theHeadOfAnUploadHasHeadersAndIsNoMessage() {
    AtomicInteger messages = new AtomicInteger();
    Pipe pipe =
        upload(
            Answers.stream(
                (head, in) ->
                    pour.read(in, message -> messages.incrementAndGet())
                        .thenCompose(
                            end ->
                                in.write(bytes(messages + " " + head.headers().get("tenant"))))));

    bench.get(pipe.finish());

    assertThat(nextText(pipe)).isEqualTo("0 blue");
  }

  @Test
  void anUploadThatIsRefusedFailsTheReadAndTheWriteAndSaysWhy() {
    Pipe pipe =
        upload(
            Answers.stream(
                (head, in) ->
                    in.read()
                        .thenCompose(
                            first ->
                                CompletableFuture.failedFuture(
                                    new CommsException.Rejected(
                                        Code.OUT_OF_RANGE, "no more room")))));
    bench.get(pipe.write(bytes("one")));

    CommsException why = bench.failure(pipe.read());

    assertThat(why).isInstanceOf(CommsException.Rejected.class);
    assertThat(((CommsException.Rejected) why).code()).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(why.reason()).isEqualTo("no more room");
    assertThat(bench.failure(pipe.write(bytes("two")))).isInstanceOf(CommsException.Rejected.class);
    assertThat(bench.failure(pipe.ended())).isInstanceOf(CommsException.Rejected.class);
  }

  @Test
  void anAnswererMayReplyEarlyAndWhatIsWrittenThenIsDropped() {
    Pipe pipe = upload(Answers.stream((head, in) -> in.write(bytes("enough"))));

    bench.get(pour.write(pipe, 10_000, i -> new byte[1024]));

    bench.get(pipe.finish());
    assertThat(nextText(pipe)).isEqualTo("enough");
    assertThat(next(pipe)).isNull();
  }

  @Test
  void cancellingAnUploadReachesWhoReads() {
    CompletableFuture<Pipe> far = new CompletableFuture<>();
    CompletableFuture<Void> answering = new CompletableFuture<>();
    CompletableFuture<CommsException> told = new CompletableFuture<>();
    Pipe pipe =
        upload(
            Answers.stream(
                (head, in) -> {
                  in.read()
                      .whenComplete(
                          (message, failure) ->
                              told.complete(CommsException.of("kit", failure(failure))));
                  far.complete(in);
                  return answering;
                }));
    bench.get(far);

    pipe.cancel(new CancellationException("thought better of it"));

    assertThat(bench.get(told)).isInstanceOf(CommsException.Cancelled.class);
    await().atMost(Bench.LONG).until(answering::isCancelled);
    assertThat(bench.failure(pipe.write(bytes("more"))))
        .isInstanceOf(CommsException.Cancelled.class);
  }

  private static Throwable failure(@org.jspecify.annotations.Nullable Throwable failure) {
    return failure == null ? new AssertionError("a message came") : failure;
  }

  @Test
  void anUploadEndsAtItsDeadline() {
    CompletableFuture<Void> answering = new CompletableFuture<>();
    CallTransport client = connect(serve(UPLOAD, Answers.stream((head, in) -> answering)));
    Pipe pipe = bench.get(client.open(UPLOAD, opening(), bench.in(Duration.ofSeconds(1))));

    assertThat(bench.failure(pipe.read())).isInstanceOf(CommsException.DeadlineExceeded.class);
    await().atMost(Bench.LONG).until(answering::isCancelled);
    assertThat(bench.failure(pipe.write(bytes("late"))))
        .isInstanceOf(CommsException.DeadlineExceeded.class);
  }

  @Test
  void aReaderThatIsSlowHoldsAWriterOfAHundredThousandMessagesBack() {
    AtomicInteger written = new AtomicInteger();
    AtomicInteger read = new AtomicInteger();
    AtomicInteger mostBuffered = new AtomicInteger();
    CompletableFuture<Void> go = new CompletableFuture<>();
    Pipe pipe =
        upload(
            Answers.stream(
                (head, in) ->
                    go.thenCompose(now -> pour.read(in, message -> read.incrementAndGet()))
                        .thenCompose(end -> in.write(bytes("took " + read)))));

    CompletableFuture<Void> all =
        pour.write(
            pipe,
            100_000,
            i -> {
              written.set(i);
              mostBuffered.accumulateAndGet(i - read.get(), Math::max);
              return new byte[1024];
            });
    untilItStalls(written);
    go.complete(null);
    bench.get(all);
    bench.get(pipe.finish());

    assertThat(nextText(pipe)).isEqualTo("took 100000");
    assertThat(mostBuffered.get()).as("messages on their way").isLessThan(MOST_BUFFERED);
  }

  @Test
  void anUploadThatNobodyAnswersIsRejectedAsUnimplemented() {
    CallTransport client = connect(serve(CALL, Answers.echo()));

    Envelope head = request(UNKNOWN_UPLOAD, new byte[0]);
    CommsException no =
        bench.failure(
            client
                .open(UNKNOWN_UPLOAD, head, bench.inTime())
                .thenCompose(pipe -> pipe.read().thenApply(message -> pipe)));

    assertThat(no).isInstanceOf(CommsException.Rejected.class);
    assertThat(((CommsException.Rejected) no).code()).isEqualTo(Code.UNIMPLEMENTED);
  }

  private Pipe upload(Answerer answerer) {
    CallTransport client = connect(serve(UPLOAD, answerer));
    return bench.get(client.open(UPLOAD, opening(), bench.in(UPLOAD.totalWithin())));
  }

  private static Envelope opening() {
    return request(UPLOAD, new byte[0]).header("tenant", "blue");
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
