package dev.comms.grpc;

import static dev.comms.grpc.Four.ASK;
import static dev.comms.grpc.Four.SEND;
import static dev.comms.grpc.Four.TALK;
import static dev.comms.grpc.Four.WATCH;
import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import com.google.rpc.BadRequest;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Details;
import dev.comms.policy.Policies;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a stub over a guarded channel is told, and what it may ask for. */
class StubFailuresIT {
  private static final Metadata.Key<String> TENANT =
      Metadata.Key.of("tenant", Metadata.ASCII_STRING_MARSHALLER);
  private static final BadRequest BAD =
      BadRequest.newBuilder()
          .addFieldViolations(BadRequest.FieldViolation.newBuilder().setField("size"))
          .build();

  private final Pair pair = new Pair();

  @AfterEach
  void stop() {
    pair.close();
  }

  private Channel guarded(String address) {
    return GuardedChannel.over(pair.calls(address), Four.ALL);
  }

  private Channel answeredBy(dev.comms.contract.Handler.Answer<StringValue, StringValue> handler) {
    return guarded(
        pair.serve(
            Policies.standard(),
            GrpcServer.on(0).plaintext(),
            server -> server.answer(Four.ASKED, handler)));
  }

  private static StringValue ask(Channel channel) {
    return ClientCalls.blockingUnaryCall(channel, ASK, DEFAULT, text("a"));
  }

  private static Throwable failure(Heard heard) throws Exception {
    try {
      heard.end.get(30, SECONDS);
      throw new AssertionError("expected a failure");
    } catch (ExecutionException failed) {
      return failed.getCause();
    }
  }

  @Test
  void aHandlersNoComesWithItsReasonItsFactsAndItsTypedDetails() {
    Details details =
        GrpcDetails.with(
            Details.because("NO_SUCH_SIZE", "shop.example.com").with("size", "XXS"), BAD);
    Channel channel =
        answeredBy(
            (request, context) -> {
              throw new CommsException.Rejected(Code.INVALID_ARGUMENT, "no such size", details);
            });

    assertThatThrownBy(() -> ask(channel))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            no -> {
              assertThat(no).hasMessage("INVALID_ARGUMENT: no such size");
              Details said = Wire.details(no.getStatus(), no.getTrailers()).said();
              assertThat(said.reason()).isEqualTo("NO_SUCH_SIZE");
              CommsException failure = (CommsException) no.getStatus().getCause();
              assertThat(failure).isInstanceOf(CommsException.Rejected.class);
              assertThat(failure.details().status()).isEqualTo("INVALID_ARGUMENT");
              assertThat(failure.details().domain()).isEqualTo("shop.example.com");
              assertThat(failure.details().metadata())
                  .containsExactly(java.util.Map.entry("size", "XXS"));
              assertThat(GrpcDetails.first(failure, BadRequest.getDefaultInstance())).hasValue(BAD);
              assertThat(failure.attempts()).isEqualTo(1);
            });
  }

  @Test
  void detailsThatDoNotFitIntoTrailersAreLeftOutAndTheNoStays() {
    Details large = Details.because("LARGE", "shop.example.com").with("all", "x".repeat(4000));
    Channel channel =
        answeredBy(
            (request, context) -> {
              throw new CommsException.Rejected(Code.NOT_FOUND, "nothing", large);
            });

    assertThatThrownBy(() -> ask(channel)).hasMessage("NOT_FOUND: nothing");
  }

  @Test
  void aBugsErrorIdIsAFactForPrograms() {
    Channel channel =
        answeredBy(
            (request, context) -> {
              throw new IllegalStateException("s3cret");
            });

    assertThatThrownBy(() -> ask(channel))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            broken -> {
              CommsException failure = (CommsException) broken.getStatus().getCause();
              assertThat(failure).isInstanceOf(CommsException.Failed.class);
              assertThat(broken.getMessage())
                  .contains(failure.details().metadata().get("error-id"))
                  .doesNotContain("s3cret");
            });
  }

  @Test
  void aForeignServersStatusAndTrailersComeBackAsTheyWere() {
    Channel channel =
        guarded(
            pair.foreign(
                new Four.Impl() {
                  @Override
                  void ask(StringValue request, StreamObserver<StringValue> out) {
                    Metadata trailers = new Metadata();
                    trailers.put(TENANT, "blue");
                    out.onError(
                        Status.DATA_LOSS.withDescription("torn").asRuntimeException(trailers));
                  }
                }));

    assertThatThrownBy(() -> ask(channel))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            torn -> {
              assertThat(torn).hasMessage("DATA_LOSS: torn");
              assertThat(torn.getTrailers().get(TENANT)).isEqualTo("blue");
            });
  }

  @Test
  void metadataTravelsBothWaysAndWhatCannotIsNamed() {
    Channel channel =
        answeredBy((request, context) -> text(String.valueOf(context.headers().get("tenant"))));
    Metadata blue = new Metadata();
    blue.put(TENANT, "blue");
    Channel withTenant =
        io.grpc.ClientInterceptors.intercept(
            channel, MetadataUtils.newAttachHeadersInterceptor(blue));
    assertThat(ask(withTenant)).isEqualTo(text("blue"));

    Metadata binary = new Metadata();
    binary.put(Metadata.Key.of("token-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1});
    Channel withBinary =
        io.grpc.ClientInterceptors.intercept(
            channel, MetadataUtils.newAttachHeadersInterceptor(binary));
    assertThatThrownBy(() -> ask(withBinary))
        .hasMessageStartingWith("INVALID_ARGUMENT")
        .hasMessageContaining("token-bin");
  }

  @Test
  void theStrictestDeadlineCounts() throws Exception {
    AtomicReference<Duration> left = new AtomicReference<>();
    Channel channel =
        answeredBy(
            (request, context) -> {
              left.set(context.deadline().remaining());
              return request;
            });
    ask(channel);
    assertThat(left.get()).as("the contract's").isBetween(Duration.ofSeconds(1), Service.LONG);

    ClientCalls.blockingUnaryCall(channel, ASK, DEFAULT.withDeadlineAfter(9, SECONDS), text("a"));
    assertThat(left.get()).as("the stub's").isLessThan(Duration.ofSeconds(9));

    var scheduler = java.util.concurrent.Executors.newSingleThreadScheduledExecutor();
    pair.owns(scheduler::shutdownNow);
    io.grpc.Context inherited = io.grpc.Context.current().withDeadlineAfter(5, SECONDS, scheduler);
    inherited.call(() -> ask(channel));
    assertThat(left.get()).as("of gRPC's context").isLessThan(Duration.ofSeconds(5));

    new Context(
            "outer",
            "id",
            null,
            1,
            dev.comms.contract.Deadline.after(
                dev.comms.contract.Time.system(), Duration.ofSeconds(3)),
            java.util.Map.of())
        .wrap(() -> ask(channel))
        .call();
    assertThat(left.get()).as("of the handler on this thread").isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void aDeadlineThatHasPassedIsToldWithoutBeingSent() {
    AtomicInteger asked = new AtomicInteger();
    Channel channel =
        answeredBy(
            (request, context) -> {
              asked.incrementAndGet();
              return request;
            });

    assertThatThrownBy(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel, ASK, DEFAULT.withDeadlineAfter(-1, MILLISECONDS), text("a")))
        .hasMessageStartingWith("DEADLINE_EXCEEDED");
    assertThat(asked).hasValue(0);
  }

  @Test
  void aCancelOfEveryKindReachesTheOtherSide() throws Exception {
    Hanging hanging = new Hanging();
    Channel channel = guarded(pair.foreign(hanging));
    Heard[] all = {new Heard(), new Heard(), new Heard(), new Heard()};
    ClientCalls.asyncUnaryCall(channel.newCall(ASK, DEFAULT), text("a"), all[0]);
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text("1"), all[1]);
    ClientCalls.asyncClientStreamingCall(channel.newCall(SEND, DEFAULT), all[2]);
    ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), all[3]);
    await().atMost(Service.LONG).until(() -> hanging.begun.get() == 4);

    for (Heard heard : all) {
      heard.call.cancel("enough", null);
      assertThat(Status.fromThrowable(failure(heard)).getCode()).isEqualTo(Status.Code.CANCELLED);
    }

    await().atMost(Service.LONG).until(() -> hanging.told.get() == 4);
  }

  @Test
  void streamsThatTheStubCancelsOpenNoBreaker() throws Exception {
    Hanging hanging = new Hanging();
    Channel channel = guarded(pair.foreign(hanging));

    for (int i = 1; i <= 60; i++) {
      int nth = i;
      Heard heard = new Heard();
      ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), heard);
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(Service.LONG)
          .until(() -> hanging.begun.get() == nth || heard.end.isDone());
      heard.call.cancel("enough", null);
      assertThat(failure(heard)).hasMessage("CANCELLED: enough");
    }
  }

  @Test
  void aReaderGetsWhatItAsksForAndNoMore() throws Exception {
    Channel channel = guarded(pair.serve(Policies.standard(), new Four.Impl(), Four.ALL));
    Heard slow =
        new Heard() {
          @Override
          public void beforeStart(ClientCallStreamObserver<StringValue> stream) {
            super.beforeStart(stream);
            stream.disableAutoRequestWithInitial(3);
          }
        };
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text("50"), slow);
    await().atMost(Service.LONG).until(() -> slow.messages.size() == 3);
    slow.call.request(2);
    await().atMost(Service.LONG).until(() -> slow.messages.size() == 5);
    Thread.sleep(100);
    assertThat(slow.messages).hasSize(5);

    slow.call.request(100);
    slow.end.get(30, SECONDS);
    assertThat(slow.messages).hasSize(50);
  }

  @Test
  void aWriterThatDoesNotHeedIsReadyIsFailedAndNotBuffered() throws Exception {
    Four.Impl reading =
        new Four.Impl() {
          @Override
          StreamObserver<StringValue> send(StreamObserver<StringValue> out) {
            Four.full(out).disableAutoRequest();
            return super.send(out);
          }
        };
    Channel channel = guarded(pair.foreign(reading));
    Heard heard = new Heard();
    StreamObserver<StringValue> up =
        ClientCalls.asyncClientStreamingCall(channel.newCall(SEND, DEFAULT), heard);
    StringValue large = text("x".repeat(1 << 20));
    for (int i = 0; i < 40 && !heard.end.isDone(); i++) {
      up.onNext(large);
    }

    Status failed = Status.fromThrowable(failure(heard));
    assertThat(failed.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(failed.getDescription()).contains("isReady");
  }
}
