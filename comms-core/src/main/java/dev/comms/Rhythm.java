package dev.comms;

import dev.comms.contract.CommsException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** When a schedule is due: the same moments on every instance. Immutable. */
interface Rhythm {

  /** The first due time after this one. */
  Instant next(Instant after);

  /** The latest due time that is not after this one. */
  Instant latest(Instant notAfter);

  /** The multiples of a period since the epoch. */
  static Rhythm every(String name, Duration period) {
    if (period.compareTo(Duration.ofSeconds(1)) < 0 || period.compareTo(Duration.ofDays(365)) > 0) {
      throw new CommsException.Misconfigured(
          name, "the period is " + period + " but must be 1 s to 365 days");
    }
    return new Every(period.toMillis());
  }

  /** The moments of a cron expression in a zone. */
  static Rhythm cron(String name, String expression, ZoneId zone) {
    try {
      return Cron.of(name, expression, zone);
    } catch (NoClassDefFoundError missing) {
      throw new CommsException.Misconfigured(
          name,
          "cron('"
              + expression
              + "') needs the library com.cronutils:cron-utils, which is not on the class path;"
              + " add it, or use every(...)");
    }
  }

  /** See {@link #every}. */
  record Every(long millis) implements Rhythm {
    @Override
    public Instant next(Instant after) {
      return Instant.ofEpochMilli(Math.floorDiv(after.toEpochMilli(), millis) * millis + millis);
    }

    @Override
    public Instant latest(Instant notAfter) {
      return Instant.ofEpochMilli(Math.floorDiv(notAfter.toEpochMilli(), millis) * millis);
    }
  }
}
