package dev.comms.contract;

/**
 * Which of the tasks that wait goes first. A higher one overtakes what is queued, never what a
 * worker already holds.
 */
public enum Priority {
  HIGH,
  NORMAL,
  LOW
}
