package dev.comms;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Context;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Policies;
import dev.comms.policy.Steps;
import dev.comms.spi.Gauges;
import dev.comms.spi.Host;
import dev.comms.spi.Transport;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
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

  /** Whether handlers are to run on platform threads even where there are virtual ones. */
  final boolean platformThreads;

  final Settings settings;
  final Operator operator;
  final Memory memory;
  final Gauges gauges;
  private volatile Phase phase = Phase.MADE;

  /** Without a store. */
  Engine(
      String service,
      MeterRegistry meters,
      Time time,
      Policies policies,
      OpenTelemetry telemetry,
      Executor callbacks) {
    this(
        service,
        meters,
        time,
        policies,
        telemetry,
        callbacks,
        false,
        Settings.none(),
        List.of(),
        new Memory(null, time));
  }

  /**
   * What all parts share.
   *
   * @param settings what is overridden at the beginning
   * @param contracts those that the service says it uses; empty if it does not say
   */
  Engine(
      String service,
      MeterRegistry meters,
      Time time,
      Policies policies,
      OpenTelemetry telemetry,
      Executor callbacks,
      boolean platformThreads,
      Settings settings,
      List<Contract> contracts,
      Memory memory) {
    this.service = service;
    this.meters = meters;
    this.time = time;
    this.policies = policies;
    this.telemetry = telemetry;
    this.callbacks = callbacks;
    this.platformThreads = platformThreads;
    this.memory = memory;
    this.settings = settings;
    this.gauges = new Gauges(meters);
    this.operator = new Operator(service, settings, policies, time, meters, contracts);
  }

  /** The contract as it is with what an operator has overridden. */
  <C extends Contract> C effective(C contract) {
    return settings.effective(contract);
  }

  Host host() {
    return new Host(service, meters, time, callbacks);
  }

  Steps.Place place(String target, Transport transport) {
    Steps.Place place =
        new Steps.Place(
            target,
            transport.system(),
            policies,
            operator.switches,
            meters,
            time,
            callbacks,
            telemetry,
            gauges);
    operator.know(place);
    return place;
  }

  Phase phase() {
    return phase;
  }

  void phase(Phase next) {
    phase = next;
  }

  /**
   * A blocking verb on a thread that completes futures would wait for what only such threads can
   * complete, and a few of them would stop the whole service.
   *
   * @throws CommsException.Misconfigured if this thread is one of those
   */
  void mayWait(Contract contract) {
    mayWait(contract.name());
  }

  void mayWait(String contract) {
    if (Pool.isOf(callbacks) || Time.callsBack()) {
      throw new CommsException.Misconfigured(
          contract,
          "a blocking verb was called in a continuation of a future of comms, on "
              + Thread.currentThread().getName()
              + "; use the ...Async form there, or continue with thenApplyAsync(..., yourExecutor)");
    }
  }

  /** What may be waited for: the limit, and what is left to a handler on whose thread this runs. */
  Deadline deadline(Duration limit, boolean detached) {
    Deadline own = Deadline.after(time, limit);
    Context context = detached ? null : Context.current();
    return context == null ? own : own.earlier(context.deadline());
  }

  /** What is left to a handler on whose thread this runs; for what has no limit of its own. */
  Deadline noLimit(boolean detached) {
    return deadline(Duration.ofDays(3_650), detached);
  }

  /** The same, inside the context of this thread, wherever it runs. */
  <T, R> Function<T, R> here(Function<T, R> work) {
    Context context = Context.current();
    if (context == null) {
      return work;
    }
    return given -> {
      AtomicReference<@Nullable R> result = new AtomicReference<>();
      context.wrap(() -> result.set(work.apply(given))).run();
      return Objects.requireNonNull(result.get());
    };
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
