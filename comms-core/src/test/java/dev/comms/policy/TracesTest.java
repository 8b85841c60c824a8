package dev.comms.policy;

import static dev.comms.policy.Bench.SAFE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.Task;
import dev.comms.fake.Failures;
import dev.comms.fake.Text;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Envelope;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TracesTest {
  private static final Task<String> TASK =
      Task.named("test.task", new Text()).eachAttemptWithin(Duration.ofSeconds(1));

  @RegisterExtension
  static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

  private final Bench bench = new Bench();
  private final Traces traces = new Traces(TELEMETRY.getOpenTelemetry());

  private SpanData span(String name) {
    List<SpanData> found =
        TELEMETRY.getSpans().stream().filter(one -> one.getName().equals(name)).toList();
    assertThat(found).as("spans named %s", name).hasSize(1);
    return found.get(0);
  }

  private Exchange task(Verb verb) {
    return bench.exchange(verb, TASK, Duration.ofSeconds(1));
  }

  @Test
  void theAttemptsSpanIsWhatTravels() {
    Exchange message = traces.begin(bench.call(SAFE));
    Exchange attempt = traces.attempt(message);
    attempt.end(null);
    message.end(null);
    SpanData inner = span("attempt test.safe");
    SpanData outer = span("test.safe");
    assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
    assertThat(attempt.message().headers())
        .extractingByKey("traceparent")
        .asString()
        .startsWith("00-" + inner.getTraceId() + "-" + inner.getSpanId() + "-");
    assertThat(outer.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(inner.getAttributes().get(AttributeKey.longKey("comms.attempt"))).isEqualTo(1);
  }

  @Test
  void theHandlersTraceIsItsOwnAndLinksToTheSender() {
    Exchange attempt = traces.attempt(traces.begin(task(Verb.SUBMIT)));
    Envelope travelled = attempt.message();
    Exchange handled = traces.begin(task(Verb.WORK).with(travelled));
    handled.end(null);
    attempt.end(null);
    SpanData sent = span("attempt test.task");
    SpanData processed = span("process test.task");
    assertThat(processed.getTraceId()).isNotEqualTo(sent.getTraceId());
    assertThat(processed.getParentSpanContext().isValid()).isFalse();
    assertThat(processed.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(processed.getLinks())
        .singleElement()
        .satisfies(
            link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(sent.getSpanId()));
  }

  @Test
  void aForeignMessageWithoutATraceBeginsOne() {
    Exchange handled = traces.begin(task(Verb.WORK));
    handled.end(null);
    assertThat(span("process test.task").getParentSpanContext().isValid()).isFalse();
    assertThat(span("process test.task").getLinks()).isEmpty();
  }

  @Test
  void aHostileTraceHeaderBeginsOne() {
    Envelope hostile = task(Verb.WORK).message().header("traceparent", "00-zz-\u0000-01");
    traces.begin(task(Verb.WORK).with(hostile)).end(null);
    assertThat(span("process test.task").getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void whatIsSentFromAHandlerBelongsToItsTrace() {
    Exchange handled = traces.begin(task(Verb.WORK));
    try (Scope scope = handled.activate()) {
      assertThat(scope).isNotNull();
      traces.begin(bench.call(SAFE)).end(null);
    }
    handled.end(null);
    assertThat(span("test.safe").getParentSpanId())
        .isEqualTo(span("process test.task").getSpanId());
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
  }

  @Test
  void aFailureIsInTheSpan() {
    traces.begin(bench.call(SAFE)).end(Failures.failed());
    SpanData span = span("test.safe");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getStatus().getDescription()).isEqualTo("it broke");
    assertThat(span.getAttributes().get(AttributeKey.stringKey("error.type"))).isEqualTo("FAILED");
  }

  @Test
  void withoutTracingNothingTravels() {
    Traces off = new Traces(OpenTelemetry.noop());
    Exchange exchange = bench.call(SAFE);
    assertThat(off.begin(exchange)).isSameAs(exchange);
    assertThat(off.attempt(exchange)).isSameAs(exchange);
  }

  @Test
  void theSpansOfEachVerbHaveTheirNamesAndKinds() {
    traces.begin(task(Verb.SUBMIT)).end(null);
    traces.begin(task(Verb.PUBLISH)).end(null);
    traces.begin(bench.exchange(Verb.ANSWER, SAFE, Duration.ofSeconds(1))).end(null);
    assertThat(span("send test.task").getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(span("publish test.task").getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(span("test.safe").getKind()).isEqualTo(SpanKind.SERVER);
  }
}
