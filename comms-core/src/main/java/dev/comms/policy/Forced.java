package dev.comms.policy;

/** What an operator makes of a breaker, whatever it measures. */
public enum Forced {
  /** Nothing: it opens and closes by what it measures. */
  NOT,
  /** Nothing passes. */
  OPEN,
  /** Everything passes, and nothing is measured. */
  DISABLED
}
