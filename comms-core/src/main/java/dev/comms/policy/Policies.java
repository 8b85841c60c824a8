package dev.comms.policy;

import dev.comms.contract.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What takes part, never where: the order is fixed. Immutable; each method returns a copy.
 *
 * @param backoff the wait between attempts of a call, a submit or a publish
 * @param breaker whether the breaker refuses or only counts
 * @param inFlight the most that is under way to one destination at a time
 * @param perSecond the most that is begun per second to one destination; 0 for no such limit
 * @param serving the most calls that one server works on at a time; more are refused at once
 * @param limits whether limits refuse or only count
 * @param aroundMessage users' policies around a message that is sent, outermost first
 * @param aroundAttempt users' policies around each attempt, outermost first
 * @param aroundHandling users' policies around a message that is handled, outermost first
 */
public record Policies(
    Backoff backoff,
    Mode breaker,
    int inFlight,
    int perSecond,
    int serving,
    Mode limits,
    List<Policy> aroundMessage,
    List<Policy> aroundAttempt,
    List<Policy> aroundHandling) {

  public Policies {
    if (inFlight < 1 || serving < 1 || perSecond < 0) {
      throw new IllegalArgumentException(
          "policies: inFlight is "
              + inFlight
              + ", serving is "
              + serving
              + " and perSecond is "
              + perSecond
              + "; need at least 1, 1 and 0");
    }
    aroundMessage = List.copyOf(aroundMessage);
    aroundAttempt = List.copyOf(aroundAttempt);
    aroundHandling = List.copyOf(aroundHandling);
  }

  /**
   * 3 attempts from 100 ms doubling to 1 s (gRFC A6), breaker on, 10,000 in flight for a
   * destination, 256 calls served at a time, no rate limit.
   */
  public static Policies standard() {
    return new Policies(
        new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)),
        Mode.ENFORCE,
        10_000,
        0,
        256,
        Mode.ENFORCE,
        List.of(),
        List.of(),
        List.of());
  }

  public Policies backoff(Backoff wait) {
    return new Policies(
        wait,
        breaker,
        inFlight,
        perSecond,
        serving,
        limits,
        aroundMessage,
        aroundAttempt,
        aroundHandling);
  }

  public Policies breaker(Mode mode) {
    return new Policies(
        backoff,
        mode,
        inFlight,
        perSecond,
        serving,
        limits,
        aroundMessage,
        aroundAttempt,
        aroundHandling);
  }

  public Policies inFlight(int most) {
    return new Policies(
        backoff,
        breaker,
        most,
        perSecond,
        serving,
        limits,
        aroundMessage,
        aroundAttempt,
        aroundHandling);
  }

  public Policies perSecond(int most) {
    return new Policies(
        backoff,
        breaker,
        inFlight,
        most,
        serving,
        limits,
        aroundMessage,
        aroundAttempt,
        aroundHandling);
  }

  public Policies serving(int most) {
    return new Policies(
        backoff,
        breaker,
        inFlight,
        perSecond,
        most,
        limits,
        aroundMessage,
        aroundAttempt,
        aroundHandling);
  }

  public Policies limits(Mode mode) {
    return new Policies(
        backoff,
        breaker,
        inFlight,
        perSecond,
        serving,
        mode,
        aroundMessage,
        aroundAttempt,
        aroundHandling);
  }

  /** One more policy around each message that is sent, inside those named before. */
  public Policies aroundMessage(Policy policy) {
    return new Policies(
        backoff,
        breaker,
        inFlight,
        perSecond,
        serving,
        limits,
        and(aroundMessage, policy),
        aroundAttempt,
        aroundHandling);
  }

  /** One more policy around each attempt, inside those named before. */
  public Policies aroundAttempt(Policy policy) {
    return new Policies(
        backoff,
        breaker,
        inFlight,
        perSecond,
        serving,
        limits,
        aroundMessage,
        and(aroundAttempt, policy),
        aroundHandling);
  }

  /** One more policy around each message that is handled, inside those named before. */
  public Policies aroundHandling(Policy policy) {
    return new Policies(
        backoff,
        breaker,
        inFlight,
        perSecond,
        serving,
        limits,
        aroundMessage,
        aroundAttempt,
        and(aroundHandling, policy));
  }

  private static List<Policy> and(List<Policy> some, Policy one) {
    List<Policy> more = new ArrayList<>(some);
    more.add(one);
    return more;
  }
}
