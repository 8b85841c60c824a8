package dev.comms.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.Calls;
import dev.comms.Comms;
import dev.comms.Events;
import dev.comms.Group;
import dev.comms.Tasks;
import dev.comms.Workers;
import dev.comms.contract.Backoff;
import dev.comms.contract.Call;
import dev.comms.contract.Codec;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.spi.EventTransport.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One trace from service to service: what a newcomer sees in the tracing tool. */
class SpansTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Codec<byte[]> BYTES = Codec.bytes("text/plain");
  private static final Call<byte[], byte[]> ASK =
      Call.named("test.ask", BYTES, BYTES).answeredWithin(SECOND.multipliedBy(20));
  private static final Task<byte[]> DO =
      Task.named("test.do", BYTES)
          .eachAttemptWithin(SECOND.multipliedBy(20))
          .backoff(new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)));
  private static final Event<byte[]> SEEN =
      Event.named("test.seen", BYTES).handledWithin(SECOND.multipliedBy(20));

  @RegisterExtension
  static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

  private final InMemory memory = new InMemory();
  private final Comms service = comms("service");
  private final Comms client = comms("client");

  private static Comms comms(String name) {
    return Comms.service(name, new SimpleMeterRegistry())
        .tracing(TELEMETRY.getOpenTelemetry())
        .drainWithin(SECOND)
        .build();
  }

  @AfterEach
  void close() {
    client.close();
    service.close();
  }

  private static List<SpanData> spans(String name, SpanKind kind) {
    return TELEMETRY.getSpans().stream()
        .filter(span -> span.getName().equals(name) && span.getKind() == kind)
        .toList();
  }

  private static SpanData span(String name, SpanKind kind) {
    Awaitility.await().until(() -> !spans(name, kind).isEmpty());
    assertThat(spans(name, kind)).as("spans %s %s", name, kind).hasSize(1);
    return spans(name, kind).get(0);
  }

  private static void isChildOf(SpanData child, SpanData parent) {
    assertThat(child.getTraceId()).isEqualTo(parent.getTraceId());
    assertThat(child.getParentSpanId()).isEqualTo(parent.getSpanId());
  }

  private static void linksTo(SpanData work, SpanData sent) {
    assertThat(work.getParentSpanContext().isValid()).as("a trace of its own").isFalse();
    assertThat(work.getTraceId()).isNotEqualTo(sent.getTraceId());
    assertThat(work.getLinks())
        .singleElement()
        .satisfies(
            link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(sent.getSpanId()));
  }

  @Test
  void aCallItsAttemptAndItsServerAreOneTraceWhichGoesOnInWhatTheHandlerSends() {
    var server = memory.server();
    Tasks inside = service.tasks(memory.tasks());
    service
        .serve(server)
        .answer(
            ASK,
            (request, context) -> {
              inside.submit(DO, request);
              return request;
            });
    service.start();
    Calls calls = client.calls(memory.client(server.address()));
    client.start();
    calls.call(ASK, new byte[1]);
    SpanData logical = span("test.ask", SpanKind.CLIENT);
    SpanData attempt = span("attempt test.ask", SpanKind.CLIENT);
    SpanData answered = span("test.ask", SpanKind.SERVER);
    SpanData sent = span("send test.do", SpanKind.PRODUCER);
    assertThat(logical.getParentSpanContext().isValid()).isFalse();
    isChildOf(attempt, logical);
    isChildOf(answered, attempt);
    isChildOf(sent, answered);
    isChildOf(span("attempt test.do", SpanKind.PRODUCER), sent);
  }

  @Test
  void eachAttemptOfATaskIsATraceOfItsOwnThatLinksToWhatWasSubmitted() {
    AtomicInteger times = new AtomicInteger();
    service
        .tasks(memory.tasks())
        .handle(
            DO,
            Workers.of(1),
            (work, context) -> {
              if (times.incrementAndGet() == 1) {
                throw new IllegalStateException("once more");
              }
            });
    service.start();
    Tasks tasks = client.tasks(memory.tasks());
    client.start();
    tasks.submit(DO, new byte[1]);
    Awaitility.await().until(() -> spans("process test.do", SpanKind.CONSUMER).size() == 2);
    SpanData sent = span("attempt test.do", SpanKind.PRODUCER);
    isChildOf(sent, span("send test.do", SpanKind.PRODUCER));
    List<SpanData> worked = spans("process test.do", SpanKind.CONSUMER);
    worked.forEach(one -> linksTo(one, sent));
    assertThat(worked.get(0).getTraceId()).isNotEqualTo(worked.get(1).getTraceId());
  }

  @Test
  void eachGroupLinksToTheEventThatWasPublished() {
    Events inside = service.events(memory.events());
    for (String name : List.of("one", "two")) {
      inside.handle(SEEN, Group.named(name).startsAt(Start.EARLIEST), (seen, context) -> {});
    }
    service.start();
    Events events = client.events(memory.events());
    client.start();
    events.publish(SEEN, new byte[1]);
    Awaitility.await().until(() -> spans("process test.seen", SpanKind.CONSUMER).size() == 2);
    SpanData sent = span("attempt test.seen", SpanKind.PRODUCER);
    isChildOf(sent, span("publish test.seen", SpanKind.PRODUCER));
    spans("process test.seen", SpanKind.CONSUMER).forEach(one -> linksTo(one, sent));
  }
}
