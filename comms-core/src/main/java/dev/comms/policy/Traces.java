package dev.comms.policy;

import dev.comms.contract.CommsException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Spans, and their way from service to service in W3C headers. A server's span is a child of the
 * attempt that called it; a consumer's span begins a trace of its own and links to the attempt that
 * sent (OpenTelemetry's messaging conventions). Baggage travels in all cases.
 */
final class Traces {
  private static final TextMapGetter<Map<String, String>> HEADERS =
      new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // abstract in the oldest API that is promised
        public Iterable<String> keys(Map<String, String> headers) {
          return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String key) {
          return headers == null ? null : headers.get(key);
        }
      };

  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("comms.attempt");

  private final boolean off;
  private final Tracer tracer;
  private final TextMapPropagator propagator;

  Traces(OpenTelemetry telemetry) {
    this.off = telemetry == OpenTelemetry.noop();
    this.tracer = telemetry.getTracer("dev.comms");
    this.propagator = telemetry.getPropagators().getTextMapPropagator();
  }

  /** A span around the message. */
  Exchange begin(Exchange exchange) {
    if (off) {
      return exchange;
    }
    boolean sends = exchange.verb().sends();
    Context parent =
        sends
            ? exchange.trace()
            : propagator.extract(exchange.trace(), exchange.message().headers(), HEADERS);
    SpanBuilder builder = tracer.spanBuilder(name(exchange)).setSpanKind(kind(exchange));
    if (kind(exchange) == SpanKind.CONSUMER) {
      // Its sender does not wait: work of tomorrow must not stretch the trace of today.
      builder.setNoParent().addLink(Span.fromContext(parent).getSpanContext());
    } else {
      builder.setParent(parent);
    }
    Span span = builder.startSpan();
    exchange.onEnd(failure -> end(span, failure));
    return exchange.with(parent.with(span), exchange.message());
  }

  /** A span around one attempt, which travels with it. */
  Exchange attempt(Exchange exchange) {
    if (off) {
      return exchange;
    }
    SpanBuilder builder =
        tracer
            .spanBuilder("attempt " + exchange.contract().name())
            .setParent(exchange.trace())
            .setSpanKind(kind(exchange));
    Span span = builder.startSpan();
    exchange.onEnd(failure -> end(span, failure));
    // Not on the builder, which would keep it also for a span that nobody samples.
    span.setAttribute(ATTEMPT, (long) exchange.attempt());
    Context trace = exchange.trace().with(span);
    Map<String, String> headers = new HashMap<>(exchange.message().headers());
    propagator.inject(trace, headers, (carrier, key, value) -> put(carrier, key, value));
    return exchange.with(trace, exchange.message().headers(headers));
  }

  private static void put(@Nullable Map<String, String> carrier, String key, String value) {
    if (carrier != null) {
      carrier.put(key, value);
    }
  }

  private static void end(Span span, @Nullable CommsException failure) {
    if (failure != null) {
      span.setAttribute("error.type", failure.kind().name());
      span.setStatus(StatusCode.ERROR, failure.reason());
    }
    span.end();
  }

  private static SpanKind kind(Exchange exchange) {
    return switch (exchange.verb()) {
      case CALL, OPEN -> SpanKind.CLIENT;
      case SUBMIT, PUBLISH -> SpanKind.PRODUCER;
      case ANSWER, STREAM -> SpanKind.SERVER;
      case WORK, HANDLE -> SpanKind.CONSUMER;
    };
  }

  private static String name(Exchange exchange) {
    String contract = exchange.contract().name();
    return switch (exchange.verb()) {
      case CALL, OPEN, ANSWER, STREAM -> contract;
      case SUBMIT -> "send " + contract;
      case PUBLISH -> "publish " + contract;
      case WORK, HANDLE -> "process " + contract;
    };
  }
}
