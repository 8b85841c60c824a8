package dev.comms.testkit;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Time;
import dev.comms.testkit.Fault.Kind;
import dev.comms.testkit.Fault.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong in a test, by name. Faults compose: each strikes where it applies, in the order
 * in which they were made. Chance and order come from the seed. Safe for use by many threads.
 */
public final class Faults {
  private static final int MOST = 1_000;
  private static final long ALWAYS = Long.MAX_VALUE;

  private final Time time;
  private final Journal journal;
  private final MemoryBroker broker;
  private final Random random;
  // All guarded by this.
  private final List<Active> active = new ArrayList<>();
  private final Set<Runnable> waiting = new LinkedHashSet<>();
  private long downUntil = Long.MIN_VALUE;

  Faults(Time time, long seed, Journal journal, MemoryBroker broker) {
    this.time = time;
    this.journal = journal;
    this.broker = broker;
    this.random = new Random(seed);
  }

  /** The broker has the message, or the server has answered, but nobody is told. */
  public Fault lostConfirm() {
    return fault(Kind.LOST_CONFIRM, Duration.ZERO);
  }

  /** The handler is done and believes to have said so, but the broker delivers again. */
  public Fault lostAck() {
    return fault(Kind.LOST_ACK, Duration.ZERO);
  }

  /** The broker stores a message twice, as after a repeated send; both have the same id. */
  public Fault duplicate() {
    return fault(Kind.DUPLICATE, Duration.ZERO);
  }

  /** Messages come in another order than sent, except those of one key. */
  public Fault reorderAcrossKeys() {
    return fault(Kind.REORDER_ACROSS_KEYS, Duration.ZERO);
  }

  /** The consumer ends after its handler and before it settles; all that it had comes again. */
  public Fault crashAfterHandler() {
    return fault(Kind.CRASH_AFTER_HANDLER, Duration.ZERO);
  }

  /** The consumer ends when the next attempt is queued, before it settles the failed one. */
  public Fault crashAfterRetryCopy() {
    return fault(Kind.CRASH_AFTER_RETRY_COPY, Duration.ZERO);
  }

  /** The broker takes nothing from publishers, who wait and then fail as overloaded. */
  public Fault blockedPublisher() {
    return fault(Kind.BLOCKED_PUBLISHER, Duration.ZERO);
  }

  /** What is sent, and the answer or confirm, takes so long each way; of a stream its opening. */
  public Fault slowNetwork(Duration latency) {
    if (latency.isNegative() || latency.isZero()) {
      throw new IllegalArgumentException(
          "fault: latency is " + latency + " but must be more than 0");
    }
    return fault(Kind.SLOW_NETWORK, latency);
  }

  private Fault fault(Kind kind, Duration latency) {
    return new Fault(this, new Terms(kind, latency, Integer.MAX_VALUE, 1, Duration.ZERO));
  }

  /**
   * From now on the broker of tasks and events is away for so long: publishers wait for it, and
   * what was delivered and not settled comes again. Of two such times the later end counts.
   */
  public void brokerDown(Duration lasting) {
    if (lasting.isNegative() || lasting.isZero()) {
      throw new IllegalArgumentException(
          "fault: the broker is down for " + lasting + " but that must be more than 0");
    }
    synchronized (this) {
      downUntil = Math.max(downUntil, time.nanos() + lasting.toNanos());
    }
    journal.note(Journal.Step.FAULT, null, "broker down for " + lasting);
    broker.members().forEach(member -> member.lose(false));
    time.schedule(lasting, this::changed);
  }

  /**
   * Takes from every member of a group what it reads and gives it to the next: what was delivered
   * and not settled comes again, there.
   */
  public void rebalanceNow() {
    journal.note(Journal.Step.FAULT, null, "rebalance");
    broker.groups().forEach(Group::rebalance);
  }

  /** From now on nothing goes wrong. */
  public void clear() {
    synchronized (this) {
      active.clear();
      downUntil = Long.MIN_VALUE;
    }
    changed();
  }

  void begin(Terms terms, Set<String> contracts) {
    long until = terms.lasting().isZero() ? ALWAYS : time.nanos() + terms.lasting().toNanos();
    synchronized (this) {
      if (active.size() >= MOST) {
        throw new IllegalStateException(MOST + " faults at a time; clear() those before");
      }
      active.add(new Active(terms, contracts, until));
    }
    if (until != ALWAYS) {
      time.schedule(terms.lasting(), this::changed);
    }
  }

  private void changed() {
    List<Runnable> released;
    synchronized (this) {
      released = List.copyOf(waiting);
      waiting.clear();
    }
    released.forEach(Runnable::run);
    broker.signal();
  }

  /** Whether this goes wrong now; it counts. */
  boolean strikes(Kind kind, String contract) {
    return strike(kind, contract) != null;
  }

  /** Whether there is such a fault at all; it does not count. */
  synchronized boolean has(Kind kind) {
    return active.stream().anyMatch(one -> one.terms.kind() == kind);
  }

  /** How long a message is under way. */
  Duration latency(String contract) {
    Active slow = strike(Kind.SLOW_NETWORK, contract);
    return slow == null ? Duration.ZERO : slow.terms.latency();
  }

  private synchronized @Nullable Active strike(Kind kind, String contract) {
    if (active.isEmpty()) {
      return null;
    }
    long now = time.nanos();
    active.removeIf(one -> one.left == 0 || one.until <= now);
    for (Active one : active) {
      if (one.terms.kind() == kind && one.concerns(contract) && hits(one)) {
        one.left--;
        if (kind != Kind.SLOW_NETWORK && kind != Kind.REORDER_ACROSS_KEYS) {
          journal.note(Journal.Step.FAULT, null, kind.words() + " on " + contract);
        }
        return one;
      }
    }
    return null;
  }

  private boolean hits(Active one) {
    return one.terms.chance() == 1 || random.nextDouble() < one.terms.chance();
  }

  synchronized boolean down() {
    return time.nanos() < downUntil;
  }

  synchronized int oneOf(int many) {
    return random.nextInt(many);
  }

  /** Why the broker takes nothing of this contract now, or null if it does. */
  @Nullable CommsException closed(String contract) {
    if (down()) {
      return new CommsException.Unavailable(
          Facts.of(contract)
              .effect(Effect.NONE)
              .fault(dev.comms.contract.Fault.NETWORK)
              .message("not sent: the broker is down"));
    }
    return strikes(Kind.BLOCKED_PUBLISHER, contract)
        ? new CommsException.Overloaded(
            Facts.of(contract)
                .effect(Effect.NONE)
                .fault(dev.comms.contract.Fault.OVERLOAD)
                .message("not sent: the broker blocks publishers; free its resources"))
        : null;
  }

  /** Runs it once when something has changed. */
  synchronized void whenChanged(Runnable what) {
    waiting.add(what);
  }

  /** Returns whether it was still to be run. */
  synchronized boolean forget(Runnable what) {
    return waiting.remove(what);
  }

  /** A fault at work; guarded by the faults. */
  private static final class Active {
    private final Terms terms;
    private final Set<String> contracts;
    private final long until;
    private int left;

    Active(Terms terms, Set<String> contracts, long until) {
      this.terms = terms;
      this.contracts = contracts;
      this.until = until;
      this.left = terms.times();
    }

    boolean concerns(String contract) {
      return contracts.isEmpty() || contracts.contains(contract);
    }
  }
}
