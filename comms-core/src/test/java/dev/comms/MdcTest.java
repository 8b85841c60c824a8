package dev.comms;

import static dev.comms.Fixture.MAIL;
import static dev.comms.Fixture.policies;
import static dev.comms.Fixture.valueOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.fake.FakeDelivery;
import dev.comms.fake.FakeTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

/** What a handler's log lines carry, and what they leave behind on a thread that was lent. */
class MdcTest {
  @RegisterExtension
  static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

  @Test
  void aHandlersLogLinesNameContractIdAttemptAndTraceAndALentThreadIsLeftAsItWas() {
    CompletableFuture<Map<String, String>> during = new CompletableFuture<>();
    CompletableFuture<String> traceId = new CompletableFuture<>();
    CompletableFuture<Map<String, String>> after = new CompletableFuture<>();
    FakeTasks transport = new FakeTasks();
    try (Comms comms =
        Comms.service("test", new SimpleMeterRegistry())
            .policies(policies())
            .tracing(TELEMETRY.getOpenTelemetry())
            .build()) {
      comms
          .tasks(transport)
          .handle(
              MAIL,
              Workers.of(1).on(work -> new Thread(() -> lent(work, after), "lent").start()),
              (mail, context) -> {
                traceId.complete(Span.current().getSpanContext().getTraceId());
                during.complete(MDC.getCopyOfContextMap());
              });
      comms.start();
      transport.consumer.deliver(FakeDelivery.of("test.mail", "id-1", null, "hi"));
      assertThat(valueOf(during))
          .containsEntry("contract", "test.mail")
          .containsEntry("id", "id-1")
          .containsEntry("attempt", "1")
          .containsEntry("trace", valueOf(traceId))
          .containsEntry("users", "own");
      assertThat(valueOf(traceId)).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
      assertThat(valueOf(after)).isEqualTo(Map.of("id", "the user's", "users", "own"));
    }
  }

  private static void lent(Runnable work, CompletableFuture<Map<String, String>> after) {
    MDC.put("id", "the user's");
    MDC.put("users", "own");
    work.run();
    after.complete(new HashMap<>(MDC.getCopyOfContextMap()));
  }
}
