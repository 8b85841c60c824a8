package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Kind;
import dev.comms.contract.Effect;
import dev.comms.spi.CallServer.Answerer;
import dev.comms.spi.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which servers calls go to, and when a lost one is found again. */
class DestinationsIT {
  private final Service service = new Service();

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void callsAreSpreadOverAllServersOfAList() {
    List<GrpcServer> servers = List.of(naming("a"), naming("b"), naming("c"));
    GrpcTransport client = toAll(servers);

    untilItSees(client, Set.of("a", "b", "c"));
  }

  @Test
  void aServerOfTheListThatIsNotThereIsPassedOver() throws IOException {
    GrpcTransport client =
        service.attach(
            GrpcTransport.toAll(naming("a").address(), "127.0.0.1:" + freePort()).plaintext());

    for (int i = 0; i < 20; i++) {
      assertThat(ask(client)).isEqualTo("a");
    }
  }

  @Test
  void aNameOfTheListThatNobodyKnowsIsPassedOverAndAllUnknownIsNamed() {
    String known = "here:" + port(naming("a"));
    GrpcTransport some =
        service.attach(
            GrpcTransport.toAll("nowhere:1", known).plaintext().lookingUp(knowing("here")));
    GrpcTransport none =
        service.attach(GrpcTransport.toAll("nowhere:1").plaintext().lookingUp(knowing("here")));

    assertThat(ask(some)).isEqualTo("a");
    CommsException unknown = service.failure(service.ask(none, "q"));
    assertThat(unknown.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(unknown.effect()).isEqualTo(Effect.NONE);
    assertThat(unknown).hasMessageContaining("nowhere");
  }

  /** 127.0.0.2 is this machine too, but nobody listens there alone: both lead to the new server. */
  @Test
  void aChangedAnswerOfTheNameServiceIsFoundWhenTheConnectionIsLost() {
    AtomicReference<String> address = new AtomicReference<>("127.0.0.1");
    GrpcServer old = naming("old");
    List<String> asked = new CopyOnWriteArrayList<>();
    GrpcTransport client =
        service.attach(
            GrpcTransport.toAll("moving:" + port(old))
                .plaintext()
                .lookingUp(
                    host -> {
                      asked.add(address.get());
                      return new InetAddress[] {InetAddress.getByName(address.get())};
                    }));
    assertThat(ask(client)).isEqualTo("old");
    assertThat(asked).containsExactly("127.0.0.1");
    address.set("127.0.0.2");
    int port = port(old);

    old.close();
    service.serve(GrpcServer.on(port).plaintext(), Service.ASK, answering("new"));

    untilItAnswers(client);
    assertThat(ask(client)).isEqualTo("new");
    assertThat(asked).endsWith("127.0.0.2");
  }

  @Test
  void theNameIsAskedAgainWhenAConnectionHasReachedItsAge() {
    AtomicInteger lookups = new AtomicInteger();
    GrpcServer aging =
        service.serve(
            GrpcServer.on(0).plaintext().maxConnectionAge(Duration.ofSeconds(1)),
            Service.ASK,
            answering("a"));
    GrpcTransport client =
        service.attach(
            GrpcTransport.toAll("growing:" + port(aging))
                .plaintext()
                .lookingUp(
                    host -> {
                      lookups.incrementAndGet();
                      return new InetAddress[] {InetAddress.getLoopbackAddress()};
                    }));

    await().atMost(Service.LONG).until(() -> ask(client).equals("a") && lookups.get() >= 2);
  }

  @Test
  void oneOfThreeThatFailsIsLeftOutForAWhile() {
    AtomicInteger failed = new AtomicInteger();
    GrpcServer broken =
        service.serve(
            Service.ASK,
            Service.answering(
                (request, deadline) -> {
                  failed.incrementAndGet();
                  return CompletableFuture.failedFuture(new IllegalStateException("broken"));
                }));
    GrpcTransport client =
        service.attach(
            GrpcTransport.toAll(naming("a").address(), naming("b").address(), broken.address())
                .plaintext()
                .comparedEvery(Duration.ofMillis(500)));

    // It is back after 1.5 s and fails again, so what is awaited is a run of calls without it.
    await().atMost(Service.LONG).until(() -> leftOut(client, failed));
  }

  private boolean leftOut(GrpcTransport client, AtomicInteger failed) {
    int before = failed.get();
    List<CompletableFuture<Envelope>> calls = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      calls.add(service.ask(client, "q"));
    }
    calls.forEach(call -> service.get(call.handle((reply, failure) -> true)));
    return failed.get() == before;
  }

  @Test
  void whoKeepsOutliersSendsToAllForEver() {
    assertThat(Connecting.DEFAULT.serviceConfig().toString()).contains("outlier_detection");
    assertThat(Connecting.DEFAULT.outliersEvery(Duration.ZERO).serviceConfig().toString())
        .doesNotContain("outlier")
        .contains("round_robin");
  }

  @Test
  void aServerThatSaysNotServingGetsNoCallsWhileOthersServe() {
    GrpcServer leaving =
        service.serve(
            GrpcServer.on(0).plaintext().announcedFor(Duration.ofSeconds(20)),
            Service.ASK,
            answering("leaving"));
    GrpcTransport client =
        service.attach(
            GrpcTransport.toAll(leaving.address(), naming("staying").address()).plaintext());
    untilItSees(client, Set.of("leaving", "staying"));

    CompletableFuture<Void> drained = leaving.drain(service.in(Duration.ofSeconds(25)));

    await().atMost(Service.LONG).until(() -> seen(client).equals(Set.of("staying")));
    assertThat(drained).as("its port is still open").isNotDone();
  }

  @Test
  void aCallWithoutConnectionFailsAtOnceUnlessItWaitsForOne() throws IOException {
    int port = freePort();
    GrpcTransport failing = service.connect("127.0.0.1:" + port);
    GrpcTransport waiting =
        service.attach(GrpcTransport.to("127.0.0.1:" + port).plaintext().waitingForReady());
    CommsException refused = service.failure(service.ask(failing, "q"));
    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);

    CommsException late =
        service.failure(
            waiting.call(Service.ASK, Service.envelope("q"), service.in(Duration.ofMillis(300))));
    CompletableFuture<Envelope> patient = service.ask(waiting, "q");

    assertThat(late.kind()).isEqualTo(Kind.DEADLINE_EXCEEDED);
    assertThat(late.effect()).isEqualTo(Effect.NONE);
    assertThat(patient).isNotDone();
    service.serve(GrpcServer.on(port).plaintext(), Service.ASK, answering("there"));
    assertThat(Service.text(service.get(patient))).isEqualTo("there");
  }

  /**
   * gRPC alone would try at about 1, 2.6 and 5.2 s, so it would be at least 1 s late. It is
   * measured up to three times, since the machine may be late too.
   */
  @Test
  void aServerThatComesBackIsFoundSoon() throws IOException {
    int port = freePort();
    GrpcTransport client = service.connect("127.0.0.1:" + port);
    List<Duration> late = new ArrayList<>();
    do {
      awayFor(client, Duration.ofMillis(3_300));
      GrpcServer server =
          service.serve(GrpcServer.on(port).plaintext(), Service.ASK, Service.echo());
      long back = service.time.nanos();
      untilItAnswers(client);
      late.add(Duration.ofNanos(service.time.nanos() - back));
      server.close();
    } while (late.get(late.size() - 1).toMillis() >= 1_000 && late.size() < 3);

    assertThat(late).anyMatch(one -> one.toMillis() < 1_000);
  }

  private void untilItAnswers(GrpcTransport client) {
    await()
        .atMost(Service.LONG)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> service.get(service.ask(client, "q").handle((reply, gone) -> reply != null)));
  }

  private void awayFor(GrpcTransport client, Duration away) {
    long end = service.time.nanos() + away.toNanos();
    await()
        .atMost(Service.LONG)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              service.failure(service.ask(client, "q"));
              return service.time.nanos() > end;
            });
  }

  private GrpcTransport toAll(List<GrpcServer> servers) {
    return service.attach(
        GrpcTransport.toAll(servers.stream().map(GrpcServer::address).toArray(String[]::new))
            .plaintext());
  }

  private void untilItSees(GrpcTransport client, Set<String> names) {
    await().atMost(Service.LONG).until(() -> seen(client).equals(names));
  }

  private Set<String> seen(GrpcTransport client) {
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < 12; i++) {
      seen.add(ask(client));
    }
    return seen;
  }

  private String ask(GrpcTransport client) {
    return Service.text(service.get(service.ask(client, "q")));
  }

  private GrpcServer naming(String name) {
    return service.serve(Service.ASK, answering(name));
  }

  private static Answerer answering(String name) {
    return Service.answering(
        (request, deadline) -> CompletableFuture.completedFuture(Service.envelope(name)));
  }

  private static Connecting.Lookup knowing(String host) {
    Map<String, String> known = Map.of(host, "127.0.0.1");
    return asked -> {
      if (!known.containsKey(asked)) {
        throw new UnknownHostException(asked);
      }
      return new InetAddress[] {InetAddress.getByName(known.get(asked))};
    };
  }

  private static int port(GrpcServer server) {
    String address = server.address();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
