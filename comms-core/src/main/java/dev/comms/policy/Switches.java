package dev.comms.policy;

/**
 * Whether breakers and limits refuse or only count; an operator may switch while they work, and it
 * holds from the next message on. Safe for use by many threads.
 */
public final class Switches {
  private volatile Mode breaker;
  private volatile Mode limits;

  public Switches(Mode breaker, Mode limits) {
    this.breaker = breaker;
    this.limits = limits;
  }

  public void breaker(Mode mode) {
    breaker = mode;
  }

  public void limits(Mode mode) {
    limits = mode;
  }

  Mode breaker() {
    return breaker;
  }

  Mode limits() {
    return limits;
  }
}
