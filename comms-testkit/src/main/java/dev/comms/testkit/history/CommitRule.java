package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code commit-backwards}: a group's position in a partition never goes back, as one process sees
 * it.
 */
final class CommitRule implements Rule {
  private final Verdicts verdicts;
  private final Map<String, Long> last = new HashMap<>();

  CommitRule(Verdicts verdicts) {
    this.verdicts = verdicts;
  }

  @Override
  public void see(Entry entry) {
    if (entry.op() != Op.COMMIT) {
      return;
    }
    String place =
        entry.process()
            + ", "
            + entry.channel()
            + ", group "
            + entry.fact(Facts.GROUP, "")
            + ", partition "
            + entry.fact(Facts.PARTITION, "");
    long offset = entry.number(Facts.OFFSET, 0);
    Long before = last.put(place, offset);
    if (before != null && offset < before) {
      verdicts.broken(
          "commit-backwards",
          place + ": from " + before + " to " + offset + ", in " + entry.place());
    }
  }
}
