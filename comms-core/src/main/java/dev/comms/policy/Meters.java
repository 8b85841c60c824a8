package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Fault;
import dev.comms.policy.Exchange.Verb;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one contract at one place, resolved once. Names are those of OpenTelemetry's
 * semantic conventions 1.44, and {@code comms.*} for what they lack; every series of a name has the
 * same tag keys.
 */
final class Meters {
  /** The buckets that the conventions ask for, in seconds. */
  private static final Duration[] BUCKETS =
      Arrays.stream(new double[] {.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10})
          .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
          .toArray(Duration[]::new);

  private static final String NONE = "none";

  private final MeterRegistry registry;
  private final Verb verb;
  private final String system;
  private final String contract;
  private final String target;

  /** Shares of a limit; what passes 1 was late. */
  private static final double[] SHARES = {.05, .1, .25, .5, .75, .9, 1, 1.5};

  private static final int FAULTS = Fault.values().length;

  private final AtomicReferenceArray<@Nullable Counter> failed =
      new AtomicReferenceArray<>(CommsException.Kind.values().length * FAULTS);
  private final AtomicReferenceArray<@Nullable Timer> durations =
      new AtomicReferenceArray<>(CommsException.Kind.values().length + 1);

  Meters(MeterRegistry registry, Verb verb, String system, Contract contract, String target) {
    this.registry = registry;
    this.verb = verb;
    this.system = system;
    this.contract = contract.name();
    this.target = target;
  }

  /** Whether this side asked for it. */
  boolean sends() {
    return verb.sends();
  }

  /** How long it took, by how it ended. */
  @SuppressWarnings("EnumOrdinal") // a place in this process' array, stored nowhere
  Timer duration(@Nullable CommsException failure) {
    int index = failure == null ? 0 : failure.kind().ordinal() + 1;
    Timer known = durations.get(index);
    if (known == null) {
      known = timer(failure == null ? NONE : failure.kind().name());
      durations.set(index, known);
    }
    return known;
  }

  private Timer timer(String error) {
    return Timer.builder(durationName())
        .tags(tags().and("error.type", error))
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private String durationName() {
    return switch (verb) {
      case CALL, OPEN -> "rpc.client.call.duration";
      case ANSWER, STREAM -> "rpc.server.call.duration";
      case SUBMIT, PUBLISH -> "messaging.client.operation.duration";
      case WORK, HANDLE -> "messaging.process.duration";
    };
  }

  private Tags tags() {
    return switch (verb) {
      case CALL, OPEN ->
          Tags.of("rpc.system.name", system, "rpc.method", contract, "server.address", target);
      case ANSWER, STREAM -> Tags.of("rpc.system.name", system, "rpc.method", contract);
      case SUBMIT, PUBLISH ->
          messaging().and("messaging.operation.name", verb == Verb.SUBMIT ? "send" : "publish");
      case WORK, HANDLE -> messaging().and("messaging.consumer.group.name", group());
    };
  }

  private Tags messaging() {
    return Tags.of("messaging.system", system, "messaging.destination.name", contract);
  }

  private String group() {
    return target.isEmpty() ? NONE : target;
  }

  /** Messages sent or consumed, or null for calls, whose durations count them. */
  @Nullable Counter messages() {
    return switch (verb) {
      case SUBMIT, PUBLISH -> registry.counter("messaging.client.sent.messages", messaging());
      case WORK, HANDLE ->
          registry.counter(
              "messaging.client.consumed.messages",
              messaging().and("messaging.consumer.group.name", group()));
      case CALL, OPEN, ANSWER, STREAM -> null;
    };
  }

  /** What a limit or a breaker refused, or would have refused. */
  Refused refused(String reason) {
    return new Refused(refused(reason, Mode.ENFORCE), refused(reason, Mode.OBSERVE));
  }

  Counter refused(String reason, Mode mode) {
    return registry.counter(
        "comms.refused",
        "contract",
        contract,
        "reason",
        reason,
        "mode",
        mode.name().toLowerCase(Locale.ROOT));
  }

  Counter expired() {
    return registry.counter("comms.expired", "contract", contract);
  }

  /**
   * The counters of retries.
   *
   * @param hedged whether those of hedges too
   */
  Retries.Counts retries(boolean hedged) {
    return new Retries.Counts(
        retry("sent"),
        retry("exhausted"),
        retry("no_budget"),
        retry("no_time"),
        hedged
            ? new Retries.Hedges(hedge("sent"), hedge("won"), hedge("no_budget"), hedge("stopped"))
            : null);
  }

  private Counter retry(String outcome) {
    return registry.counter("comms.retries", "contract", contract, "outcome", outcome);
  }

  private Counter hedge(String outcome) {
    return registry.counter("comms.hedges", "contract", contract, "outcome", outcome);
  }

  /** How much of its limit a call or a handling took, or null where the limit is another's. */
  @Nullable DistributionSummary deadlineUsed() {
    return switch (verb) {
      case CALL, ANSWER, WORK, HANDLE ->
          DistributionSummary.builder("comms.deadline.used")
              .description("how much of the contract's limit was used, 1 for all of it")
              .tags("contract", contract, "side", sends() ? "sender" : "handler")
              .serviceLevelObjectives(SHARES)
              .register(registry);
      case OPEN, STREAM, SUBMIT, PUBLISH -> null;
    };
  }

  /** Attempts made, by how each ended and whose fault that was. */
  @SuppressWarnings("EnumOrdinal") // a place in this process' array, stored nowhere
  Counter attempts(@Nullable CommsException failure) {
    if (failure == null) {
      return attempt(null);
    }
    int index = failure.kind().ordinal() * FAULTS + Action.fault(failure).ordinal();
    Counter known = failed.get(index);
    if (known == null) {
      known = attempt(failure);
      failed.set(index, known);
    }
    return known;
  }

  private Counter attempt(@Nullable CommsException failure) {
    return registry.counter(
        "comms.attempts",
        "contract",
        contract,
        "error.type",
        failure == null ? NONE : failure.kind().name(),
        "fault",
        failure == null ? NONE : Action.fault(failure).name().toLowerCase(Locale.ROOT));
  }
}
