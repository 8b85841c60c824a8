package dev.comms.kafka;

import java.util.Map;
import java.util.TreeMap;

/** How many records and bytes wait for their confirm, and the bound of both. Thread-safe. */
final class UnderWay {
  static final int MOST_RECORDS = 10_000;

  /** The producer's buffer has room for more: the rest is for batches that are not full. */
  static final long MOST_BYTES = 16L * 1024 * 1024;

  private int records;
  private long bytes;

  /** Whether there is room; if so, it is taken. One record alone may be of any size. */
  synchronized boolean enter(int size) {
    if (records >= MOST_RECORDS || (records > 0 && bytes + size > MOST_BYTES)) {
      return false;
    }
    records++;
    bytes += size;
    return true;
  }

  synchronized void leave(int size) {
    records--;
    bytes -= size;
  }

  synchronized boolean isEmpty() {
    return records == 0;
  }

  synchronized Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("unconfirmed", Integer.toString(records));
    facts.put("unconfirmedBytes", Long.toString(bytes));
    return facts;
  }

  @Override
  public synchronized String toString() {
    return records + " events of " + bytes + " bytes";
  }
}
