package dev.comms.contract;

/** Whose fault a failure was; retry, breaker, metrics and alerts read it. */
public enum Fault {
  /** The caller asked for something impossible, or gave too little time. */
  CALLER,
  /** This process refused or is wrongly set up. */
  LOCAL,
  /** The way between was broken. */
  NETWORK,
  /** The other side broke. */
  REMOTE,
  /** Somebody has too much to do. */
  OVERLOAD
}
