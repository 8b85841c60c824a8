package dev.comms.testkit.history;

/**
 * What a history shows that must not be.
 *
 * @param rule which rule is broken, such as {@code lost}; see {@link HistoryCheck}
 * @param text what, and where in the history
 */
public record Violation(String rule, String text) {

  @Override
  public String toString() {
    return rule + ": " + text;
  }
}
