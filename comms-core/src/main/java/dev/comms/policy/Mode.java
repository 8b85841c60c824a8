package dev.comms.policy;

/** Whether a limit refuses, or only counts what it would have refused. */
public enum Mode {
  OBSERVE,
  ENFORCE
}
