package dev.comms.testkit.history;

import dev.comms.testkit.history.Asked.Ask;
import dev.comms.testkit.history.Entry.Facts;
import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code phantom}: nothing is delivered, handled or dead that nobody sent, or of which the sender
 * was told that it certainly did not happen. {@code wrong-channel}: nor elsewhere than where it was
 * sent. {@code corrupt}: nor with other bytes.
 */
final class PhantomRule implements Rule {
  private final Verdicts verdicts;
  private final Asked asked;
  // The first that was seen of each id; it may have been sent by a process whose file comes later.
  private final Map<String, Entry> seen = new LinkedHashMap<>();

  PhantomRule(Verdicts verdicts, Asked asked) {
    this.verdicts = verdicts;
    this.asked = asked;
  }

  @Override
  public void see(Entry entry) {
    if (entry.op() != Op.DELIVER && !entry.is(Op.RUN, Type.INVOKE) && entry.op() != Op.DEAD) {
      return;
    }
    Ask ask = asked.of(entry.id());
    if (ask == null) {
      seen.putIfAbsent(entry.id(), entry);
    } else {
      check(ask, entry);
    }
  }

  private void check(Ask ask, Entry entry) {
    if (!ask.invoked.channel().equals(entry.channel())) {
      verdicts.broken(
          "wrong-channel", ask.text() + " is at " + entry.channel() + " in " + entry.place());
    }
    String sent = ask.invoked.fact(Facts.HASH, "");
    if (!sent.equals(entry.fact(Facts.HASH, sent))) {
      verdicts.broken("corrupt", ask.text() + " has other bytes in " + entry.place());
    }
    seen.putIfAbsent(entry.id(), entry);
  }

  @Override
  public void end() {
    seen.forEach(
        (id, entry) -> {
          Ask ask = asked.of(id);
          if (ask == null) {
            verdicts.broken(
                "phantom", entry.channel() + " " + id + " in " + entry.place() + " was never sent");
          } else if (ask.impossible()) {
            verdicts.broken(
                "phantom", ask.text() + " certainly did not happen, but see " + entry.place());
          } else if (entry.process().equals(ask.invoked.process())
              && entry.seq() < ask.invoked.seq()) {
            verdicts.broken("phantom", ask.text() + " was seen before, in " + entry.place());
          }
        });
  }
}
