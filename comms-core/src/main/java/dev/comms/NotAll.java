package dev.comms;

import dev.comms.contract.CommsException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of a {@code publishAll} or {@code submitAll} were confirmed before one failed. It
 * travels as a suppressed exception of that failure; {@link #confirmed} finds it.
 */
public final class NotAll extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient SortedMap<Integer, String> ids;

  NotAll(@Nullable String[] ids) {
    super(message(ids), null, false, false);
    TreeMap<Integer, String> known = new TreeMap<>();
    for (int i = 0; i < ids.length; i++) {
      String id = ids[i];
      if (id != null) {
        known.put(i, id);
      }
    }
    this.ids = Collections.unmodifiableSortedMap(known);
  }

  /**
   * The position in the list, from 0, and the id of each message that was confirmed; empty if the
   * failure names none. One that is not here was not sent, or its fate is unknown.
   */
  public static SortedMap<Integer, String> confirmed(CommsException failure) {
    for (Throwable suppressed : failure.getSuppressed()) {
      if (suppressed instanceof NotAll some) {
        return some.ids;
      }
    }
    return Collections.emptySortedMap();
  }

  private static String message(@Nullable String[] ids) {
    StringBuilder runs = new StringBuilder();
    int many = 0;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == null) {
        continue;
      }
      int first = i;
      while (i + 1 < ids.length && ids[i + 1] != null) {
        i++;
      }
      many += i - first + 1;
      runs.append(runs.isEmpty() ? " (at " : ", ").append(first);
      runs.append(i > first ? " to " + i : "");
    }
    return many + " of " + ids.length + " were confirmed" + runs + (runs.isEmpty() ? "" : ")");
  }
}
