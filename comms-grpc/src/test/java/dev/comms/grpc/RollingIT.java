package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Servers that are replaced one after another, under load. */
class RollingIT {
  private static final Call<byte[], byte[]> ASK =
      Call.named("it.Rolling/Ask", Codec.bytes(), Codec.bytes())
          .asIdempotent()
          .answeredWithin(Duration.ofSeconds(20));

  private final List<AtomicInteger> answered = List.of(zero(), zero(), zero());

  private static AtomicInteger zero() {
    return new AtomicInteger();
  }

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final ScheduledExecutorService load =
      Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "it-load"));

  @Test
  void noIdempotentCallFailsWhileThreeServersAreRestarted() throws Exception {
    int[] ports = {freePort(), freePort(), freePort()};
    List<Comms> servers = new ArrayList<>();
    for (int i = 0; i < ports.length; i++) {
      servers.add(start(ports[i], answered.get(i)));
    }
    try (Comms client = Comms.service("caller", new SimpleMeterRegistry()).build()) {
      Calls calls = client.calls(toAll(ports));
      client.start();
      // 500 per second.
      load.scheduleAtFixedRate(() -> ask(calls), 0, 2, TimeUnit.MILLISECONDS);
      untilAllAnswer();
      for (int i = 0; i < ports.length; i++) {
        servers.get(i).close();
        servers.set(i, start(ports[i], answered.get(i)));
        untilAllAnswer();
      }
      load.shutdown();
      assertThat(load.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
      await().atMost(Service.LONG).until(() -> done.get() == asked.get());
    } finally {
      load.shutdownNow();
      servers.forEach(Comms::close);
    }

    assertThat(failures).isEmpty();
    assertThat(asked.get()).isGreaterThan(500);
  }

  private void ask(Calls calls) {
    asked.incrementAndGet();
    calls
        .callAsync(ASK, new byte[100])
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                failures.add(failure);
              }
              done.incrementAndGet();
            });
  }

  /** As a deployment goes on when the new instance is seen to work. */
  private void untilAllAnswer() {
    int[] before = answered.stream().mapToInt(AtomicInteger::get).toArray();
    await()
        .atMost(Service.LONG)
        .until(
            () -> {
              for (int i = 0; i < before.length; i++) {
                if (answered.get(i).get() < before[i] + 20) {
                  return false;
                }
              }
              return true;
            });
  }

  private static Comms start(int port, AtomicInteger answered) {
    Comms server = Comms.service("server", new SimpleMeterRegistry()).build();
    server
        .serve(GrpcServer.on(port).plaintext())
        .answer(
            ASK,
            (request, context) -> {
              answered.incrementAndGet();
              return request;
            });
    server.start();
    return server;
  }

  private static GrpcTransport toAll(int[] ports) {
    return GrpcTransport.toAll(
            "127.0.0.1:" + ports[0], "127.0.0.1:" + ports[1], "127.0.0.1:" + ports[2])
        .plaintext();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
