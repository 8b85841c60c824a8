package dev.comms.contract;

/** Whether the other side may have acted on what failed. */
public enum Effect {
  /** It certainly did not act: repeating is safe. */
  NONE,
  /** It may have acted: repeating is safe only if the contract is idempotent. */
  POSSIBLE
}
