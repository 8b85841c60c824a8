package dev.comms.testkit;

import dev.comms.contract.Contract;
import dev.comms.contract.Event;
import dev.comms.contract.Task;
import java.time.Duration;
import java.util.Locale;
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
    SLOW_NETWORK;

    /** What it can strike: on anything else it would do nothing, without a word. */
    private boolean concerns(Contract contract) {
      return switch (this) {
        case LOST_CONFIRM, SLOW_NETWORK -> true;
        case CRASH_AFTER_RETRY_COPY -> contract instanceof Task<?>;
        default -> contract instanceof Task<?> || contract instanceof Event<?>;
      };
    }

    private Contract checked(Contract contract) {
      if (!concerns(contract)) {
        String what = this == CRASH_AFTER_RETRY_COPY ? "tasks" : "tasks and events";
        throw new IllegalArgumentException(
            "fault: " + words() + " on " + contract + " would do nothing; it strikes " + what);
      }
      return contract;
    }

    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
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

  /**
   * From now on, to these contracts.
   *
   * @throws IllegalArgumentException if it can do nothing to one of them
   */
  public void on(Contract first, Contract... more) {
    faults.begin(
        terms,
        Stream.concat(Stream.of(first), Stream.of(more))
            .map(terms.kind::checked)
            .map(Contract::name)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** From now on, to every contract that it can strike. */
  public void everywhere() {
    faults.begin(terms, Set.of());
  }

  private Fault with(Terms other) {
    return new Fault(faults, other);
  }
}
