package dev.comms.policy;

import dev.comms.contract.CommsException;
import dev.comms.contract.Contract;
import dev.comms.contract.Deadline;
import dev.comms.spi.Envelope;
import dev.comms.spi.Order;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message on its way through the policies. What it carries is immutable; a policy that wants to
 * change something proceeds with a copy.
 */
public final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /** The header that tells the next hop that this is a retry already, so that one layer retries. */
  public static final String ATTEMPT = "comms-attempt";

  /** What is being done. */
  public enum Verb {
    CALL,
    OPEN,
    SUBMIT,
    PUBLISH,
    ANSWER,
    STREAM,
    WORK,
    HANDLE;

    /** Whether this side asked for it. */
    public boolean sends() {
      return switch (this) {
        case CALL, OPEN, SUBMIT, PUBLISH -> true;
        case ANSWER, STREAM, WORK, HANDLE -> false;
      };
    }
  }

  /** Told once, when the message or the attempt has ended. */
  @FunctionalInterface
  public interface End {
    void ended(@Nullable CommsException failure);
  }

  private final Verb verb;
  private final Contract contract;
  private final String target;
  private final Envelope message;
  private final Deadline deadline;
  private final int attempt;
  private final Order order;
  private final Context trace;
  private final Ends ends;

  private Exchange(
      Verb verb,
      Contract contract,
      String target,
      Envelope message,
      Deadline deadline,
      int attempt,
      Order order,
      Context trace,
      Ends ends) {
    this.verb = verb;
    this.contract = contract;
    this.target = target;
    this.message = message;
    this.deadline = deadline;
    this.attempt = attempt;
    this.order = order;
    this.trace = trace;
    this.ends = ends;
  }

  /**
   * A message at the beginning of its way.
   *
   * @param target the destination as configured, or the group that handles
   */
  public static Exchange of(
      Verb verb,
      Contract contract,
      String target,
      Envelope message,
      Deadline deadline,
      int attempt) {
    return new Exchange(
        verb,
        contract,
        target,
        message,
        deadline,
        attempt,
        Order.NOW,
        Context.current(),
        new Ends());
  }

  public Verb verb() {
    return verb;
  }

  public Contract contract() {
    return contract;
  }

  public String target() {
    return target;
  }

  public Envelope message() {
    return message;
  }

  public Deadline deadline() {
    return deadline;
  }

  /** Which attempt this is, from 1. */
  public int attempt() {
    return attempt;
  }

  /** How a task is to be queued; for all else: now. */
  public Order order() {
    return order;
  }

  /** The same exchange, to be queued like this. */
  public Exchange with(Order other) {
    return other.equals(order)
        ? this
        : new Exchange(verb, contract, target, message, deadline, attempt, other, trace, ends);
  }

  /** The same exchange with another message. */
  public Exchange with(Envelope other) {
    return new Exchange(verb, contract, target, other, deadline, attempt, order, trace, ends);
  }

  /** The same exchange with another deadline. */
  public Exchange with(Deadline other) {
    return new Exchange(verb, contract, target, message, other, attempt, order, trace, ends);
  }

  /** The same exchange in another trace, with what the message says of it. */
  Exchange with(Context other, Envelope telling) {
    return new Exchange(verb, contract, target, telling, deadline, attempt, order, other, ends);
  }

  /** One attempt of this exchange: it has observers, and an end, of its own. */
  Exchange attempt(int number, Deadline limit) {
    return new Exchange(verb, contract, target, message, limit, number, order, trace, new Ends());
  }

  Context trace() {
    return trace;
  }

  /** Makes this exchange's trace the current one of this thread until closed. */
  @SuppressWarnings("MustBeClosedChecker") // whoever asks for the scope closes it
  public Scope activate() {
    return trace.makeCurrent();
  }

  /** Registers an observer; it is told at once if the end has come. */
  public void onEnd(End observer) {
    ends.add(observer);
  }

  /** Tells the observers, last registered first; the pipeline calls it, and only once counts. */
  public void end(@Nullable CommsException failure) {
    ends.end(this, failure);
  }

  private void tell(@Nullable End observer, @Nullable CommsException failure) {
    if (observer == null) {
      return;
    }
    try {
      observer.ended(failure);
    } catch (RuntimeException thrown) {
      // Permits and the caller's result depend on the other observers.
      LOG.warn("{} {}: an observer of its end threw; mend it", contract, message.id(), thrown);
    }
  }

  /**
   * Guarded by itself: an end may be told on another thread than the one that registers. There is
   * one for each message and each attempt, and most have two observers: those need no list.
   */
  private static final class Ends {
    private static final End TOLD = failure -> {};

    private @Nullable End last; // or TOLD
    private @Nullable End before;
    private @Nullable Link earlier;
    private @Nullable CommsException failure;

    private record Link(End observer, @Nullable Link earlier) {}

    void add(End observer) {
      CommsException known;
      synchronized (this) {
        if (last != TOLD) {
          if (before != null) {
            earlier = new Link(before, earlier);
          }
          before = last;
          last = observer;
          return;
        }
        known = failure;
      }
      observer.ended(known);
    }

    void end(Exchange exchange, @Nullable CommsException how) {
      End first;
      End second;
      Link rest;
      synchronized (this) {
        if (last == TOLD) {
          return;
        }
        first = last;
        second = before;
        rest = earlier;
        last = TOLD;
        before = null;
        earlier = null;
        failure = how;
      }
      exchange.tell(first, how);
      exchange.tell(second, how);
      for (Link link = rest; link != null; link = link.earlier()) {
        exchange.tell(link.observer(), how);
      }
    }
  }
}
