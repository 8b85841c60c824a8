package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import dev.comms.spi.Envelope;
import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order in which a server goes, as a client sees it that knows only gRPC. */
class DrainIT {
  private final Service service = new Service();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final Map<String, CompletableFuture<Envelope>> handlers = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void notServingThenGoAwayThenWhatHasBegunEndsAndTheRestIsToldDraining() {
    GrpcServer server =
        service.serve(
            GrpcServer.on(0).plaintext().announcedFor(Duration.ofSeconds(2)),
            Service.ASK,
            Service.answering((request, deadline) -> handle(Service.text(request))));
    ManagedChannel channel = channel(server);
    watchHealth(channel);
    ask(channel, "finishes");
    ask(channel, "hangs");
    await().atMost(Service.LONG).until(() -> handlers.size() == 2 && seen.contains("SERVING"));
    channel.notifyWhenStateChanged(ConnectivityState.READY, () -> seen.add("GOAWAY"));

    CompletableFuture<Void> drained = server.drain(service.in(Duration.ofSeconds(4)));
    await().atMost(Service.LONG).until(() -> seen.contains("NOT_SERVING"));
    ask(channel, "new");
    await().atMost(Service.LONG).until(() -> seen.contains("GOAWAY"));
    handlers.get("finishes").complete(Service.envelope("reply"));
    service.get(drained);

    await().atMost(Service.LONG).until(() -> seen.size() == 6);
    assertThat(seen)
        .containsExactly(
            "SERVING",
            "NOT_SERVING",
            "new: reply",
            "GOAWAY",
            "finishes: reply",
            "hangs: UNAVAILABLE DRAINING");
    assertThat(handlers.get("hangs")).isCancelled();
  }

  private CompletableFuture<Envelope> handle(String which) {
    return which.equals("new")
        ? CompletableFuture.completedFuture(Service.envelope("reply"))
        : handlers.computeIfAbsent(which, name -> new CompletableFuture<>());
  }

  private void ask(ManagedChannel channel, String which) {
    ClientCalls.asyncUnaryCall(
        channel.newCall(Service.FOREIGN, CallOptions.DEFAULT),
        which.getBytes(StandardCharsets.UTF_8),
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] reply) {
            seen.add(which + ": " + new String(reply, StandardCharsets.UTF_8));
          }

          @Override
          public void onError(Throwable failure) {
            seen.add(which + ": " + told(failure));
          }

          @Override
          public void onCompleted() {
            // The reply was the end.
          }
        });
  }

  private static String told(Throwable failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      return failure.toString();
    }
    StringBuilder reasons = new StringBuilder();
    for (Any detail : status.getDetailsList()) {
      try {
        reasons.append(' ').append(detail.unpack(ErrorInfo.class).getReason());
      } catch (com.google.protobuf.InvalidProtocolBufferException other) {
        reasons.append(" ?");
      }
    }
    return io.grpc.Status.fromCodeValue(status.getCode()).getCode().name() + reasons;
  }

  private void watchHealth(ManagedChannel channel) {
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                if (response.getStatus() != ServingStatus.UNKNOWN) {
                  seen.add(response.getStatus().name());
                }
              }

              @Override
              public void onError(Throwable ended) {
                // Its connection goes with the server.
              }

              @Override
              public void onCompleted() {
                // A watch has no end of its own.
              }
            });
  }

  private ManagedChannel channel(GrpcServer server) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(server.address(), InsecureChannelCredentials.create()).build();
    service.owns(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
    return channel;
  }
}
