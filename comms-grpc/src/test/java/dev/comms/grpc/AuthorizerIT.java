package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Code;
import dev.comms.contract.CommsException;
import dev.comms.contract.Effect;
import dev.comms.contract.Peer;
import dev.comms.grpc.Authorizer.Access;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Envelope;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever may not call is told so before anything is done for him. */
class AuthorizerIT {
  private final Service service = new Service();
  private final AtomicInteger handled = new AtomicInteger();
  private final AtomicReference<Envelope> seen = new AtomicReference<>();

  @AfterEach
  void close() {
    service.close();
  }

  private final Answerer counting =
      new Answerer() {
        @Override
        public CompletableFuture<Envelope> answer(
            Envelope request, dev.comms.contract.Deadline deadline) {
          handled.incrementAndGet();
          seen.set(request);
          return CompletableFuture.completedFuture(request);
        }

        @Override
        public CompletableFuture<Void> stream(
            Envelope head, dev.comms.spi.Pipe pipe, dev.comms.contract.Deadline deadline) {
          handled.incrementAndGet();
          return pipe.write(head.body());
        }
      };

  private GrpcTransport client(Authorizer authorizer) {
    return service.connect(server(authorizer).address());
  }

  private GrpcServer server(Authorizer authorizer) {
    GrpcServer server = GrpcServer.on(0).plaintext().authorize(authorizer);
    server.answer(Map.of(Service.ASK, counting, Service.WATCH, counting));
    return service.attach(server);
  }

  private CompletableFuture<?> watch(GrpcTransport client) {
    return client
        .open(Service.WATCH, Service.envelope("q"), service.in(Service.LONG))
        .thenCompose(pipe -> pipe.read());
  }

  @Test
  void whoIsAllowedIsAnswered() {
    AtomicReference<Authorizer.Request> asked = new AtomicReference<>();
    GrpcTransport client =
        client(
            Authorizer.deciding(
                request -> {
                  asked.set(request);
                  return Access.allow();
                }));

    Envelope with = Service.envelope("hello").header("tenant", "blue");
    service.get(client.call(Service.ASK, with, service.in(Service.LONG)));

    assertThat(asked.get().method()).isEqualTo(Service.ASK.name());
    assertThat(asked.get().peer()).isNull();
    assertThat(asked.get().headers()).containsEntry("tenant", "blue");
    assertThat(service.get(watch(client))).isNotNull();
    assertThat(handled).hasValue(2);
  }

  @Test
  void whoIsDeniedIsToldWhyAndNothingIsDone() {
    GrpcTransport client = client(Authorizer.deciding(request -> Access.deny("orders only")));

    for (CompletableFuture<?> call : List.of(service.ask(client, "q"), watch(client))) {
      CommsException.Rejected no = (CommsException.Rejected) service.failure(call);
      assertThat(no.code()).isEqualTo(Code.PERMISSION_DENIED);
      assertThat(no.effect()).isEqualTo(Effect.NONE);
      assertThat(no).hasMessageContaining("orders only");
    }
    assertThat(handled).hasValue(0);
  }

  @Test
  void whoIsNotKnownIsAskedToSayWhoHeIs() {
    GrpcTransport client =
        client(Authorizer.deciding(request -> Access.unauthenticated("no token")));

    CommsException.Rejected no =
        (CommsException.Rejected) service.failure(service.ask(client, "q"));

    assertThat(no.code()).isEqualTo(Code.UNAUTHENTICATED);
    assertThat(no.effect()).isEqualTo(Effect.NONE);
    assertThat(handled).hasValue(0);
  }

  @Test
  void anAuthorizerThatBreaksDeniesAndIsLoggedOnce() {
    for (Authorizer broken :
        List.<Authorizer>of(
            request -> {
              throw new IllegalStateException("its database is away");
            },
            request ->
                CompletableFuture.failedFuture(new IllegalStateException("its database is away")),
            Authorizer.deciding(request -> null))) {
      try (Printed printed = new Printed()) {
        CommsException.Rejected no =
            (CommsException.Rejected) service.failure(service.ask(client(broken), "q"));

        assertThat(no.code()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(no.getMessage()).contains("error id").doesNotContain("database");
        assertThat(printed.text().split("the authorizer broke", -1)).hasSize(2);
      }
    }
    assertThat(handled).hasValue(0);
  }

  @Test
  void aDecisionThatComesLaterIsWaitedFor() {
    CompletableFuture<Access> later = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    GrpcTransport client =
        client(
            request -> {
              asked.complete(null);
              return later;
            });

    CompletableFuture<Envelope> call = service.ask(client, "hello");
    CompletableFuture<?> stream = watch(client);
    service.get(asked);
    assertThat(handled).hasValue(0);
    later.complete(Access.allow());

    assertThat(Service.text(service.get(call))).isEqualTo("hello");
    assertThat(service.get(stream)).isNotNull();
    assertThat(handled).hasValue(2);
  }

  @Test
  void aCallThatIsCalledOffBeforeItsDecisionNeverBegins() {
    CompletableFuture<Access> later = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    Authorizer slow =
        request -> {
          CompletionStage<Access> decision =
              asked.isDone() ? CompletableFuture.completedFuture(Access.allow()) : later;
          asked.complete(null);
          return decision;
        };
    GrpcTransport client = client(slow);
    CompletableFuture<Envelope> call = service.ask(client, "called off");
    service.get(asked);

    call.cancel(true);
    // One connection carries both in order, so when this is answered the server knows of that.
    service.get(service.ask(client, "after it"));
    later.complete(Access.allow());
    service.get(service.ask(client, "last"));

    await().atMost(Service.LONG).until(() -> handled.get() == 2);
    assertThat(Service.text(seen.get())).isEqualTo("last");
  }

  @Test
  void theHandlerSeesThePeerThatTheAuthorizerNamed() {
    GrpcTransport client =
        client(Authorizer.deciding(request -> Access.allowAs(Peer.named("user-7"))));

    service.get(service.ask(client, "q"));

    assertThat(seen.get().peer()).isEqualTo(Peer.named("user-7"));
  }

  @Test
  void healthIsOpenToAll() {
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                server(Authorizer.deciding(request -> Access.deny("nobody"))).address(),
                InsecureChannelCredentials.create())
            .build();
    service.owns(channel::shutdownNow);

    ServingStatus status =
        HealthGrpc.newBlockingStub(channel)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus();

    assertThat(status).isEqualTo(ServingStatus.SERVING);
  }
}
