package dev.comms.testkit.kit;

/** All that a transport may refuse; whatever else it does not do is a failure. */
public enum Refusal {
  /**
   * The members of a group read at once; where this is refused one reads, and the rest stand by.
   */
  MEMBERS_AT_ONCE
}
