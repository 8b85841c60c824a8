package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code torn}: each file is as it was written: from its first line to its last, none missing, none
 * moved. {@code undrained}: a run that was not given the time to end proves nothing.
 */
final class WholeRule implements Rule {
  private final Verdicts verdicts;
  private final Map<String, Entry> last = new HashMap<>();
  private boolean drained;

  WholeRule(Verdicts verdicts) {
    this.verdicts = verdicts;
  }

  @Override
  public void see(Entry entry) {
    drained |= entry.op() == Op.DRAINED;
    Entry before = last.put(entry.process(), entry);
    if (before == null) {
      begins(entry);
    } else if (before.op() == Op.END) {
      torn(entry, "something follows the end");
    } else if (entry.seq() != before.seq() + 1) {
      torn(entry, "the line before it is number " + before.seq());
    } else if (entry.nanos() < before.nanos()) {
      torn(entry, "it is older than the line before it");
    }
    if (entry.op() == Op.END && entry.number(Facts.COUNT, -1) != entry.seq()) {
      torn(entry, "the end tells of " + entry.fact(Facts.COUNT) + " lines");
    }
  }

  private void begins(Entry entry) {
    if (entry.op() != Op.BEGIN || entry.seq() != 1) {
      torn(entry, "it should be number 1 and tell that " + entry.process() + " begins");
    } else if (!History.FORMAT.equals(entry.fact(Facts.FORMAT))) {
      torn(
          entry,
          "its format is "
              + entry.fact(Facts.FORMAT)
              + ", and this version reads "
              + History.FORMAT
              + "; check it with the version that wrote it");
    }
  }

  private void torn(Entry entry, String why) {
    verdicts.broken("torn", entry.place() + ": " + why);
  }

  @Override
  public void end() {
    for (Entry entry : last.values()) {
      if (entry.op() != Op.END) {
        torn(entry, "it is the last, and not an end");
      }
    }
    if (last.isEmpty()) {
      verdicts.broken("torn", "the history is empty");
    } else if (!drained) {
      verdicts.broken("undrained", "no line says that all was drained");
    }
  }
}
