package dev.comms.testkit;

import dev.comms.contract.Time;
import dev.comms.spi.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened, in order, at its virtual time. Safe for use by many threads. */
final class Journal {
  private static final int MOST = 200_000;
  private static final int LONGEST = 80;
  private static final int LAST = 200;

  enum Step {
    SUBMITTED,
    PUBLISHED,
    CALLED,
    ANSWERED,
    HANDLED,
    RETRIED,
    CONTINUED,
    DEAD_LETTERED,
    GIVEN_BACK,
    TAKEN_BACK,
    REDRIVEN,
    DISCARDED,
    GAP,
    FAULT
  }

  /**
   * One thing that happened.
   *
   * @param message to which message, or null
   * @param detail what else is to be known
   */
  record Entry(Instant at, Step step, @Nullable Envelope message, String detail) {
    boolean of(String contract) {
      return message != null && message.contract().equals(contract);
    }
  }

  private final Time time;
  private final Instant begin;
  private final boolean on;
  private final List<Entry> entries = new ArrayList<>();
  private long dropped;

  Journal(Time time, boolean on) {
    this.time = time;
    this.begin = time.now();
    this.on = on;
  }

  void note(Step step, @Nullable Envelope message, String detail) {
    if (!on) {
      return;
    }
    Entry entry = new Entry(time.now(), step, message, detail);
    synchronized (this) {
      if (entries.size() >= MOST) {
        dropped++;
      } else {
        entries.add(entry);
      }
    }
  }

  synchronized List<Entry> entries() {
    if (dropped > 0) {
      throw new IllegalStateException(
          "more happened than the " + MOST + " things that are kept; use several tests");
    }
    return List.copyOf(entries);
  }

  /** The latest, one a line; a message has the number under which it appeared first. */
  String tell() {
    List<Entry> all;
    synchronized (this) {
      all = List.copyOf(entries);
    }
    Map<String, Integer> numbers = new HashMap<>();
    StringBuilder text = new StringBuilder();
    int skipped = Math.max(0, all.size() - LAST);
    if (skipped > 0) {
      text.append("  (").append(skipped).append(" earlier)\n");
    }
    for (int i = 0; i < all.size(); i++) {
      String line = line(all.get(i), numbers);
      if (i >= skipped) {
        text.append(line);
      }
    }
    return all.isEmpty() ? "  nothing\n" : text.toString();
  }

  private String line(Entry entry, Map<String, Integer> numbers) {
    StringBuilder line = new StringBuilder("  ");
    line.append(clock(Duration.between(begin, entry.at()))).append("  ");
    String verb = entry.step().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    line.append(String.format(Locale.ROOT, "%-13s", verb));
    Envelope message = entry.message();
    if (message != null) {
      int number = numbers.computeIfAbsent(message.id(), id -> numbers.size() + 1);
      line.append(' ').append(message.contract()).append(" #").append(number);
      if (message.key() != null) {
        line.append(" key=").append(message.key());
      }
      boolean begins = entry.step().compareTo(Step.CALLED) <= 0;
      line.append(begins ? "  " + text(message) : "");
    }
    line.append(entry.detail().isEmpty() ? "" : "  " + entry.detail());
    return line.append('\n').toString();
  }

  private static String clock(Duration since) {
    String days = since.toDays() == 0 ? "" : since.toDays() + "d ";
    return String.format(
        Locale.ROOT,
        "%s%02d:%02d:%02d.%03d",
        days,
        since.toHoursPart(),
        since.toMinutesPart(),
        since.toSecondsPart(),
        since.toMillisPart());
  }

  /** The body, if it looks like a text. */
  private static String text(Envelope message) {
    String body = new String(message.body(), StandardCharsets.UTF_8);
    boolean readable = body.chars().allMatch(c -> c >= ' ' && c != 0xFFFD && c != 0x7F);
    if (!readable) {
      return message.body().length + " bytes";
    }
    return body.length() <= LONGEST ? body : body.substring(0, LONGEST) + "...";
  }
}
