package dev.comms.testkit.history;

import dev.comms.testkit.history.Entry.Op;
import dev.comms.testkit.history.Entry.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** A history written by hand, a millisecond a line, and what can be done to it. */
final class Story {
  private static final long MILLI = 1_000_000;

  private final List<Entry> lines = new ArrayList<>();
  private long now;

  /** One task of two attempts, one event of two groups and one key, two calls: all as promised. */
  static Story good() {
    Story story = new Story();
    story.line(Op.BEGIN, Type.OK, "", "", "format=1");
    story.line(Op.DECLARE, Type.OK, "mail", "", "attempts=2", "once=false");
    story.line(Op.DECLARE, Type.OK, "seen", "", "attempts=3", "once=false");
    story.line(Op.DECLARE, Type.OK, "seen", "", "group=a");
    story.line(Op.DECLARE, Type.OK, "seen", "", "group=b");
    story.tasks();
    story.events();
    story.calls();
    story.line(Op.DEAD, Type.OK, "mail", "t2", "group=", "why=attempts");
    story.line(Op.LEFT, Type.OK, "mail", "", "count=0");
    story.line(Op.DRAINED, Type.OK, "", "");
    story.line(Op.END, Type.OK, "", "", "count=" + (story.lines.size() + 1));
    return story;
  }

  private void tasks() {
    line(Op.SUBMIT, Type.INVOKE, "mail", "t1", "hash=h1", "deadline=" + later(5_000));
    line(Op.SUBMIT, Type.INVOKE, "mail", "t2", "hash=h2", "after=100", "deadline=" + later(5_000));
    line(Op.SUBMIT, Type.OK, "mail", "t1");
    line(Op.SUBMIT, Type.OK, "mail", "t2");
    line(Op.SUBMIT, Type.INVOKE, "mail", "t3", "hash=h3", "deadline=" + later(10));
    line(Op.SUBMIT, Type.FAIL, "mail", "t3", "why=UNAVAILABLE");
    worked("t1", "d1", 1, Type.OK, "done");
    pass(100);
    worked("t2", "d2", 1, Type.FAIL, "retry");
    pass(200);
    worked("t2", "d3", 2, Type.FAIL, "dead");
  }

  private void worked(String id, String delivery, int attempt, Type end, String how) {
    String number = "delivery=" + delivery;
    String hash = "hash=h" + id.charAt(1);
    String tries = "attempt=" + attempt;
    line(Op.DELIVER, Type.OK, "mail", id, number, "group=", hash, tries, "redrive=0");
    line(Op.RUN, Type.INVOKE, "mail", id, "kind=work", "group=", hash, tries, "now=1", "expires=1");
    line(Op.RUN, end, "mail", id, "kind=work", "group=", tries);
    line(Op.SETTLE, Type.INVOKE, "mail", id, number, "how=" + how, "after=200", "why=attempts");
    line(Op.SETTLE, Type.OK, "mail", id, number, "how=" + how);
  }

  private void events() {
    for (String id : List.of("e1", "e2")) {
      line(Op.PUBLISH, Type.INVOKE, "seen", id, "key=k", "hash=" + id, "deadline=" + later(5_000));
      line(Op.PUBLISH, Type.OK, "seen", id);
    }
    for (String group : List.of("a", "b")) {
      handled("e1", group);
      line(Op.COMMIT, Type.OK, "seen", "", "group=" + group, "partition=0", "offset=1");
      handled("e2", group);
      line(Op.COMMIT, Type.OK, "seen", "", "group=" + group, "partition=0", "offset=2");
    }
  }

  private void handled(String id, String group) {
    String number = "delivery=" + id + group;
    String by = "group=" + group;
    line(Op.DELIVER, Type.OK, "seen", id, number, by, "key=k", "hash=" + id, "attempt=1");
    line(Op.RUN, Type.INVOKE, "seen", id, "kind=handle", by, "key=k", "hash=" + id, "attempt=1");
    line(Op.RUN, Type.OK, "seen", id, "kind=handle", by, "attempt=1");
    line(Op.SETTLE, Type.INVOKE, "seen", id, number, "how=done");
    line(Op.SETTLE, Type.OK, "seen", id, number, "how=done");
  }

  private void calls() {
    for (String id : List.of("c1", "c2")) {
      String until = "deadline=" + later(1_000);
      line(Op.CALL, Type.INVOKE, "ask", id, "hash=" + id, until, "repeatable=false");
      line(Op.RUN, Type.INVOKE, "ask", id, "kind=answer", "hash=" + id, "attempt=1", until);
      line(Op.RUN, Type.OK, "ask", id, "kind=answer", "answer=to-" + id);
      line(Op.CALL, Type.OK, "ask", id, "answer=to-" + id);
    }
  }

  private long later(long millis) {
    return now + millis * MILLI;
  }

  private void pass(long millis) {
    now += millis * MILLI;
  }

  private void line(Op op, Type type, String channel, String id, String... facts) {
    now += MILLI;
    Map<String, String> all = new HashMap<>();
    for (String fact : facts) {
      all.put(fact.substring(0, fact.indexOf('=')), fact.substring(fact.indexOf('=') + 1));
    }
    lines.add(new Entry(lines.size() + 1L, now, "p", op, type, channel, id, all));
  }

  /** The place of the line that is this. */
  int at(String op, String type, String id, String... facts) {
    Predicate<Entry> wanted =
        entry ->
            entry.op().name().equalsIgnoreCase(op)
                && entry.type().name().equalsIgnoreCase(type)
                && entry.id().equals(id)
                && List.of(facts).stream()
                    .allMatch(
                        fact ->
                            fact.equals(
                                fact.substring(0, fact.indexOf('='))
                                    + "="
                                    + entry.fact(fact.substring(0, fact.indexOf('=')))));
    for (int i = 0; i < lines.size(); i++) {
      if (wanted.test(lines.get(i))) {
        return i;
      }
    }
    throw new AssertionError("no line is " + op + " " + type + " " + id + " " + List.of(facts));
  }

  Story without(int at) {
    lines.remove(at);
    return this;
  }

  Story swapped(int one, int other) {
    Entry first = lines.get(one);
    lines.set(one, lines.get(other));
    lines.set(other, first);
    return this;
  }

  /** The same line once more, right behind it. */
  Story twice(int at, String... facts) {
    lines.add(at + 1, with(lines.get(at), facts));
    return this;
  }

  Story changed(int at, String... facts) {
    lines.set(at, with(lines.get(at), facts));
    return this;
  }

  Story renamed(int at, String channel, String id) {
    Entry old = lines.get(at);
    lines.set(
        at,
        new Entry(
            old.seq(), old.nanos(), old.process(), old.op(), old.type(), channel, id, old.facts()));
    return this;
  }

  Story retyped(int at, Type type) {
    Entry old = lines.get(at);
    lines.set(
        at,
        new Entry(
            old.seq(),
            old.nanos(),
            old.process(),
            old.op(),
            type,
            old.channel(),
            old.id(),
            old.facts()));
    return this;
  }

  /** Moves what follows this line into the future. */
  Story delayed(int from, long millis) {
    for (int i = from; i < lines.size(); i++) {
      Entry old = lines.get(i);
      lines.set(i, at(old, i + 1L, old.nanos() + millis * MILLI));
    }
    return this;
  }

  private static Entry with(Entry old, String... facts) {
    Map<String, String> all = new HashMap<>(old.facts());
    for (String fact : facts) {
      all.put(fact.substring(0, fact.indexOf('=')), fact.substring(fact.indexOf('=') + 1));
    }
    return new Entry(
        old.seq(), old.nanos(), old.process(), old.op(), old.type(), old.channel(), old.id(), all);
  }

  private static Entry at(Entry old, long seq, long nanos) {
    return new Entry(
        seq, nanos, old.process(), old.op(), old.type(), old.channel(), old.id(), old.facts());
  }

  /** The task is submitted once more, under its id, and confirmed. */
  Story again(String id) {
    int at = at("submit", "info", id);
    Entry asked = lines.get(at("submit", "invoke", id));
    lines.add(at + 1, asked);
    lines.add(at + 2, lines.get(at));
    return retyped(at + 2, Type.OK);
  }

  /** What one process of several would have written: these operations, and its own frame. */
  List<Entry> of(String process, Set<String> ops) {
    List<Entry> own = new ArrayList<>();
    for (Entry line : lines) {
      String op = line.op().name().toLowerCase(Locale.ROOT);
      if (ops.contains(op) || Set.of("begin", "left", "drained", "end").contains(op)) {
        own.add(
            new Entry(
                1,
                line.nanos(),
                process,
                line.op(),
                line.type(),
                line.channel(),
                line.id(),
                line.facts()));
      }
    }
    return numbered(own);
  }

  static List<Entry> numbered(List<Entry> own) {
    List<Entry> all = new ArrayList<>();
    long nanos = 0;
    for (Entry line : own) {
      nanos = Math.max(nanos, line.nanos());
      all.add(at(line, all.size() + 1L, nanos));
    }
    Entry last = all.get(all.size() - 1);
    if (last.op() == Op.END) {
      all.set(all.size() - 1, with(last, "count=" + all.size()));
    }
    return all;
  }

  /** As they stand. */
  List<Entry> raw() {
    return List.copyOf(lines);
  }

  /** Numbered anew, as if it had been written like this. */
  List<Entry> entries() {
    return numbered(lines);
  }
}
