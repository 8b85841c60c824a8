package dev.comms;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.comms.contract.CommsException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/** A cron expression in a zone; the only class that needs cron-utils. */
record Cron(String name, String expression, ExecutionTime times, ZoneId zone) implements Rhythm {

  static Cron of(String name, String expression, ZoneId zone) {
    CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    try {
      ExecutionTime times = ExecutionTime.forCron(parser.parse(expression).validate());
      Cron cron = new Cron(name, expression, times, zone);
      // Refuses at once what is never due.
      cron.next(Instant.EPOCH);
      return cron;
    } catch (IllegalArgumentException wrong) {
      throw new CommsException.Misconfigured(
          name,
          "cron '"
              + expression
              + "' cannot be read: "
              + wrong.getMessage()
              + "; it has five fields, minute hour day month weekday, such as '0 6 * * *'");
    }
  }

  @Override
  public Instant next(Instant after) {
    Instant regular = known(times.nextExecution(after.atZone(zone)));
    ZoneOffsetTransition change = zone.getRules().nextTransition(after);
    return change != null && change.isGap() && movedTo(change, regular)
        ? change.getInstant()
        : regular;
  }

  /**
   * Whether what the change left out is due at its end, which cron-utils does not know: a night's
   * work must not be left out with the hour. What is due soon after anyway needs no such thing.
   */
  private boolean movedTo(ZoneOffsetTransition gap, Instant regular) {
    if (!regular.isAfter(gap.getInstant().plus(gap.getDuration()))) {
      return false;
    }
    ZonedDateTime before = gap.getDateTimeBefore().minusSeconds(1).atZone(ZoneOffset.UTC);
    return times
        .nextExecution(before)
        .filter(left -> left.toLocalDateTime().isBefore(gap.getDateTimeAfter()))
        .isPresent();
  }

  @Override
  public Instant latest(Instant notAfter) {
    Instant second = notAfter.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    Instant regular = known(times.lastExecution(second.atZone(zone)));
    Instant moved = next(regular);
    return moved.isAfter(notAfter) ? regular : moved;
  }

  private Instant known(Optional<ZonedDateTime> found) {
    return found
        .map(ZonedDateTime::toInstant)
        .orElseThrow(
            () ->
                new CommsException.Misconfigured(
                    name, "cron '" + expression + "' is never due; correct its day and month"));
  }
}
