package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.spi.Envelope;
import dev.comms.spi.Health;
import dev.comms.spi.Pipe;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What both sides of ours exchange beyond what the conformance kit asks. */
class WireIT {
  private final Service service = new Service();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void theServerSeesTheStricterOfTheCallersDeadlineAndItsOwnLimit() {
    AtomicReference<Duration> seen = new AtomicReference<>();
    Call<byte[], byte[]> strict =
        Call.named(Service.ASK.name(), Codec.bytes(), Codec.bytes())
            .answeredWithin(Duration.ofSeconds(5));
    GrpcServer server =
        service.serve(
            strict,
            Service.answering(
                (request, deadline) -> {
                  seen.set(deadline.remaining());
                  return CompletableFuture.completedFuture(request);
                }));
    GrpcTransport client = service.connect(server.address());

    service.get(client.call(Service.ASK, Service.envelope("q"), service.in(Service.LONG)));
    assertThat(seen.get()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(5));

    service.get(client.call(Service.ASK, Service.envelope("q"), service.in(Duration.ofSeconds(3))));
    assertThat(seen.get()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(3));
  }

  @Test
  void theIdTravelsAndTheHeadersOfTheReplyComeBack() {
    AtomicReference<String> id = new AtomicReference<>();
    GrpcServer server =
        service.serve(
            Service.ASK,
            Service.answering(
                (request, deadline) -> {
                  id.set(request.id());
                  return CompletableFuture.completedFuture(
                      request.headers(Map.of("stock-age", "7")));
                }));
    GrpcTransport client = service.connect(server.address());

    Envelope reply = service.get(service.ask(client, "q"));

    assertThat(id.get()).isEqualTo("id-1");
    assertThat(reply.headers()).containsEntry("stock-age", "7");
    assertThat(reply.contract()).isEqualTo(Service.ASK.name());
  }

  @Test
  void aReplyIsNeverCompletedOnAThreadOfGrpc() {
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    GrpcServer server =
        service.serve(Service.ASK, Service.answering((request, deadline) -> handler));
    GrpcTransport client = service.connect(server.address());
    CompletableFuture<String> thread =
        service.ask(client, "q").thenApply(reply -> Thread.currentThread().getName());

    handler.complete(Service.envelope("ok"));

    assertThat(service.get(thread)).isEqualTo("it-callbacks");
  }

  @Test
  void anExpiredDeadlineIsRefusedBeforeAnythingIsSent() {
    GrpcServer server = service.serve(Service.ASK, Service.echo());
    GrpcTransport client = service.connect(server.address());

    CommsException expired =
        service.failure(client.call(Service.ASK, Service.envelope("q"), service.in(Duration.ZERO)));

    assertThat(expired.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(expired.effect()).isEqualTo(Effect.NONE);
  }

  @Test
  void aRequestAboveTheLimitIsRefusedWhereItIsMade() {
    GrpcServer server = service.serve(Service.ASK, Service.echo());
    GrpcTransport client =
        service.attach(GrpcTransport.to(server.address()).plaintext().maxMessageBytes(10));

    CommsException large = service.failure(service.ask(client, "more than ten bytes"));

    assertThat(large.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(large.effect()).isEqualTo(Effect.NONE);
    assertThat(large).hasMessageContaining("19 bytes").hasMessageContaining("at most 10");
  }

  @Test
  void aMessageAboveThePeersLimitSaysWhichLimitToRaise() {
    GrpcServer server =
        service.serve(
            GrpcServer.on(0).plaintext().maxMessageBytes(10), Service.ASK, Service.echo());
    GrpcTransport client = service.connect(server.address());

    CommsException large = service.failure(service.ask(client, "more than ten bytes"));

    assertThat(large.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(large).hasMessageContaining("maxMessageBytes");
  }

  @Test
  void cancellingAnUnopenedDownloadReachesTheWriter() {
    CompletableFuture<Void> writer = new CompletableFuture<>();
    CompletableFuture<Void> reached = new CompletableFuture<>();
    GrpcServer server =
        service.serve(
            Service.WATCH,
            Service.streaming(
                (head, pipe) -> {
                  reached.complete(null);
                  return writer;
                }));
    GrpcTransport client = service.connect(server.address());
    Pipe pipe =
        service.get(client.open(Service.WATCH, Service.envelope("q"), service.in(Service.LONG)));
    CompletableFuture<byte[]> reading = pipe.read();
    service.get(reached);

    pipe.cancel(new CancellationException("seen enough"));

    assertThat(service.failure(reading).kind()).isEqualTo(Kind.CANCELLED);
    await().atMost(Service.LONG).until(writer::isCancelled);
  }

  @Test
  void aReaderThatReadsTwiceAtOnceIsTold() {
    GrpcServer server =
        service.serve(Service.WATCH, Service.streaming((head, pipe) -> new CompletableFuture<>()));
    GrpcTransport client = service.connect(server.address());
    Pipe pipe =
        service.get(client.open(Service.WATCH, Service.envelope("q"), service.in(Service.LONG)));
    pipe.read();

    assertThat(service.failure(pipe.read()).kind()).isEqualTo(Kind.MISCONFIGURED);
    pipe.cancel(new CancellationException("done"));
  }

  @Test
  void aWriterThatWritesTwiceAtOnceIsTold() {
    CompletableFuture<CommsException> told = new CompletableFuture<>();
    GrpcServer server =
        service.serve(
            Service.WATCH,
            Service.streaming(
                (head, pipe) -> {
                  // Larger than what is buffered for a reader that does not read.
                  CompletableFuture<Void> first = pipe.write(new byte[1024 * 1024]);
                  pipe.write(new byte[1])
                      .whenComplete(
                          (done, failure) ->
                              told.complete(CommsException.of(Service.WATCH.name(), failure)));
                  return first;
                }));
    GrpcTransport client = service.connect(server.address());
    Pipe pipe =
        service.get(client.open(Service.WATCH, Service.envelope("q"), service.in(Service.LONG)));

    assertThat(service.get(told).kind()).isEqualTo(Kind.MISCONFIGURED);
    assertThat(service.get(pipe.read())).hasSize(1024 * 1024);
    assertThat(service.get(pipe.read())).isNull();
  }

  @Test
  void healthFollowsTheConnectionAndTheDrain() {
    GrpcTransport client = GrpcTransport.to("127.0.0.1:1").plaintext();
    assertThat(client.health().state()).isEqualTo(Health.State.STARTING);
    service.attach(client);
    await().atMost(Service.LONG).until(() -> client.health().state() == Health.State.DOWN);

    GrpcServer server = service.serve(Service.ASK, Service.echo());
    GrpcTransport connected = service.connect(server.address());
    await().atMost(Service.LONG).until(() -> connected.health().state() == Health.State.UP);
    assertThat(server.health().state()).isEqualTo(Health.State.UP);

    service.get(server.drain(service.in(Service.LONG)));
    assertThat(server.health().state()).isNotEqualTo(Health.State.UP);
  }

  @Test
  void aDrainOfTheClientWaitsForWhatHasBegunAndRefusesMore() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    CompletableFuture<Envelope> handler = new CompletableFuture<>();
    GrpcServer server =
        service.serve(
            Service.ASK,
            Service.answering(
                (request, deadline) -> {
                  reached.complete(null);
                  return handler;
                }));
    GrpcTransport client = service.connect(server.address());
    CompletableFuture<Envelope> begun = service.ask(client, "q");
    service.get(reached);

    CompletableFuture<Void> drained = client.drain(service.in(Service.LONG));

    assertThat(drained).isNotDone();
    assertThat(service.failure(service.ask(client, "more")).effect()).isEqualTo(Effect.NONE);
    handler.complete(Service.envelope("ended well"));
    assertThat(Service.text(service.get(begun))).isEqualTo("ended well");
    service.get(drained);
  }
}
