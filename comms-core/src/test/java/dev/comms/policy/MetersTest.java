package dev.comms.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import dev.comms.fake.Failures;
import dev.comms.fake.Text;
import dev.comms.policy.Exchange.Verb;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetersTest {
  private static final Task<String> TASK =
      Task.named("test.task", new Text()).eachAttemptWithin(Duration.ofSeconds(1));
  private static final Event<String> EVENT =
      Event.named("test.event", new Text()).handledWithin(Duration.ofSeconds(1));

  private static final Map<String, Set<String>> MESSAGING_AND_CALLS =
      Map.of(
          "rpc.client.call.duration",
          Set.of("rpc.system.name", "rpc.method", "server.address", "error.type"),
          "rpc.server.call.duration",
          Set.of("rpc.system.name", "rpc.method", "error.type"),
          "messaging.client.operation.duration",
          Set.of(
              "messaging.system",
              "messaging.destination.name",
              "messaging.operation.name",
              "error.type"),
          "messaging.process.duration",
          Set.of(
              "messaging.system",
              "messaging.destination.name",
              "messaging.consumer.group.name",
              "error.type"),
          "messaging.client.sent.messages",
          Set.of("messaging.system", "messaging.destination.name"),
          "messaging.client.consumed.messages",
          Set.of(
              "messaging.system", "messaging.destination.name", "messaging.consumer.group.name"));

  private static final Map<String, Set<String>> OURS =
      Map.of(
          "comms.attempts",
          Set.of("contract", "error.type", "fault"),
          "comms.refused",
          Set.of("contract", "reason", "mode"),
          "comms.expired",
          Set.of("contract"),
          "comms.retries",
          Set.of("contract", "outcome"),
          "comms.hedges",
          Set.of("contract", "outcome"));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private void use(Verb verb, Contract contract, String target) {
    Meters meters = new Meters(registry, verb, "fake", contract, target);
    for (CommsException failure : new CommsException[] {Failures.failed(), Failures.shed()}) {
      meters.duration(failure).record(1, TimeUnit.MILLISECONDS);
      meters.attempts(failure).increment();
    }
    meters.duration(null).record(1, TimeUnit.MILLISECONDS);
    meters.attempts(null).increment();
    Counter messages = meters.messages();
    if (messages != null) {
      messages.increment();
    }
    meters.refused("shed", Mode.ENFORCE).increment();
    meters.refused("rate_limited", Mode.OBSERVE).increment();
    meters.expired().increment();
    meters.retries(true).sent().increment();
  }

  private Map<String, Set<String>> keysByName() {
    Map<String, Set<String>> keys = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      if (meter.getId().getTag("le") != null) {
        continue; // the simple registry shows the buckets of a timer as meters of their own
      }
      Set<String> tags =
          meter.getId().getTags().stream()
              .map(Tag::getKey)
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> known = keys.putIfAbsent(meter.getId().getName(), tags);
      assertThat(tags)
          .as("every series of %s", meter.getId().getName())
          .isEqualTo(known == null ? tags : known);
    }
    return keys;
  }

  @Test
  void theNamesAndTheirTagKeysAreThese() {
    use(Verb.CALL, Bench.SAFE, "there");
    use(Verb.OPEN, Bench.UNSAFE, "there");
    use(Verb.ANSWER, Bench.SAFE, "server");
    use(Verb.STREAM, Bench.SAFE, "server");
    use(Verb.SUBMIT, TASK, "rabbitmq");
    use(Verb.PUBLISH, EVENT, "kafka");
    use(Verb.WORK, TASK, "");
    use(Verb.HANDLE, EVENT, "group");
    Map<String, Set<String>> expected = new TreeMap<>(OURS);
    expected.putAll(MESSAGING_AND_CALLS);
    assertThat(keysByName()).isEqualTo(expected);
  }

  @Test
  void successIsTheErrorTypeNone() {
    use(Verb.CALL, Bench.SAFE, "there");
    assertThat(registry.find("rpc.client.call.duration").timers())
        .extracting(timer -> timer.getId().getTag("error.type"))
        .containsExactlyInAnyOrder("none", "FAILED", "OVERLOADED");
  }

  @Test
  void aDurationIsResolvedOnceAndHasBuckets() {
    Meters meters = new Meters(registry, Verb.CALL, "fake", Bench.SAFE, "there");
    assertThat(meters.duration(null)).isSameAs(meters.duration(null));
    meters.duration(null).record(7, TimeUnit.MILLISECONDS);
    var buckets = meters.duration(null).takeSnapshot().histogramCounts();
    assertThat(buckets).hasSize(14);
    assertThat(buckets[0].bucket(TimeUnit.MILLISECONDS)).isEqualTo(5);
    assertThat(buckets[0].count()).isZero();
    assertThat(buckets[1].count()).isEqualTo(1);
    assertThat(buckets[13].bucket(TimeUnit.SECONDS)).isEqualTo(10);
  }

  @Test
  void whatIsSentIsCountedOnlyWhenItWasAndWhatIsConsumedAlways() {
    for (Verb verb : new Verb[] {Verb.SUBMIT, Verb.WORK}) {
      Bench bench = new Bench();
      Meters meters = new Meters(registry, verb, "fake", TASK, "");
      Policy telemetry =
          Telemetry.aroundMessage(
              meters, bench.time, new Traces(io.opentelemetry.api.OpenTelemetry.noop()), TASK);
      bench.once(telemetry, bench.exchange(verb, TASK, Duration.ofSeconds(1)), null);
      bench.once(telemetry, bench.exchange(verb, TASK, Duration.ofSeconds(1)), Failures.failed());
    }
    assertThat(registry.get("messaging.client.sent.messages").counter().count()).isEqualTo(1);
    assertThat(registry.get("messaging.client.consumed.messages").counter().count()).isEqualTo(2);
  }

  @Test
  void theTimeMeasuredIsThatOfTheClock() {
    Bench bench = new Bench();
    Meters meters = new Meters(registry, Verb.CALL, "fake", Bench.SAFE, "there");
    Policy telemetry =
        Telemetry.aroundMessage(
            meters, bench.time, new Traces(io.opentelemetry.api.OpenTelemetry.noop()), Bench.SAFE);
    Exchange exchange = bench.call(Bench.SAFE);
    telemetry.apply(exchange, bench.step);
    bench.time.advance(Duration.ofMillis(1_234));
    exchange.end(null);
    assertThat(meters.duration(null).totalTime(TimeUnit.MILLISECONDS)).isEqualTo(1_234);
  }
}
