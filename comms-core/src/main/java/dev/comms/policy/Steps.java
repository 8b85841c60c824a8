package dev.comms.policy;

import dev.comms.contract.Contract;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange.Verb;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The built-in policies of one contract at one destination. It makes them; the order in which they
 * apply is the pipeline's.
 */
public final class Steps {
  private final Place place;
  private final Contract contract;
  private final Meters meters;

  /** What all contracts of one destination, of one server or of one group share. */
  public static final class Place {
    private final String target;
    private final String system;
    private final Policies policies;
    private final MeterRegistry registry;
    private final Time time;
    private final Executor callbacks;
    private final Traces traces;
    private final RetryBudget budget;
    private final RateLimiter rate;
    private final Limits.Places inFlight;
    private final Limits.Places serving;
    private final Circuits circuits;
    private final Switches switches;

    /**
     * A place.
     *
     * @param target the destination as configured, or the group that handles
     * @param system the transport's system
     */
    public Place(
        String target,
        String system,
        Policies policies,
        Switches switches,
        MeterRegistry registry,
        Time time,
        Executor callbacks,
        OpenTelemetry telemetry) {
      this.target = target;
      this.system = system;
      this.policies = policies;
      this.registry = registry;
      this.time = time;
      this.callbacks = callbacks;
      this.traces = new Traces(telemetry);
      this.budget = new RetryBudget(time);
      this.rate = Limits.perSecond(target, Math.max(1, policies.perSecond()));
      this.inFlight = new Limits.Places(target, policies.inFlight());
      this.serving = new Limits.Places(target, policies.serving());
      this.circuits = new Circuits(target, time);
      this.switches = switches;
    }

    public String target() {
      return target;
    }

    /**
     * From now on its breakers are forced as this says, of a contract and this target; it is asked
     * under a lock and must not call back.
     */
    public void force(BiFunction<Contract, String, Forced> by) {
      circuits.force(by);
    }
  }

  public Steps(Place place, Verb verb, Contract contract) {
    this.place = place;
    this.contract = contract;
    this.meters = new Meters(place.registry, verb, place.system, contract, place.target);
  }

  public Policy telemetry() {
    return Telemetry.aroundMessage(meters, place.time, place.traces);
  }

  public Policy attemptTelemetry() {
    return Telemetry.aroundAttempt(meters, place.traces);
  }

  public Policy notLate() {
    return Deadlines.notLate(meters.refused("no_time_left", Mode.ENFORCE));
  }

  public Policy notExpired() {
    return Deadlines.notExpired(place.time, meters.expired());
  }

  /** Empty if no rate is limited. */
  public List<Policy> rateLimit() {
    return place.policies.perSecond() == 0
        ? List.of()
        : List.of(
            limits(mode -> Limits.rate(place.rate, mode, meters.refused("rate_limited", mode))));
  }

  public Policy bulkhead() {
    return limits(
        mode ->
            Limits.inFlight(
                place.inFlight, mode, Fault.LOCAL, meters.refused("bulkhead_full", mode)));
  }

  public Policy shed() {
    return limits(
        mode -> Limits.inFlight(place.serving, mode, Fault.OVERLOAD, meters.refused("shed", mode)));
  }

  private Policy limits(Function<Mode, Policy> made) {
    return new Switched(place.switches::limits, made);
  }

  public Policy retries() {
    return new Retries(
        contract,
        place.policies.backoff(),
        place.budget,
        place.time,
        place.callbacks,
        meters.retries());
  }

  public Policy breaker() {
    return new Switched(place.switches::breaker, this::breaker);
  }

  private Policy breaker(Mode mode) {
    Breaker.Settings settings = Breaker.Settings.STANDARD.in(mode);
    return new Breaker(
        place.circuits.of(contract, settings),
        contract,
        settings,
        place.time,
        meters.refused("circuit_open", mode));
  }
}
