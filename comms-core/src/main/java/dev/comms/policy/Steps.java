package dev.comms.policy;

import dev.comms.contract.Call;
import dev.comms.contract.Contract;
import dev.comms.contract.Fault;
import dev.comms.contract.Time;
import dev.comms.policy.Exchange.Verb;
import dev.comms.spi.Gauges;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.api.OpenTelemetry;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;

/**
 * The built-in policies of one contract at one destination. It makes them; the order in which they
 * apply is the pipeline's.
 */
public final class Steps {
  private final Place place;
  private final Contract contract;
  private final Meters meters;

  /**
   * What all contracts of one destination, of one server or of one group share: all that is counted
   * or forced lives here, so that a pipeline may be made anew at any time. Safe for use by many
   * threads.
   */
  public static final class Place {
    private final String target;
    private final String system;
    private final Policies policies;
    private final MeterRegistry registry;
    private final Time time;
    private final Executor callbacks;
    private final Traces traces;
    private final RetryBudget budget;
    private final Rate rate;
    private final Limits.Places inFlight;
    private final Limits.Places serving;
    private final Circuits circuits;
    private final Switches switches;
    private final Gauges gauges;

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
        OpenTelemetry telemetry,
        Gauges gauges) {
      this.target = target;
      this.system = system;
      this.policies = policies;
      this.registry = registry;
      this.time = time;
      this.callbacks = callbacks;
      this.traces = new Traces(telemetry);
      this.budget = new RetryBudget(time);
      this.rate = new Rate(time);
      this.inFlight = new Limits.Places(target, policies.inFlight());
      this.serving = new Limits.Places(target, policies.serving());
      this.circuits = new Circuits(target, time);
      this.switches = switches;
      this.gauges = gauges;
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

    private void showBudget() {
      gauges.sum(
          "comms.retry.budget",
          "how many retries this destination still bears at this moment",
          tags(),
          budget::left);
    }

    private void show(Limits.Places places) {
      gauges.sum("comms.in.flight", "how many are under way at this moment", tags(), places::taken);
    }

    private Tags tags() {
      return Tags.of("system", system, "target", target);
    }
  }

  public Steps(Place place, Verb verb, Contract contract) {
    this.place = place;
    this.contract = contract;
    this.meters = new Meters(place.registry, verb, place.system, contract, place.target);
  }

  public Policy telemetry() {
    return Telemetry.aroundMessage(meters, place.time, place.traces, contract);
  }

  public Policy attemptTelemetry() {
    return Telemetry.aroundAttempt(meters, place.traces);
  }

  public Policy notLate() {
    return Deadlines.notLate(meters.refused("no_time_left", Mode.ENFORCE));
  }

  /** Counted apart from what comes too late, since it tells of too few threads. */
  public Policy stillWanted() {
    return new Wanted(place.serving, place.time, place.switches, meters.refused("late_when_begun"));
  }

  public Policy notExpired() {
    return Deadlines.notExpired(place.time, meters.expired());
  }

  /** Empty if no rate is limited. */
  public List<Policy> rateLimit() {
    int most = place.policies.perSecond();
    return most == 0
        ? List.of()
        : List.of(
            Limits.rate(
                place.rate, most, place.target, place.switches, meters.refused("rate_limited")));
  }

  public Policy bulkhead() {
    place.show(place.inFlight);
    return Limits.inFlight(
        place.inFlight, place.switches, Fault.LOCAL, meters.refused("bulkhead_full"));
  }

  public Policy shed() {
    place.show(place.serving);
    return Limits.inFlight(place.serving, place.switches, Fault.OVERLOAD, meters.refused("shed"));
  }

  public Policy retries() {
    place.showBudget();
    boolean hedged = contract instanceof Call<?, ?> call && call.hedgedAfter() != null;
    return new Retries(
        contract,
        place.policies.backoff(),
        place.budget,
        place.time,
        place.callbacks,
        meters.retries(hedged));
  }

  public Policy breaker() {
    return new Breaker(
        place.circuits.of(contract),
        place.switches,
        contract,
        place.time,
        meters.refused("circuit_open"));
  }
}
