package dev.comms.bench;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Collection;

/** How a service may trace. */
public enum Tracing {
  /** The no-op OpenTelemetry, which is comms' default. */
  OFF,
  /** The SDK, whose sampler takes nothing: what most messages of most services meet. */
  UNSAMPLED,
  /** The SDK, which takes every span and exports it to nowhere. */
  SAMPLED;

  OpenTelemetry openTelemetry() {
    return switch (this) {
      case OFF -> OpenTelemetry.noop();
      case UNSAMPLED -> sdk(Sampler.alwaysOff());
      case SAMPLED -> sdk(Sampler.alwaysOn());
    };
  }

  private static OpenTelemetry sdk(Sampler sampler) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(new Nowhere()))
                .build())
        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
        .build();
  }

  /** Takes spans and forgets them. */
  private static final class Nowhere implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
