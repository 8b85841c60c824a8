package dev.comms.shop.demo;

import java.io.PrintStream;

/** How far it is: a bar that is redrawn on a terminal, one line per 10 % otherwise. */
final class Progress {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private final boolean terminal;
  private final String what;
  private final int total;
  private int lastShown = -1;

  Progress(PrintStream out, boolean terminal, String what, int total) {
    this.out = out;
    this.terminal = terminal;
    this.what = what;
    this.total = total;
  }

  /** Shows that so many are done; safe for use by many threads. */
  synchronized void at(int done) {
    int perCent = total == 0 ? 100 : (int) Math.min(100, 100L * done / total);
    int shown = terminal ? perCent : perCent / 10 * 10;
    if (shown <= lastShown || (!terminal && shown == 0)) {
      return;
    }
    lastShown = shown;
    if (terminal) {
      int filled = WIDTH * perCent / 100;
      String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
      out.printf("\r%-10s [%s] %3d %% (%d of %d)", what, bar, perCent, done, total);
    } else {
      out.printf("%s: %d %% (%d of %d)%n", what, shown, done, total);
    }
    out.flush();
  }

  /** Ends the line. */
  synchronized void end() {
    if (terminal && lastShown >= 0) {
      out.println();
    }
  }
}
