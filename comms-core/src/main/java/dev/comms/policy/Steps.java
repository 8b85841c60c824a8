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
    }

    public String target() {
      return target;
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
    Mode mode = place.policies.limits();
    return place.policies.perSecond() == 0
        ? List.of()
        : List.of(Limits.rate(place.rate, mode, meters.refused("rate_limited", mode)));
  }

  public Policy bulkhead() {
    Mode mode = place.policies.limits();
    return Limits.inFlight(
        place.inFlight, mode, Fault.LOCAL, meters.refused("bulkhead_full", mode));
  }

  public Policy shed() {
    Mode mode = place.policies.limits();
    return Limits.inFlight(place.serving, mode, Fault.OVERLOAD, meters.refused("shed", mode));
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
    Mode mode = place.policies.breaker();
    return new Breaker(
        place.target,
        contract,
        Breaker.Settings.STANDARD.in(mode),
        place.time,
        meters.refused("circuit_open", mode));
  }
}
