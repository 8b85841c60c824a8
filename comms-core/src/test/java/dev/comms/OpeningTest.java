package dev.comms;

import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Fault;
import dev.comms.contract.Upload;
import dev.comms.fake.Failures;
import dev.comms.fake.FakeCallServer;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakePipe;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Pipe;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpeningTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Download<String, String> WATCH =
      Download.named("test.watch", TEXT, TEXT)
          .firstWithin(SECOND)
          .idleWithin(SECOND)
          .totalWithin(Duration.ofSeconds(60));
  private static final Upload<String, String> SEND =
      Upload.named("test.send", TEXT, TEXT)
          .firstWithin(SECOND)
          .idleWithin(SECOND)
          .totalWithin(Duration.ofSeconds(60));
  private static final Dialogue<String, String> TALK =
      Dialogue.named("test.talk", TEXT, TEXT)
          .firstWithin(SECOND)
          .idleWithin(SECOND)
          .totalWithin(Duration.ofSeconds(60));

  private final ManualTime time = new ManualTime();
  private final Comms comms = comms(new SimpleMeterRegistry(), policies(), time);
  private final FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);

  @AfterEach
  void close() {
    comms.close();
  }

  private Calls calling() {
    Calls calls = comms.calls(there);
    comms.start();
    return calls;
  }

  /** Opens twenty downloads, which all go like this; then whether a breaker keeps from more. */
  private boolean opensBreaker(Calls calls, BiConsumer<FakePipe, Incoming<String>> fate) {
    for (int i = 0; i < 20; i++) {
      FakePipe pipe = new FakePipe();
      there.opened = CompletableFuture.completedFuture(pipe);
      try (Incoming<String> incoming = valueOf(calls.openAsync(WATCH, "q"))) {
        fate.accept(pipe, incoming);
      }
    }
    there.opened = CompletableFuture.completedFuture(new FakePipe());
    CompletableFuture<Incoming<String>> last = calls.openAsync(WATCH, "q");
    return last.isCompletedExceptionally() && failureOf(last).kind() == Kind.CIRCUIT_OPEN;
  }

  @Test
  void aTargetThatLetsNothingBeOpenedWithinTheFirstLimitHasFailed() {
    Calls calls = calling();
    List<CompletableFuture<Incoming<String>>> openings = new ArrayList<>();
    List<CompletableFuture<Pipe>> wires = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      there.opened = new CompletableFuture<>();
      wires.add(there.opened);
      openings.add(calls.openAsync(WATCH, "q"));
    }
    time.advance(SECOND);
    for (CompletableFuture<Incoming<String>> opening : openings) {
      CommsException late = failureOf(opening);
      assertThat(late.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
      assertThat(late).hasMessageContaining("not opened within firstWithin PT1S");
    }
    await().until(() -> wires.stream().allMatch(CompletableFuture::isCancelled));
    there.opened = new CompletableFuture<>();
    assertThat(failureOf(calls.openAsync(WATCH, "q")).kind()).isEqualTo(Kind.CIRCUIT_OPEN);
  }

  @Test
  void streamsThatBreakBeforeTheirFirstMessageCountAgainstTheirTarget() {
    assertThat(opensBreaker(calling(), (pipe, in) -> pipe.breakBy(Failures.broken()))).isTrue();
  }

  @Test
  void streamsThatBreakAfterTheirFirstMessageDoNot() {
    assertThat(
            opensBreaker(
                calling(),
                (pipe, in) -> {
                  pipe.say("one");
                  in.next();
                  pipe.breakBy(Failures.broken());
                }))
        .isFalse();
  }

  @Test
  void streamsThatAreAnsweredWithNoOrClosedByTheirReaderDoNot() {
    CommsException no = new CommsException.Rejected(Code.NOT_FOUND, "no");
    Calls calls = calling();
    assertThat(opensBreaker(calls, (pipe, in) -> pipe.breakBy(no))).isFalse();
    assertThat(opensBreaker(calls, (pipe, in) -> in.close())).isFalse();
  }

  @Test
  void aCallerThatWroteNothingUntilThePeersLimitPassedHasItselfToBlame() {
    Calls calls = calling();
    for (int i = 0; i < 20; i++) {
      FakePipe pipe = new FakePipe();
      there.opened = CompletableFuture.completedFuture(pipe);
      there.clientStreams = true;
      Talk<String, String> talk = valueOf(calls.openAsync(TALK));
      time.advance(SECOND);
      pipe.breakBy(Failures.late(Fault.REMOTE));
      assertThatThrownBy(talk::hasNext).isInstanceOf(CommsException.DeadlineExceeded.class);
    }
    there.opened = CompletableFuture.completedFuture(new FakePipe());
    assertThat(calls.openAsync(TALK)).isCompleted();
  }

  @Test
  void cancellingAnOpeningReachesTheWire() {
    CompletableFuture<Incoming<String>> opening = calling().openAsync(WATCH, "q");
    opening.cancel(true);
    assertThat(there.opened).isCancelled();
  }

  @Test
  void anUploadOverATransportWithoutUploadsIsRefusedByName() {
    Calls calls = calling();
    assertThat(failureOf(calls.openAsync(SEND)))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContainingAll("test.send", "fake-calls has no uploads and dialogues");
    assertThatThrownBy(() -> calls.open(TALK)).isInstanceOf(CommsException.Misconfigured.class);
  }

  @Test
  void aServerWithoutUploadsRefusesTheirHandlers() {
    Server server = comms.serve(new FakeCallServer());
    assertThatThrownBy(() -> server.collect(SEND, (in, context) -> "done"))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContainingAll("test.send", "fake-server has no uploads and dialogues");
    assertThatThrownBy(() -> server.converse(TALK, (in, out, context) -> {}))
        .isInstanceOf(CommsException.Misconfigured.class);
  }
}
