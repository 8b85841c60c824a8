package dev.comms.testkit;

import dev.comms.contract.Contract;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is to go wrong, how often and for how long: every time until {@link Faults#clear()}, unless
 * it says less. Nothing goes wrong before {@link #on} or {@link #everywhere}. Immutable; each
 * method returns a copy.
 */
public final class Fault {
  enum Kind {
    LOST_CONFIRM,
    LOST_ACK,
    DUPLICATE,
    REORDER_ACROSS_KEYS,
    CRASH_AFTER_HANDLER,
    CRASH_AFTER_RETRY_COPY,
    BLOCKED_PUBLISHER,
    SLOW_NETWORK
  }

  private final Faults faults;
  private final Terms terms;

  /**
   * The terms.
   *
   * @param latency how slow, for a slow network
   */
  record Terms(Kind kind, Duration latency, int times, double chance, Duration lasting) {}

  Fault(Faults faults, Terms terms) {
    this.faults = faults;
    this.terms = terms;
  }

  /** Only so often: 1 or more. */
  public Fault times(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("fault: times is " + most + " but must be 1 or more");
    }
    return with(new Terms(terms.kind, terms.latency, most, terms.chance, terms.lasting));
  }

  /** Only with this chance each time, from more than 0 to 1; which times, the seed says. */
  public Fault chance(double each) {
    if (!(each > 0 && each <= 1)) {
      throw new IllegalArgumentException(
          "fault: chance is " + each + " but must be more than 0 and at most 1");
    }
    return with(new Terms(terms.kind, terms.latency, terms.times, each, terms.lasting));
  }

  /** Only until so much time has passed on the clock. */
  public Fault lasting(Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("fault: lasting is " + time + " but must be more than 0");
    }
    return with(new Terms(terms.kind, terms.latency, terms.times, terms.chance, time));
  }

  /** From now on, to these contracts. */
  public void on(Contract first, Contract... more) {
    faults.begin(
        terms,
        Stream.concat(Stream.of(first), Stream.of(more))
            .map(Contract::name)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** From now on, to every contract. */
  public void everywhere() {
    faults.begin(terms, Set.of());
  }

  private Fault with(Terms other) {
    return new Fault(faults, other);
  }
}
