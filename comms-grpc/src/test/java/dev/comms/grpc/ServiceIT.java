package dev.comms.grpc;

import static dev.comms.grpc.Four.ASK;
import static dev.comms.grpc.Four.SEND;
import static dev.comms.grpc.Four.TALK;
import static dev.comms.grpc.Four.WATCH;
import static dev.comms.grpc.Four.full;
import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import com.google.rpc.ErrorInfo;
import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Context;
import dev.comms.contract.Contract;
import dev.comms.policy.Policies;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A generated service on our server, and plain grpc-java stubs that call it. */
class ServiceIT {
  private static final Metadata.Key<String> EXTRA =
      Metadata.Key.of("extra", Metadata.ASCII_STRING_MARSHALLER);

  private final Pair pair = new Pair();

  @AfterEach
  void stop() {
    pair.close();
  }

  private Channel serving(Four.Impl service) {
    return pair.channel(pair.serve(Policies.standard(), service, Four.ALL));
  }

  private static StringValue ask(Channel channel, String request) {
    return ClientCalls.blockingUnaryCall(channel, ASK, DEFAULT, text(request));
  }

  private static Status failure(Heard heard) throws Exception {
    try {
      heard.end.get(30, SECONDS);
      throw new AssertionError("expected a failure");
    } catch (ExecutionException failed) {
      return Status.fromThrowable(failed);
    }
  }

  @Test
  void allFourKindsAreAnswered() throws Exception {
    Channel channel = serving(new Four.Impl());
    assertThat(ask(channel, "a")).isEqualTo(text("a"));

    Heard watched = new Heard();
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text("1000"), watched);
    watched.end.get(30, SECONDS);
    assertThat(watched.messages).hasSize(1000).contains("1000");

    Heard sent = new Heard();
    StreamObserver<StringValue> up =
        ClientCalls.asyncClientStreamingCall(channel.newCall(SEND, DEFAULT), sent);
    for (int i = 0; i < 1000; i++) {
      up.onNext(text("x"));
    }
    up.onCompleted();
    sent.end.get(30, SECONDS);
    assertThat(sent.messages).containsExactly("1000");

    Heard talked = new Heard();
    up = ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), talked);
    up.onNext(text("one"));
    await().atMost(Service.LONG).until(() -> talked.messages.contains("one"));
    up.onCompleted();
    talked.end.get(30, SECONDS);
  }

  @Test
  void aMethodWithoutAContractIsRefusedByNameAtTheStart() {
    GrpcServer server = GrpcServer.on(0).plaintext();

    assertThatThrownBy(() -> server.serving(new Four.Impl(), Four.ASKED, Four.SENT))
        .isInstanceOf(CommsException.Misconfigured.class)
        .hasMessageContaining("it.Four/Watch has no declared contract")
        .hasMessageContaining("it.Four/Talk has no declared contract")
        .hasMessageNotContaining("it.Four/Send has");
    Contract[] more = {Four.ASKED, Four.WATCHED, Four.SENT, Four.TALKED, Service.ASK};
    assertThatThrownBy(() -> server.serving(new Four.Impl(), more))
        .hasMessageContaining("it.Service/Ask is no method of it");
  }

  @Test
  void itRunsOnAHandlersThreadInItsContext() {
    List<String> seen = new CopyOnWriteArrayList<>();
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void ask(StringValue request, StreamObserver<StringValue> out) {
                Context context = Context.current();
                seen.add(Thread.currentThread().getName());
                seen.add(context == null ? "none" : context.contract());
                seen.add(String.valueOf(io.grpc.Context.current().getDeadline() != null));
                super.ask(request, out);
              }
            });

    ClientCalls.blockingUnaryCall(channel, ASK, DEFAULT.withDeadlineAfter(20, SECONDS), text("a"));

    assertThat(seen.get(0)).startsWith("comms-call-server-");
    assertThat(seen.subList(1, 3)).containsExactly("it.Four/Ask", "true");
    // It is counted when the call has ended here, which the caller may hear before.
    await()
        .untilAsserted(
            () ->
                assertThat(pair.serverMeters.find("rpc.server.call.duration").timers())
                    .extracting(Timer::count)
                    .containsExactly(1L));
  }

  @Test
  void aStatusThatItThrowsOrTellsKeepsItsCodeItsTrailersAndItsDetails() {
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void ask(StringValue request, StreamObserver<StringValue> out) {
                StatusRuntimeException no =
                    StatusProto.toStatusRuntimeException(
                        com.google.rpc.Status.newBuilder()
                            .setCode(Status.Code.NOT_FOUND.value())
                            .setMessage("no such product")
                            .addDetails(
                                com.google.protobuf.Any.pack(
                                    ErrorInfo.newBuilder().setReason("NO_PRODUCT").build()))
                            .build());
                no.getTrailers().put(EXTRA, "more");
                if (request.getValue().equals("throw")) {
                  throw no;
                }
                out.onError(no);
              }
            });

    for (String how : List.of("throw", "tell")) {
      assertThatThrownBy(() -> ask(channel, how))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              no -> {
                assertThat(no).hasMessage("NOT_FOUND: no such product");
                assertThat(no.getTrailers().get(EXTRA)).isEqualTo("more");
                assertThat(Wire.details(no.getStatus(), no.getTrailers()).said().reason())
                    .isEqualTo("NO_PRODUCT");
              });
    }
  }

  @Test
  void aBugIsToldWithAnErrorIdAndNothingElse() {
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void ask(StringValue request, StreamObserver<StringValue> out) {
                IllegalStateException bug = new IllegalStateException("s3cret");
                if (request.getValue().equals("throw")) {
                  throw bug;
                }
                out.onError(bug);
              }
            });

    for (String how : List.of("throw", "tell")) {
      assertThatThrownBy(() -> ask(channel, how))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              failed -> {
                assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
                assertThat(failed.getMessage()).contains("error id").doesNotContain("s3cret");
                ErrorInfo info = Wire.details(failed.getStatus(), failed.getTrailers()).info();
                assertThat(failed.getMessage()).contains(info.getMetadataOrThrow("error-id"));
              });
    }
  }

  @Test
  void whatAnotherServerOfOursSaidOfItsEffectIsNotPassedOn() {
    Wire downstream = Failures.busy("it is busy");
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void ask(StringValue request, StreamObserver<StringValue> out) {
                out.onError(downstream.status().asRuntimeException(downstream.trailers()));
              }
            });

    assertThatThrownBy(() -> ask(channel, "a"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            busy -> {
              assertThat(busy).hasMessageStartingWith("RESOURCE_EXHAUSTED");
              assertThat(Wire.details(busy.getStatus(), busy.getTrailers()).info()).isNull();
            });
  }

  @Test
  void whoEndsItsCallItselfIsToldThatItIsCompleteAndNotThatTheCallerHasGone() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              StreamObserver<StringValue> talk(StreamObserver<StringValue> out) {
                full(out).setOnCancelHandler(() -> told.add("cancelled"));
                full(out).setOnCloseHandler(() -> told.add("closed"));
                out.onError(Status.NOT_FOUND.asRuntimeException());
                return new Heard();
              }
            });
    Heard heard = new Heard();
    ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), heard);

    assertThat(failure(heard).getCode()).isEqualTo(Status.Code.NOT_FOUND);
    await().atMost(Service.LONG).until(() -> !told.isEmpty());
    assertThat(told).containsExactly("closed");
  }

  @Test
  void ourOwnNoIsToldLikeAHandlers() {
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void ask(StringValue request, StreamObserver<StringValue> out) {
                out.onError(new CommsException.Rejected(Code.ALREADY_EXISTS, "twice"));
              }
            });

    assertThatThrownBy(() -> ask(channel, "a")).hasMessage("ALREADY_EXISTS: twice");
  }

  @Test
  void itMayAnswerLaterFromAnyThreadWithoutHoldingAHandlersThread() throws Exception {
    List<StreamObserver<StringValue>> open = new CopyOnWriteArrayList<>();
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void ask(StringValue request, StreamObserver<StringValue> out) {
                open.add(out);
              }
            });
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Heard heard = new Heard();
      ends.add(heard.end);
      ClientCalls.asyncUnaryCall(channel.newCall(ASK, DEFAULT), text("a"), heard);
    }

    // Handlers of calls have 64 threads.
    await().atMost(Service.LONG).until(() -> open.size() == 200);
    open.forEach(
        out -> {
          out.onNext(text("later"));
          out.onCompleted();
        });

    CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new)).get(30, SECONDS);
  }

  @Test
  void aCancelReachesItsHandlerOfEveryKind() throws Exception {
    Hanging hanging = new Hanging();
    Channel channel = serving(hanging);
    List<Heard> all = List.of(new Heard(), new Heard(), new Heard(), new Heard());
    ClientCalls.asyncUnaryCall(channel.newCall(ASK, DEFAULT), text("a"), all.get(0));
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text("1"), all.get(1));
    ClientCalls.asyncClientStreamingCall(channel.newCall(SEND, DEFAULT), all.get(2));
    ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), all.get(3));
    await().atMost(Service.LONG).until(() -> hanging.begun.get() == 4);

    for (Heard heard : all) {
      heard.call.cancel("enough", null);
      assertThat(failure(heard).getCode()).isEqualTo(Status.Code.CANCELLED);
    }

    await().atMost(Service.LONG).until(() -> hanging.told.get() == 4);
  }

  @Test
  void whatOutlivesItsContractIsEndedAndToldSo() throws Exception {
    CompletableFuture<Void> told = new CompletableFuture<>();
    Four.Impl silent =
        new Four.Impl() {
          @Override
          void ask(StringValue request, StreamObserver<StringValue> out) {
            full(out).setOnCancelHandler(() -> told.complete(null));
          }
        };
    Channel channel =
        pair.channel(
            pair.serve(
                Policies.standard(),
                silent,
                Four.ask(Duration.ofMillis(300)),
                Four.WATCHED,
                Four.SENT,
                Four.TALKED));

    assertThatThrownBy(() -> ask(channel, "a")).hasMessageStartingWith("DEADLINE_EXCEEDED");
    told.get(30, SECONDS);
  }

  @Test
  void aCallerThatStaysSilentIsEndedByTheFirstLimit() throws Exception {
    var talk =
        GrpcCall.dialogue(TALK)
            .firstWithin(Duration.ofMillis(300))
            .idleWithin(Service.LONG)
            .totalWithin(Service.LONG);
    Channel channel =
        pair.channel(
            pair.serve(
                Policies.standard(), new Four.Impl(), Four.ASKED, Four.WATCHED, Four.SENT, talk));
    Heard heard = new Heard();
    ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), heard);

    Status late = failure(heard);

    assertThat(late.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(late.getDescription()).contains("firstWithin PT0.3S");
  }

  @Test
  void whatIsTooMuchIsShedWithAReasonAndAPause() throws Exception {
    Four.Impl silent =
        new Four.Impl() {
          @Override
          void ask(StringValue request, StreamObserver<StringValue> out) {
            full(out).setOnCancelHandler(() -> {});
          }
        };
    Channel channel = pair.channel(pair.serve(Policies.standard().serving(1), silent, Four.ALL));
    Heard first = new Heard();
    ClientCalls.asyncUnaryCall(channel.newCall(ASK, DEFAULT), text("a"), first);

    await()
        .atMost(Service.LONG)
        .untilAsserted(
            () ->
                assertThatThrownBy(
                        () ->
                            ClientCalls.blockingUnaryCall(
                                channel, ASK, DEFAULT.withDeadlineAfter(1, SECONDS), text("b")))
                    .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        shed -> {
                          Wire.Read read = Wire.details(shed.getStatus(), shed.getTrailers());
                          assertThat(shed.getStatus().getCode())
                              .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                          assertThat(read.said().reason()).isEqualTo("OVERLOADED");
                          assertThat(read.retryAfter()).isPositive();
                        }));
    first.call.cancel("enough", null);
  }
}
