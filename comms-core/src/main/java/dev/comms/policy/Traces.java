package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.spi.Envelope;
import io.opentelemetry.api.OpenTelemetry;
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
 * Spans, and their way from service to service in W3C headers. A consumer's span continues the
 * sender's trace and links to it (OpenTelemetry messaging conventions, single messages).
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
    SpanBuilder builder =
        tracer.spanBuilder(name(exchange)).setParent(parent).setSpanKind(kind(exchange));
    if (kind(exchange) == SpanKind.CONSUMER) {
      builder.addLink(Span.fromContext(parent).getSpanContext());
    }
    return spanned(exchange, builder, parent);
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
            .setSpanKind(kind(exchange))
            .setAttribute("comms.attempt", (long) exchange.attempt());
    Exchange spanned = spanned(exchange, builder, exchange.trace());
    Map<String, String> headers = new HashMap<>(exchange.message().headers());
    propagator.inject(spanned.trace(), headers, (carrier, key, value) -> put(carrier, key, value));
    Envelope message = exchange.message().headers(headers);
    return spanned.with(message);
  }

  private static void put(@Nullable Map<String, String> carrier, String key, String value) {
    if (carrier != null) {
      carrier.put(key, value);
    }
  }

  private static Exchange spanned(Exchange exchange, SpanBuilder builder, Context parent) {
    Span span = builder.startSpan();
    exchange.onEnd(failure -> end(span, failure));
    return exchange.with(parent.with(span));
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
