package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code unsettled}: every delivery is settled, and that ends. {@code settled-twice}: and only
 * once; of what was never delivered, not at all.
 */
final class SettleRule implements Rule {
  private final Verdicts verdicts;
  private final Declared declared;
  // By number: those that nobody settles yet, and those whose settling has not ended.
  private final Map<String, Entry> open = new LinkedHashMap<>();
  private final Map<String, Entry> settling = new LinkedHashMap<>();

  SettleRule(Verdicts verdicts, Declared declared) {
    this.verdicts = verdicts;
    this.declared = declared;
  }

  @Override
  public void see(Entry entry) {
    String delivery = entry.fact(Facts.DELIVERY, "");
    if (entry.op() == Op.DELIVER && open.put(delivery, entry) != null) {
      verdicts.broken("settled-twice", "two deliveries are number " + delivery);
    } else if (entry.is(Op.SETTLE, Type.INVOKE)) {
      if (open.remove(delivery) == null) {
        verdicts.broken(
            "settled-twice",
            entry.channel() + " " + entry.id() + ", delivery " + delivery + ", " + entry.place());
      }
      settling.put(delivery, entry);
    } else if (entry.op() == Op.SETTLE) {
      settling.remove(delivery);
    }
  }

  @Override
  public void end() {
    open.values().forEach(entry -> unsettled(entry, "is never settled"));
    settling.values().forEach(entry -> unsettled(entry, "is settled without an end"));
  }

  /** What a process held when it died, its broker took back. */
  private void unsettled(Entry entry, String what) {
    if (!declared.died(entry.process())) {
      verdicts.broken(
          "unsettled", entry.channel() + " " + entry.id() + " " + what + ", " + entry.place());
    }
  }
}
