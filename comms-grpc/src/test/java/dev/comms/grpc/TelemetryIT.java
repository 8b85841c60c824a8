package dev.comms.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.MeterNotFoundException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What travels with a call beside it, and what both ends count. */
class TelemetryIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final Call<byte[], byte[]> ASK =
      Call.named("it.Telemetry/Ask", Codec.bytes(), Codec.bytes())
          .answeredWithin(Duration.ofSeconds(20));

  private final OpenTelemetry w3c =
      OpenTelemetry.propagating(
          ContextPropagators.create(
              TextMapPropagator.composite(
                  W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())));
  private final MeterRegistry asked = new SimpleMeterRegistry();
  private final MeterRegistry answered = new SimpleMeterRegistry();

  /** A seen request. */
  private record Seen(String trace, String baggage, String header, String raw) {}

  @Test
  void traceBaggageAndHeadersTravelInTheirStandardFormAndBothEndsCount() throws Exception {
    int port = freePort();
    AtomicReference<Seen> seen = new AtomicReference<>();
    try (Comms server = server(port, seen);
        Comms client = Comms.service("c", asked).tracing(w3c).build()) {
      server.start();
      Calls calls = client.calls(GrpcTransport.to("127.0.0.1:" + port).plaintext());
      client.start();
      try (Scope traced = traced().makeCurrent()) {
        assertThat(traced).isNotNull();
        calls.header("colour", "blue").call(ASK, new byte[1]);
      }
    }

    assertThat(seen.get().trace()).isEqualTo(TRACE);
    assertThat(seen.get().baggage()).isEqualTo("acme");
    assertThat(seen.get().header()).isEqualTo("blue");
    assertThat(seen.get().raw()).startsWith("00-" + TRACE + "-").endsWith("-01");
    assertThat(count(asked, "rpc.client.call.duration", "server.address", "127.0.0.1:" + port))
        .isOne();
    // It is counted when the call has ended there, which the caller may hear before.
    await()
        .ignoreExceptionsInstanceOf(MeterNotFoundException.class)
        .untilAsserted(
            () ->
                assertThat(count(answered, "rpc.server.call.duration", "error.type", "none"))
                    .isOne());
  }

  private Comms server(int port, AtomicReference<Seen> seen) {
    Comms server = Comms.service("s", answered).tracing(w3c).build();
    server
        .serve(GrpcServer.on(port).plaintext())
        .answer(
            ASK,
            (request, context) -> {
              seen.set(
                  new Seen(
                      Span.current().getSpanContext().getTraceId(),
                      String.valueOf(Baggage.current().getEntryValue("tenant")),
                      context.headers().getOrDefault("colour", "none"),
                      context.headers().getOrDefault("traceparent", "none")));
              return request;
            });
    return server;
  }

  private static long count(MeterRegistry registry, String name, String tag, String value) {
    return registry
        .get(name)
        .tags("rpc.method", ASK.name(), "rpc.system.name", "grpc", "error.type", "none", tag, value)
        .timer()
        .count();
  }

  private static Context traced() {
    SpanContext parent =
        SpanContext.create(
            TRACE, "b7ad6b7169203331", TraceFlags.getSampled(), TraceState.getDefault());
    return Context.root()
        .with(Span.wrap(parent))
        .with(Baggage.builder().put("tenant", "acme").build());
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
