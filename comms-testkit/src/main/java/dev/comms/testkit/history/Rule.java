package dev.comms.testkit.history;

/** One thing that must hold; it sees every line of every file in turn, and then the end. */
interface Rule {
  void see(Entry entry);

  default void end() {
    // What was wrong was told when it was seen.
  }
}
