package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.grpc.Authorizer.Access;
import dev.comms.spi.Envelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token goes with each call, to the server's authorizer and to nobody else. */
class BearerIT {
  private static final String SECRET = "s3cret-t0ken-of-this-test";

  @TempDir Path folder;
  private final Service service = new Service();
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private final AtomicReference<Map<String, String>> headers = new AtomicReference<>();
  private GrpcServer server;

  @BeforeEach
  void serve() {
    Authority authority = new Authority("authority");
    Authority.replace(folder.resolve("ca.pem"), authority.pem());
    authority
        .issue("localhost", "localhost")
        .into(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    server =
        service.serve(
            GrpcServer.on(0)
                .tls(folder.resolve("chain.pem"), folder.resolve("key.pem"))
                .authorize(
                    Authorizer.deciding(
                        request -> {
                          tokens.add(String.valueOf(request.bearer()));
                          return Access.allow();
                        })),
            Service.ASK,
            Service.answering(
                (request, deadline) -> {
                  headers.set(request.headers());
                  return CompletableFuture.completedFuture(Service.envelope("ok"));
                }));
  }

  @AfterEach
  void close() {
    service.close();
  }

  private GrpcTransport client(Supplier<? extends CompletionStage<String>> token) {
    String address = server.address();
    return service.attach(
        GrpcTransport.to("localhost" + address.substring(address.lastIndexOf(':')))
            .trusting(folder.resolve("ca.pem"))
            .bearer(token));
  }

  @Test
  void eachCallAsksForATokenOfItsOwn() {
    AtomicInteger asked = new AtomicInteger();
    GrpcTransport client =
        client(() -> CompletableFuture.completedFuture("token-" + asked.incrementAndGet()));

    service.get(service.ask(client, "a"));
    service.get(service.ask(client, "b"));

    assertThat(tokens).containsExactly("token-1", "token-2");
  }

  @Test
  void theHandlerIsNotShownTheToken() {
    service.get(service.ask(client(() -> CompletableFuture.completedFuture(SECRET)), "a"));

    assertThat(tokens).containsExactly(SECRET);
    assertThat(headers.get()).doesNotContainKey("authorization");
    assertThat(headers.get().toString()).doesNotContain(SECRET);
  }

  @Test
  void aTokenThatComesLaterHoldsUpItsCallAndNoThread() {
    CompletableFuture<String> later = new CompletableFuture<>();
    AtomicReference<String> thread = new AtomicReference<>();
    GrpcTransport client =
        client(
            () -> {
              thread.set(Thread.currentThread().getName());
              return later;
            });

    List<CompletableFuture<Envelope>> calls = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(service.ask(client, "a"));
    }
    assertThat(calls).noneMatch(CompletableFuture::isDone);
    later.complete(SECRET);

    calls.forEach(service::get);
    assertThat(thread.get()).isEqualTo("it-callbacks");
    assertThat(tokens).hasSize(20).containsOnly(SECRET);
  }

  /** Who waits runs callbacks meanwhile, but not this one: it must be able to leave. */
  @Test
  void aSupplierThatTakesItsTimeHoldsUpNobodyBeyondTheDeadline() {
    CountDownLatch end = new CountDownLatch(1);
    GrpcTransport client =
        GrpcTransport.to("localhost" + server.address().substring(server.address().indexOf(':')))
            .trusting(folder.resolve("ca.pem"))
            .bearer(
                () -> {
                  try {
                    end.await();
                  } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                  }
                  return CompletableFuture.completedFuture(SECRET);
                });
    try (Comms comms = Comms.service("waiting", new SimpleMeterRegistry()).build()) {
      Calls calls = comms.calls(client);
      comms.start();
      long begun = System.nanoTime();
      assertThatThrownBy(
              () -> calls.within(Duration.ofMillis(300)).call(Service.ASK.raw(), new byte[0]))
          .isInstanceOf(CommsException.DeadlineExceeded.class);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    } finally {
      end.countDown();
    }
  }

  @Test
  void aSupplierThatFailsFailsTheCallHereWithoutEffect() {
    RuntimeException away = new IllegalStateException("the token service is away");
    for (Supplier<CompletableFuture<String>> supplier :
        List.<Supplier<CompletableFuture<String>>>of(
            () -> CompletableFuture.failedFuture(away),
            () -> {
              throw away;
            })) {
      CommsException failed = service.failure(service.ask(client(supplier), "a"));

      assertThat(failed.kind()).isEqualTo(Kind.UNAVAILABLE);
      assertThat(failed.effect()).isEqualTo(Effect.NONE);
      assertThat(failed.fault()).isEqualTo(Fault.LOCAL);
      assertThat(failed).hasRootCause(away).hasMessageContaining("bearer");
    }
    assertThat(tokens).isEmpty();
  }

  @Test
  void aTokenIsNeverShown() {
    try (Printed printed = new Printed()) {
      for (String bad : List.of(SECRET + "\n", "Bearer " + SECRET, SECRET.repeat(400))) {
        GrpcTransport client = client(() -> CompletableFuture.completedFuture(bad));

        CommsException failed = service.failure(service.ask(client, "a"));

        assertThat(failed.fault()).isEqualTo(Fault.LOCAL);
        assertThat(failed.effect()).isEqualTo(Effect.NONE);
        StringWriter all = new StringWriter();
        failed.printStackTrace(new PrintWriter(all));
        assertThat(all.toString()).doesNotContain(SECRET);
        assertThat(client.toString() + client.health()).doesNotContain(SECRET);
      }
      service.get(service.ask(client(() -> CompletableFuture.completedFuture(SECRET)), "a"));
      assertThat(new Authorizer.Request("m", null, Map.of("authorization", SECRET)).toString())
          .doesNotContain(SECRET);
      assertThat(printed.text()).doesNotContain(SECRET);
    }
    assertThat(tokens).containsExactly(SECRET);
  }

  @Test
  void aTokenByHandIsRefusedByItsName() {
    GrpcTransport client = client(() -> CompletableFuture.completedFuture(SECRET));
    Envelope byHand = Service.envelope("a").header("authorization", "Bearer " + SECRET);

    CommsException refused =
        service.failure(client.call(Service.ASK, byHand, service.in(Service.LONG)));

    assertThat(refused.kind()).isEqualTo(Kind.MALFORMED);
    assertThat(refused).hasMessageContaining("authorization").hasMessageContaining("bearer(..)");
    assertThat(refused.toString()).doesNotContain(SECRET);
  }

  @Test
  void withoutTlsATokenIsSentOnlyIfThatIsSaid() {
    Supplier<CompletableFuture<String>> token = () -> CompletableFuture.completedFuture(SECRET);
    GrpcTransport any = GrpcTransport.to("127.0.0.1:1");
    assertThatThrownBy(() -> any.bearer(token).plaintext())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bearerEvenOnPlaintext");
    assertThatThrownBy(() -> any.plaintext().bearer(token))
        .isInstanceOf(IllegalArgumentException.class);
    GrpcServer open =
        service.serve(
            GrpcServer.on(0)
                .plaintext()
                .authorize(
                    Authorizer.deciding(
                        request ->
                            SECRET.equals(request.bearer())
                                ? Access.allow()
                                : Access.unauthenticated("no token"))),
            Service.ASK,
            Service.echo());

    GrpcTransport said =
        service.attach(GrpcTransport.to(open.address()).plaintext().bearerEvenOnPlaintext(token));

    assertThat(Service.text(service.get(service.ask(said, "hello")))).isEqualTo("hello");
  }
}
