package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code unsettled}: every delivery is settled. {@code settled-twice}: and only once; of what was
 * never delivered, not at all.
 */
final class SettleRule implements Rule {
  private final Verdicts verdicts;
  // Those that are not settled yet, by number.
  private final Map<String, Entry> open = new LinkedHashMap<>();

  SettleRule(Verdicts verdicts) {
    this.verdicts = verdicts;
  }

  @Override
  public void see(Entry entry) {
    String delivery = entry.fact(Facts.DELIVERY, "");
    if (entry.op() == Op.DELIVER && open.put(delivery, entry) != null) {
      verdicts.broken("settled-twice", "two deliveries are number " + delivery);
    } else if (entry.is(Op.SETTLE, Type.INVOKE) && open.remove(delivery) == null) {
      verdicts.broken(
          "settled-twice",
          entry.channel() + " " + entry.id() + ", delivery " + delivery + ", in " + entry.place());
    }
  }

  @Override
  public void end() {
    open.values()
        .forEach(
            entry ->
                verdicts.broken(
                    "unsettled", entry.channel() + " " + entry.id() + " in " + entry.place()));
  }
}
