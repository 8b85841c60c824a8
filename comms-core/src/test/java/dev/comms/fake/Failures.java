package dev.comms.fake;

import dev.comms.contract.CommsException;
import dev.comms.contract.CommsException.Facts;
import dev.comms.contract.Effect;
import dev.comms.contract.Fault;

/** Failures as transports report them. */
public final class Failures {
  private Failures() {}

  /** Never sent. */
  public static CommsException unreachable() {
    return new CommsException.Unavailable(
        facts().effect(Effect.NONE).fault(Fault.NETWORK).message("no way"));
  }

  /** Sent, and then the way broke. */
  public static CommsException broken() {
    return new CommsException.Unavailable(facts().message("way broke"));
  }

  public static CommsException late(Fault fault) {
    return new CommsException.DeadlineExceeded(facts().fault(fault).message("late"));
  }

  /** Refused by the other side, which did nothing. */
  public static CommsException shed() {
    return new CommsException.Overloaded(
        facts().effect(Effect.NONE).fault(Fault.OVERLOAD).message("shed"));
  }

  public static CommsException failed() {
    return new CommsException.Failed(facts().message("it broke"));
  }

  public static Facts facts() {
    return Facts.of("test");
  }
}
