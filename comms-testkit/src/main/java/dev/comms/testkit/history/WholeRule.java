package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code torn}: each file is as it was written: from its first line to its last, none missing, none
 * moved. {@code undrained}: a run that was not given the time to end proves nothing.
 */
final class WholeRule implements Rule {
  private final Verdicts verdicts;
  private final Declared declared;
  private final Map<String, Entry> last = new HashMap<>();
  private final Set<String> drainedBy = new HashSet<>();
  private boolean drained;

  WholeRule(Verdicts verdicts, Declared declared) {
    this.verdicts = verdicts;
    this.declared = declared;
  }

  @Override
  public void see(Entry entry) {
    if (entry.op() == Op.DRAINED) {
      drained = true;
      drainedBy.add(entry.process());
    } else if (asks(entry) && drainedBy.contains(entry.process())) {
      verdicts.broken("undrained", entry.place() + ": asked when all was said to be drained");
    }
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

  private static boolean asks(Entry entry) {
    return entry.type() == Type.INVOKE
        && (entry.op() == Op.CALL || entry.op() == Op.SUBMIT || entry.op() == Op.PUBLISH);
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
      if (entry.op() != Op.END && !declared.died(entry.process())) {
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
