package dev.comms;

import static dev.comms.Fixture.ECHO;
import static dev.comms.Fixture.TEXT;
import static dev.comms.Fixture.comms;
import static dev.comms.Fixture.failureOf;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Dialogue;
import dev.comms.contract.Download;
import dev.comms.contract.Upload;
import dev.comms.fake.FakeCalls;
import dev.comms.fake.FakePipe;
import dev.comms.fake.ManualTime;
import dev.comms.spi.Pipe;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RawCallsTest {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Download<String, String> WATCH =
      Download.named("test.watch", TEXT, TEXT)
          .firstWithin(FIRST)
          .idleWithin(IDLE)
          .totalWithin(Duration.ofSeconds(60));
  private static final Upload<String, String> SEND =
      Upload.named("test.send", TEXT, TEXT)
          .firstWithin(FIRST)
          .idleWithin(IDLE)
          .totalWithin(Duration.ofSeconds(60));
  private static final Dialogue<String, String> TALK =
      Dialogue.named("test.talk", TEXT, TEXT)
          .firstWithin(FIRST)
          .idleWithin(IDLE)
          .totalWithin(Duration.ofSeconds(60));

  private final ManualTime time = new ManualTime();
  private final Comms comms = comms(new SimpleMeterRegistry(), policies(), time);
  private final FakeCalls there = new FakeCalls(FakeCalls.Attempt::echo);
  private final FakePipe pipe = new FakePipe();

  @AfterEach
  void close() {
    comms.close();
  }

  private Calls calling() {
    there.clientStreams = true;
    there.opened = CompletableFuture.completedFuture(pipe);
    Calls calls = comms.calls(there);
    comms.start();
    return calls;
  }

  @Test
  void aCallOnBytesHasTheViewsHeadersAndTheReplys() {
    RawCalls raw = calling().headers(Map.of("tenant", "blue")).raw();

    var reply = valueOf(raw.call(ECHO, "hello".getBytes(UTF_8)));

    assertThat(reply.body()).asString(UTF_8).isEqualTo("hello");
    assertThat(reply.headers()).containsEntry("tenant", "blue");
    assertThat(reply.contentType()).isEqualTo(TEXT.contentType());
    assertThat(raw.target()).isEqualTo("there");
  }

  @Test
  void theRawFormOfAStreamIsTheSameButForItsCodecs() {
    byte[] body = {1};
    assertThat(WATCH.raw().request().contentType()).isEqualTo(TEXT.contentType());
    assertThat(SEND.raw().totalWithin()).isEqualTo(SEND.totalWithin());
    assertThat(TALK.alias("test.old").raw().aliases()).containsExactly("test.old");
    assertThat(TALK.raw().name()).isEqualTo("test.talk");
    assertThat(TALK.raw().idleWithin()).isEqualTo(IDLE);
    assertThat(TALK.raw().firstWithin()).isEqualTo(FIRST);
    try {
      assertThat(WATCH.raw().reply().decode(body)).isSameAs(body);
    } catch (Exception impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void nobodyWaitsAndYetTheFirstLimitEndsIt() {
    Pipe raw = valueOf(calling().raw().open(WATCH, new byte[0]));
    CompletableFuture<byte[]> first = raw.read();
    time.advance(FIRST.minusMillis(1));
    assertThat(first).isNotDone();

    time.advance(Duration.ofMillis(1));

    assertThat(failureOf(raw.ended())).hasMessageContaining("firstWithin PT5S");
    assertThat(failureOf(raw.ended()).kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    await().atMost(Duration.ofSeconds(30)).until(() -> pipe.cancelled != null);
  }

  @Test
  void afterTheFirstMessageTheShorterIdleLimitCountsAtOnce() {
    Pipe raw = valueOf(calling().raw().open(WATCH, new byte[0]));
    CompletableFuture<byte[]> first = raw.read();
    time.advance(Duration.ofMillis(10));
    pipe.say("one");
    assertThat(valueOf(first)).asString(UTF_8).isEqualTo("one");

    CompletableFuture<byte[]> second = raw.read();
    time.advance(IDLE.plusMillis(1));

    assertThat(failureOf(raw.ended())).hasMessageContaining("idleWithin PT1S");
    pipe.breakBy(failureOf(raw.ended()));
    assertThat(failureOf(second)).hasMessageContaining("idleWithin PT1S");
  }

  @Test
  void aWriterThatIsHeldBackForTooLongIsEndedAndOneThatMovesIsNot() {
    Pipe raw = valueOf(calling().raw().open(SEND, new byte[0]));
    for (int i = 0; i < 10; i++) {
      CompletableFuture<Void> taken = new CompletableFuture<>();
      pipe.taken = taken;
      CompletableFuture<Void> written = raw.write(new byte[] {1});
      time.advance(IDLE.dividedBy(2));
      taken.complete(null);
      valueOf(written);
    }
    pipe.taken = new CompletableFuture<>();
    CompletableFuture<Void> held = raw.write(new byte[] {1});

    time.advance(IDLE.plusMillis(1));

    assertThat(failureOf(raw.ended())).hasMessageContaining("took nothing within idleWithin");
    assertThat(held).isNotDone();
  }

  @Test
  void whoReadsAheadIsNotEndedWhileItWrites() {
    Pipe raw = valueOf(calling().raw().open(TALK, new byte[0]));
    CompletableFuture<byte[]> ahead = raw.read();
    for (int i = 0; i < 20; i++) {
      time.advance(FIRST.dividedBy(2));
      valueOf(raw.write(new byte[] {1}));
    }

    assertThat(ahead).isNotDone();
  }

  @Test
  void anEndedStreamLeavesNoTimer() {
    Pipe raw = valueOf(calling().raw().open(WATCH, new byte[0]));
    int before = time.timers();
    CompletableFuture<byte[]> last = raw.read();
    assertThat(time.timers()).isEqualTo(before + 1);

    pipe.finishThere();

    assertThat(valueOf(last)).isNull();
    assertThat(time.timers()).isEqualTo(before);
  }
}
