package dev.comms.testkit.proxy;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * What a {@link FaultProxy} can do to the connections that go through it. Immutable; nothing goes
 * wrong before {@link FaultProxy#apply}.
 *
 * <p>Faults are meant for both directions unless {@link #towards} names one. Each counts and times
 * for every connection and direction by itself. Several are in force together: delays add up, of
 * two bandwidths or slicers the tighter holds, and every other fault does its own harm.
 */
public final class NetworkFault {
  private static final Set<Direction> BOTH = Set.of(Direction.values());

  private final Effect effect;
  private final Set<Direction> directions;

  private NetworkFault(Effect effect, Set<Direction> directions) {
    this.effect = effect;
    this.directions = directions;
  }

  private static NetworkFault of(Effect effect) {
    return new NetworkFault(effect, BOTH);
  }

  /** {@link #latency(Duration, Duration)} without jitter. */
  public static NetworkFault latency(Duration delay) {
    return latency(delay, Duration.ZERO);
  }

  /**
   * Bytes, and the end of a connection, arrive later: by the delay and a random part of the jitter,
   * drawn anew for each piece that is read. Order is kept. Many pieces are on their way at a time,
   * so the delay limits throughput only to {@value FaultProxy#IN_FLIGHT} bytes per delay.
   * Connecting itself is not delayed.
   *
   * @param delay from 0 to 1 day
   * @param jitter the most that is added to it, from 0 to 1 day
   * @throws IllegalArgumentException if one is not
   */
  public static NetworkFault latency(Duration delay, Duration jitter) {
    return of(
        new Effect.Latency(
            Values.nanos("latency: delay", delay), Values.nanos("latency: jitter", jitter)));
  }

  /**
   * Bytes pass at most at this rate.
   *
   * @param bytesPerSecond 1 or more, for each connection and direction by itself
   * @throws IllegalArgumentException if it is less
   */
  public static NetworkFault bandwidth(long bytesPerSecond) {
    return of(new Effect.Bandwidth(Values.atLeast(1, "bandwidth: bytesPerSecond", bytesPerSecond)));
  }

  /**
   * Nothing passes any more: no bytes, no close, no reset. Connections stay open, and new ones are
   * made. The proxy stops reading, so the sender's TCP window fills. Nothing is dropped: like a
   * network that sends again what was lost, all goes on after healing where both ends are still
   * there.
   */
  public static NetworkFault blackHole() {
    return of(new Effect.BlackHole());
  }

  /**
   * New connections are accepted and never answered: the server does not hear of them. Those made
   * before are untouched. After healing they are connected to the server, and what their clients
   * have sent goes on; those whose clients have left are gone. Has no direction.
   */
  public static NetworkFault silent() {
    return of(new Effect.Silent());
  }

  /** {@link #resetAfter} 0 bytes: at once, and every new connection as soon as it is made. */
  public static NetworkFault reset() {
    return resetAfter(0);
  }

  /**
   * A connection is reset (RST, to both sides) when so many bytes have passed in a direction that
   * is meant, counted from when the fault began. As with any reset, the last bytes may be lost.
   *
   * @param bytes 0 or more
   * @throws IllegalArgumentException if it is less
   */
  public static NetworkFault resetAfter(long bytes) {
    return of(new Effect.End(Values.atLeast(0, "resetAfter: bytes", bytes), true));
  }

  /**
   * A connection is closed (FIN, to both sides) when exactly so many bytes have passed in a
   * direction that is meant, counted from when the fault began; what follows is dropped.
   *
   * @param bytes 0 or more
   * @throws IllegalArgumentException if it is less
   */
  public static NetworkFault cutAfter(long bytes) {
    return of(new Effect.End(Values.atLeast(0, "cutAfter: bytes", bytes), false));
  }

  /**
   * When one side closes, the other hears of it so much later. Bytes are not delayed.
   *
   * @param delay from 0 to 1 day
   * @throws IllegalArgumentException if it is not
   */
  public static NetworkFault slowClose(Duration delay) {
    return of(new Effect.SlowClose(Values.nanos("slowClose: delay", delay)));
  }

  /**
   * Bytes are written in small slices, so that a reader sees parts of messages.
   *
   * @param maxBytes in one write, 1 or more
   * @param pause between writes, from 0 to 1 day; with 0 the slices may arrive together
   * @throws IllegalArgumentException if one is not
   */
  public static NetworkFault slicer(int maxBytes, Duration pause) {
    return of(
        new Effect.Slices(
            (int) Values.atLeast(1, "slicer: maxBytes", maxBytes),
            Values.nanos("slicer: pause", pause)));
  }

  /**
   * Bytes are changed to other ones. Which, and to what, depends only on the proxy's seed, how many
   * faults were applied and connections accepted before, the direction, and the byte's place since
   * the fault began. Bytes that the proxy had read before that stay as they are.
   *
   * @param probability for each byte, more than 0 and at most 1
   * @throws IllegalArgumentException if it is not
   */
  public static NetworkFault corrupt(double probability) {
    return of(new Effect.Corrupt(Values.probability("corrupt: probability", probability), 0));
  }

  /**
   * The same as {@link #corrupt}, but every so many bytes the last one is changed.
   *
   * @param bytes 1 or more
   * @throws IllegalArgumentException if it is less
   */
  public static NetworkFault corruptEvery(long bytes) {
    return of(new Effect.Corrupt(0, Values.atLeast(1, "corruptEvery: bytes", bytes)));
  }

  /**
   * The listening socket is closed: connecting fails with "connection refused". Connections made
   * before go on. After healing the proxy listens again, on the same port. Has no direction.
   */
  public static NetworkFault refuse() {
    return of(new Effect.Refuse());
  }

  /**
   * The same fault for this direction alone.
   *
   * @throws IllegalArgumentException for {@link #silent()} and {@link #refuse()}, which concern
   *     connections and not what goes through them
   */
  public NetworkFault towards(Direction direction) {
    if (!effect.directed()) {
      throw new IllegalArgumentException(
          effect.words()
              + ": towards is "
              + direction
              + " but it concerns connections, which have no direction: leave towards out");
    }
    return new NetworkFault(effect, Set.of(direction));
  }

  Effect effect() {
    return effect;
  }

  boolean concerns(Direction direction) {
    return directions.contains(direction);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NetworkFault fault
        && effect.equals(fault.effect)
        && directions.equals(fault.directions);
  }

  @Override
  public int hashCode() {
    return effect.hashCode() * 31 + directions.hashCode();
  }

  /** As {@link ProxyMain} reads it: {@code latency=500ms,200ms,client}. */
  @Override
  public String toString() {
    if (directions.equals(BOTH)) {
      return effect.words();
    }
    String direction = directions.iterator().next().name().toLowerCase(Locale.ROOT);
    return effect.words() + (effect.words().contains("=") ? "," : "=") + direction;
  }
}
