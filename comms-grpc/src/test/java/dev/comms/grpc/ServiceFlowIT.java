package dev.comms.grpc;

import static dev.comms.grpc.Four.WATCH;
import static dev.comms.grpc.Four.full;
import static dev.comms.grpc.Four.text;
import static io.grpc.CallOptions.DEFAULT;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.comms.policy.Policies;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
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
                        },
                        "it-heedless");
                heedless.setDaemon(true);
                heedless.start();
              }
            });
    Slow reader = new Slow();
    ClientCalls.asyncServerStreamingCall(channel.newCall(WATCH, DEFAULT), text(""), reader);
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

  /** Asks for nothing by itself. */
  private static final class Slow extends Heard {
    @Override
    public void beforeStart(io.grpc.stub.ClientCallStreamObserver<StringValue> stream) {
      super.beforeStart(stream);
      stream.disableAutoRequestWithInitial(1);
    }
  }
}
