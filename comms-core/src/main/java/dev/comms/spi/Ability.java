package dev.comms.spi;

import dev.comms.contract.CommsException;

/**
 * What not every transport can do. What it does not name, {@code Comms} refuses at the start, or at
 * the verb where nothing was known before; nothing is weaker in silence.
 */
public enum Ability {
  /** Queued tasks of a higher class go first. */
  PRIORITIES("priorities"),
  /** A handler may put a checkpoint in place of its task. */
  CONTINUE_LATER("Verdict.continueLater"),
  /** A new group may begin at a moment of the past. */
  START_AT("Start.since and Start.at"),
  /** Kept events may be read again without a group. */
  REPLAY("replay"),
  /** Dead letters of events may be counted, redriven and discarded. */
  DEAD_EVENTS("dead letters of events"),
  /** The caller may send many messages in one call. */
  CLIENT_STREAMS("uploads and dialogues");

  private final String what;

  Ability(String what) {
    this.what = what;
  }

  /**
   * The refusal of a transport that lacks it.
   *
   * @param contract for which contract it was wanted
   * @param system the transport's name
   */
  public CommsException.Misconfigured refused(String contract, String system) {
    return new CommsException.Misconfigured(
        contract, system + " has no " + what + "; use another transport, or do without");
  }
}
