package dev.comms.policy;

import dev.comms.contract.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** What takes part, never where: the order is fixed. Immutable; each method returns a copy. */
public final class Policies {
  // Written only before the constructor's caller gets it; a copy is changed before it is shown.
  private Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
  private Mode breaker = Mode.ENFORCE;
  private int inFlight = 10_000;
  private int perSecond;
  private int serving = 256;
  private Mode limits = Mode.ENFORCE;
  private List<Policy> aroundMessage = List.of();
  private List<Policy> aroundAttempt = List.of();
  private List<Policy> aroundHandling = List.of();

  private Policies() {}

  private Policies(Policies other, Consumer<Policies> change) {
    backoff = other.backoff;
    breaker = other.breaker;
    inFlight = other.inFlight;
    perSecond = other.perSecond;
    serving = other.serving;
    limits = other.limits;
    aroundMessage = other.aroundMessage;
    aroundAttempt = other.aroundAttempt;
    aroundHandling = other.aroundHandling;
    change.accept(this);
  }

  /**
   * 3 attempts from 100 ms doubling to 1 s (gRFC A6), breaker on, 10,000 in flight for a
   * destination, 256 calls served at a time, no rate limit.
   */
  public static Policies standard() {
    return new Policies();
  }

  /** The wait between attempts of a call, a submit or a publish. */
  public Backoff backoff() {
    return backoff;
  }

  /** With this wait between attempts. */
  public Policies backoff(Backoff wait) {
    Objects.requireNonNull(wait, "backoff");
    return new Policies(this, copy -> copy.backoff = wait);
  }

  /** Whether the breaker refuses or only counts. */
  public Mode breaker() {
    return breaker;
  }

  /** With the breaker in this mode. */
  public Policies breaker(Mode mode) {
    Objects.requireNonNull(mode, "breaker");
    return new Policies(this, copy -> copy.breaker = mode);
  }

  /** The most that is under way to one destination at a time. */
  public int inFlight() {
    return inFlight;
  }

  /** With at most so many, at least 1, under way to one destination. */
  public Policies inFlight(int most) {
    atLeast("inFlight", most, 1);
    return new Policies(this, copy -> copy.inFlight = most);
  }

  /** The most that is begun per second to one destination; 0 for no such limit. */
  public int perSecond() {
    return perSecond;
  }

  /** With at most so many begun per second to one destination; 0 for no such limit. */
  public Policies perSecond(int most) {
    atLeast("perSecond", most, 0);
    return new Policies(this, copy -> copy.perSecond = most);
  }

  /** The most calls that one server works on at a time; more are refused at once. */
  public int serving() {
    return serving;
  }

  /** With at most so many calls, at least 1, that one server works on at a time. */
  public Policies serving(int most) {
    atLeast("serving", most, 1);
    return new Policies(this, copy -> copy.serving = most);
  }

  /** Whether limits refuse or only count. */
  public Mode limits() {
    return limits;
  }

  /** With all limits in this mode. */
  public Policies limits(Mode mode) {
    Objects.requireNonNull(mode, "limits");
    return new Policies(this, copy -> copy.limits = mode);
  }

  /** Users' policies around a message that is sent, outermost first. */
  public List<Policy> aroundMessage() {
    return aroundMessage;
  }

  /** One more policy around each message that is sent, inside those named before. */
  public Policies aroundMessage(Policy policy) {
    return new Policies(this, copy -> copy.aroundMessage = and(aroundMessage, policy));
  }

  /** Users' policies around each attempt, outermost first. */
  public List<Policy> aroundAttempt() {
    return aroundAttempt;
  }

  /** One more policy around each attempt, inside those named before. */
  public Policies aroundAttempt(Policy policy) {
    return new Policies(this, copy -> copy.aroundAttempt = and(aroundAttempt, policy));
  }

  /** Users' policies around a message that is handled, outermost first. */
  public List<Policy> aroundHandling() {
    return aroundHandling;
  }

  /** One more policy around each message that is handled, inside those named before. */
  public Policies aroundHandling(Policy policy) {
    return new Policies(this, copy -> copy.aroundHandling = and(aroundHandling, policy));
  }

  private static List<Policy> and(List<Policy> some, Policy one) {
    List<Policy> more = new ArrayList<>(some);
    more.add(Objects.requireNonNull(one, "policy"));
    return List.copyOf(more);
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "policies: " + what + " is " + value + "; need at least " + least);
    }
  }
}
