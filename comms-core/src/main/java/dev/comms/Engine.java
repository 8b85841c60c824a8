package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Context;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Policies;
import dev.comms.policy.Steps;
import dev.comms.spi.Host;
import dev.comms.spi.Transport;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What all parts of one service share. Its phase is the only state. */
final class Engine {
  /** From first to last. */
  enum Phase {
    MADE,
    STARTING,
    STARTED,
    CLOSED
  }

  final String service;
  final MeterRegistry meters;
  final Time time;
  final Policies policies;
  final OpenTelemetry telemetry;
  final Executor callbacks;
  private volatile Phase phase = Phase.MADE;

  Engine(
      String service,
      MeterRegistry meters,
      Time time,
      Policies policies,
      OpenTelemetry telemetry,
      Executor callbacks) {
    this.service = service;
    this.meters = meters;
    this.time = time;
    this.policies = policies;
    this.telemetry = telemetry;
    this.callbacks = callbacks;
  }

  Host host() {
    return new Host(service, meters, time, callbacks);
  }

  Steps.Place place(String target, Transport transport) {
    return new Steps.Place(
        target, transport.system(), policies, meters, time, callbacks, telemetry);
  }

  Phase phase() {
    return phase;
  }

  void phase(Phase next) {
    phase = next;
  }

  /** What may be waited for: the limit, and what is left to a handler on whose thread this runs. */
  Deadline deadline(Duration limit, boolean detached) {
    Deadline own = Deadline.after(time, limit);
    Context context = detached ? null : Context.current();
    return context == null ? own : own.earlier(context.deadline());
  }

  /** Null if verbs may be used now; else why not. */
  @Nullable CommsException refusal(String contract) {
    return switch (phase) {
      case STARTED -> null;
      case MADE, STARTING ->
          new CommsException.Misconfigured(
              contract, "used before comms.start(); start comms when its handlers are registered");
      case CLOSED ->
          new CommsException.Unavailable(
              Facts.of(contract)
                  .effect(Effect.NONE)
                  .fault(Fault.LOCAL)
                  .message("used after comms.close()"));
    };
  }
}
