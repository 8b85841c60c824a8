package dev.comms.grpc;

import static dev.comms.grpc.Four.TALK;
import static dev.comms.grpc.Four.WATCH;
import static dev.comms.grpc.Four.full;
import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.comms.contract.CommsException;
import dev.comms.policy.Policies;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Back-pressure of a generated service on our server. */
class ServiceFlowIT {
  private static final String KIBIBYTE = "x".repeat(1024);

  private final Pair pair = new Pair();

  @AfterEach
  void stop() {
    pair.close();
  }

  private Channel serving(Four.Impl service) {
    return pair.channel(pair.serve(Policies.standard(), service, Four.ALL));
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
  void itsHandlersThreadWaitsUntilTheCallerTakesMore() throws Exception {
    AtomicInteger written = new AtomicInteger();
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void watch(StringValue request, StreamObserver<StringValue> out) {
                for (int i = 0; i < 8_000; i++) {
                  out.onNext(text(KIBIBYTE));
                  written.incrementAndGet();
                }
                out.onCompleted();
              }
            });
    Slow reader = new Slow();
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text(""), reader);

    await().atMost(Service.LONG).until(() -> stands(written));
    assertThat(written.get()).as("what fits into windows, of 8,000").isBetween(1, 4_000);

    reader.call.request(8_000);
    reader.end.get(30, SECONDS);
    assertThat(reader.messages).hasSize(8_000);
  }

  /** Has begun and has not moved for a while. */
  private static boolean stands(AtomicInteger count) throws InterruptedException {
    int before = count.get();
    Thread.sleep(500);
    return before > 0 && count.get() == before;
  }

  @Test
  void whoHeedsIsReadyOnAnotherThreadIsToldWhenToGoOn() throws Exception {
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void watch(StringValue request, StreamObserver<StringValue> out) {
                ServerCallStreamObserver<StringValue> call = full(out);
                AtomicInteger left = new AtomicInteger(4_000);
                call.setOnReadyHandler(
                    () -> {
                      while (call.isReady() && left.get() > 0) {
                        call.onNext(text(KIBIBYTE));
                        if (left.decrementAndGet() == 0) {
                          call.onCompleted();
                        }
                      }
                    });
              }
            });
    Heard heard = new Heard();
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text(""), heard);

    heard.end.get(30, SECONDS);
    assertThat(heard.messages).hasSize(4_000);
  }

  @Test
  void anotherThreadThatDoesNotHeedIsReadyFailsTheCallAtSixteenMebibytes() throws Exception {
    CompletableFuture<Void> written = new CompletableFuture<>();
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void watch(StringValue request, StreamObserver<StringValue> out) {
                full(out).setOnCancelHandler(() -> {});
                Thread heedless =
                    new Thread(
                        () -> {
                          String large = KIBIBYTE.repeat(64);
                          for (int i = 0; i < 600; i++) {
                            out.onNext(text(large));
                          }
                          written.complete(null);
                        },
                        "it-heedless");
                heedless.setDaemon(true);
                heedless.start();
              }
            });
    Slow reader = new Slow();
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text(""), reader);
    // Nobody reads before all is written: a reader that keeps up would leave nothing to fail for.
    written.get(30, SECONDS);
    await()
        .atMost(Service.LONG)
        .until(
            () -> {
              reader.call.request(100);
              return reader.end.isDone();
            });

    Status failed = failure(reader);
    assertThat(failed.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(failed.getDescription()).contains("isReady");
  }

  @Test
  void aWriterThatLooksAtNothingStopsWhenTheCallerHasGone() throws Exception {
    CompletableFuture<Throwable> stopped = new CompletableFuture<>();
    AtomicInteger written = new AtomicInteger();
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              void watch(StringValue request, StreamObserver<StringValue> out) {
                full(out).setOnCancelHandler(() -> {});
                try {
                  while (!stopped.isDone()) {
                    out.onNext(text(KIBIBYTE));
                    written.incrementAndGet();
                  }
                } catch (RuntimeException gone) {
                  stopped.complete(gone);
                  throw gone;
                }
              }
            });
    Slow reader = new Slow();
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text(""), reader);
    await().atMost(Service.LONG).until(() -> written.get() > 0);

    reader.call.cancel("enough", null);

    try {
      assertThat(stopped.get(30, SECONDS)).isInstanceOf(CommsException.Cancelled.class);
    } finally {
      stopped.complete(null);
    }
  }

  @Test
  void aMessageThatIsTooLargeWhenDecompressedEndsTheStreamAndIsNotToldAsAnEmptyOne()
      throws Exception {
    Heard service = new Heard();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    Channel channel =
        serving(
            new Four.Impl() {
              @Override
              StreamObserver<StringValue> talk(StreamObserver<StringValue> out) {
                full(out).setOnCancelHandler(() -> {});
                begun.complete(null);
                return service;
              }
            });
    Heard heard = new Heard();
    StreamObserver<StringValue> up =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(TALK, DEFAULT.withCompression("gzip")), heard);

    // Else the call may be over before there is anybody who can be told.
    begun.get(30, SECONDS);
    up.onNext(text(KIBIBYTE.repeat(8 * 1024)));

    Status failed = failure(heard);
    assertThat(failed.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(failed.getDescription()).contains("maxMessageBytes");
    await().atMost(Service.LONG).until(service.end::isCompletedExceptionally);
    assertThat(service.messages).isEmpty();
  }

  @Test
  void theFirstLimitCountsAlsoWhenAnotherThreadAsks() throws Exception {
    var talk =
        GrpcCall.dialogue(TALK)
            .firstWithin(Duration.ofMillis(300))
            .idleWithin(Service.LONG)
            .totalWithin(Duration.ofSeconds(60));
    CompletableFuture<ServerCallStreamObserver<StringValue>> begun = new CompletableFuture<>();
    Four.Impl service =
        new Four.Impl() {
          @Override
          StreamObserver<StringValue> talk(StreamObserver<StringValue> out) {
            full(out).disableAutoRequest();
            full(out).setOnReadyHandler(() -> begun.complete(full(out)));
            return new Heard();
          }
        };
    Channel channel =
        pair.channel(
            pair.serve(Policies.standard(), service, Four.ASKED, Four.WATCHED, Four.SENT, talk));
    Heard heard = new Heard();
    ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, DEFAULT), heard);
    ServerCallStreamObserver<StringValue> call = begun.get(30, SECONDS);

    call.request(1);

    Status late = failure(heard);
    assertThat(late.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(late.getDescription()).contains("firstWithin PT0.3S");
  }

  /** Asks for nothing by itself. */
  private static final class Slow extends Heard {
    @Override
    public void beforeStart(io.grpc.stub.ClientCallStreamObserver<StringValue> stream) {
      super.beforeStart(stream);
      stream.disableAutoRequestWithInitial(1);
    }
  }
}
