package dev.comms.torture;

import java.util.ArrayList;
import java.util.List;

/** The time of one fault, and the operations that it met. Guarded by the {@link Load}. */
final class Window {
  private final long from = System.nanoTime();
  private final long slow;
  private final List<Long> successes = new ArrayList<>();
  private long mended;
  private int met;
  private int failed;
  private int unknown;
  private int delayed;
  private int left;

  /**
   * @param slow what took so many nanoseconds was delayed
   * @param underWay how many operations are under way
   */
  Window(long slow, int underWay) {
    this.slow = slow;
    this.met = underWay;
  }

  void begins() {
    met += mended == 0 ? 1 : 0;
  }

  /** From now on what begins is not met by it any more. */
  void mended(int underWay) {
    mended = System.nanoTime();
    left = underWay;
  }

  void ends(long begun, Load.End how) {
    long now = System.nanoTime();
    if (how == Load.End.OK) {
      successes.add(now);
    }
    if (mended != 0 && begun - mended >= 0) {
      return;
    }
    left -= mended == 0 ? 0 : 1;
    failed += how == Load.End.OK ? 0 : 1;
    unknown += how == Load.End.UNKNOWN ? 1 : 0;
    delayed += how == Load.End.OK && now - Math.max(begun, from) > slow ? 1 : 0;
  }

  /** Whether all that it met has ended. */
  boolean over() {
    return mended != 0 && left <= 0;
  }

  /** When the first operation succeeded from this moment on; 0 if none did yet. */
  long successAfter(long moment) {
    for (long success : successes) {
      if (success - moment >= 0) {
        return success;
      }
    }
    return 0;
  }

  Hit hit(String kind, long downMs, long firstOkMs) {
    return new Hit(kind, met, failed, unknown, delayed, downMs, firstOkMs);
  }
}
